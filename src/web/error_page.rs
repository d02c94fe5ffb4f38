//! The pages of errors: in the portal's frame for whoever is signed in, without it for everybody else.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::uri::PathAndQuery;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::access::Refused;

use super::actor::{Givers, SignedIn};
use super::error::{Gone, Kind};
use super::page::{self, Moment, Shell};
use super::request_info::RequestInfo;
use super::routes::Face;
use super::{Error, Portal};

const HTML: &str = "text/html; charset=utf-8";

/// Characters that browsers send as they are in an address, but that the sign-in page does not go on to.
const NOT_IN_ADDRESSES: &AsciiSet = &CONTROLS.add(b' ').add(b'\\');

/// Longest address, in bytes, that is kept whole during sign-in; of a longer one the path is.
const LONGEST_NEXT: usize = 4_096;

/// The answer with the face of its route.
pub async fn answer(req: &HttpRequest, portal: &Data<Portal>, error: &Error) -> HttpResponse {
    let info = RequestInfo::of(req);
    let face = req.app_data::<Face>().copied().unwrap_or(Face::Page);
    match face {
        // A page that cannot be made in full is made without the frame.
        Face::Page => page(req, portal, error, &info).await.unwrap_or_else(|_| bare(portal, error, &info)),
        Face::Api | Face::OAuth | Face::Compat => error.as_data(face, &info.request_id),
    }
}

#[derive(Template)]
#[template(path = "errors/error.html")]
struct ErrorPage {
    status: u16,
    title: String,
    detail: String,
    request_id: String,
    insecure_http: bool,
}

#[derive(Template)]
#[template(path = "errors/portal_error.html")]
struct PortalErrorPage {
    shell: Shell,
    status: u16,
    title: String,
    detail: String,
    request_id: String,
}

#[derive(Template)]
#[template(path = "errors/gone.html")]
struct GonePage {
    shell: Shell,
    name: String,
    at: Moment,
    by: Option<String>,
    href: String,
    typed: Vec<(&'static str, String)>,
    request_id: String,
}

#[derive(Template)]
#[template(path = "errors/forbidden.html")]
struct ForbiddenPage {
    shell: Shell,
    permission: &'static str,
    action: String,
    /// Where it is missing, where that is not the whole organization.
    resource: Option<String>,
    roles: Vec<String>,
    grantors: Vec<String>,
    request_id: String,
}

#[derive(Template)]
#[template(path = "errors/cannot_give.html")]
struct CannotGivePage {
    shell: Shell,
    /// What the role contains that the person does not hold.
    why: String,
    permission: &'static str,
    /// Where it is missing.
    resource: String,
    roles: Vec<String>,
    grantors: Vec<String>,
    request_id: String,
}

async fn page(
    req: &HttpRequest,
    portal: &Data<Portal>,
    error: &Error,
    info: &RequestInfo,
) -> Result<HttpResponse, Error> {
    if error.kind == Kind::SignInFirst {
        return Ok(page::redirect(portal, &sign_in_address(req), None));
    }
    let who = req.extensions().get::<SignedIn>().cloned();
    let Some(who) = who else { return Ok(bare(portal, error, info)) };
    let request_id = info.request_id.clone();
    let body = match &error.kind {
        Kind::Forbidden(refused) => forbidden(req, portal, &who, refused, request_id).await?.render(),
        Kind::CannotGive(refused) => cannot_give(req, portal, &who, refused, error, request_id).await?.render(),
        Kind::Gone(gone) => {
            let Gone { name, at, by, href, typed } = (**gone).clone();
            let at = Moment::local(at, portal.clock.now(), &who.time_zone);
            GonePage { shell: Shell::new(req, portal, &who), name, at, by, href, typed, request_id }.render()
        }
        _ => PortalErrorPage {
            shell: Shell::new(req, portal, &who),
            status: error.status().as_u16(),
            title: error.title().to_owned(),
            detail: error.detail.to_string(),
            request_id,
        }
        .render(),
    };
    let body = body.map_err(Error::internal)?;
    let mut response = error.response();
    page::end_flash(req, portal, &mut response);
    Ok(response.content_type(HTML).body(body))
}

/// A page without the portal's frame: nobody is signed in, or it cannot be known.
pub fn bare(portal: &Portal, error: &Error, info: &RequestInfo) -> HttpResponse {
    let page = ErrorPage {
        status: error.status().as_u16(),
        title: error.title().to_owned(),
        detail: error.detail.to_string(),
        request_id: info.request_id.clone(),
        insecure_http: portal.settings.insecure_http,
    };
    match page.render() {
        Ok(body) => error.response().content_type(HTML).body(body),
        Err(_) => error.response().content_type("text/plain; charset=utf-8").body(error.detail.to_string()),
    }
}

async fn forbidden(
    req: &HttpRequest,
    portal: &Data<Portal>,
    who: &SignedIn,
    refused: &Refused,
    request_id: String,
) -> Result<ForbiddenPage, Error> {
    let givers = givers(portal, who, refused).await?;
    Ok(ForbiddenPage {
        shell: Shell::new(req, portal, who),
        permission: refused.permission.as_str(),
        action: refused.permission.in_words().to_owned(),
        resource: (refused.resource != who.actor.root).then(|| refused.resource.to_string()),
        roles: givers.roles,
        grantors: givers.people,
        request_id,
    })
}

async fn cannot_give(
    req: &HttpRequest,
    portal: &Data<Portal>,
    who: &SignedIn,
    refused: &Refused,
    error: &Error,
    request_id: String,
) -> Result<CannotGivePage, Error> {
    let givers = givers(portal, who, refused).await?;
    Ok(CannotGivePage {
        shell: Shell::new(req, portal, who),
        why: error.detail.to_string(),
        permission: refused.permission.as_str(),
        resource: refused.resource.to_string(),
        roles: givers.roles,
        grantors: givers.people,
        request_id,
    })
}

async fn givers(portal: &Portal, who: &SignedIn, refused: &Refused) -> Result<Givers, Error> {
    let (people, tenant, asked) = (Arc::clone(&portal.people), who.actor.tenant, refused.clone());
    Ok(portal.db.read(move |conn| people.who_can_give(conn, tenant, &asked)).await?)
}

/// The sign-in page, and where to go from there. Only a page that was asked for with GET can be gone back to.
fn sign_in_address(req: &HttpRequest) -> String {
    let is_page = matches!(*req.method(), Method::GET | Method::HEAD) && req.path() != "/";
    if !is_page {
        return "/login".into();
    }
    let address = req.uri().path_and_query().map_or(req.path(), PathAndQuery::as_str);
    let address = if address.len() > LONGEST_NEXT { req.path() } else { address };
    let next = utf8_percent_encode(address, NOT_IN_ADDRESSES).to_string();
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/login?next={next}")
}
