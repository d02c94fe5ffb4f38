//! What is done around every request: its id, its log line, its headers, and a face for its errors.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use futures_util::FutureExt;

use crate::access::{BuiltIn, Permission};
use crate::base::random;

use super::actor::SignedIn;
use super::error::Kind;
use super::page::{self, Shell};
use super::routes::Face;
use super::{Error, Portal, client_address, headers};

/// What is known of a request before anything else.
#[derive(Debug, Clone, Default)]
pub struct RequestInfo {
    /// `req_` and 16 base-62 digits; in the log line, on error pages and in the audit log.
    pub request_id: String,
    /// The client's address.
    pub address: Option<IpAddr>,
}

impl RequestInfo {
    /// As the middleware left it.
    pub fn of(req: &HttpRequest) -> Self {
        req.extensions().get::<Self>().cloned().unwrap_or_default()
    }
}

/// The outermost middleware.
///
/// # Errors
/// None: every error has become an answer.
pub async fn around(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(portal) = req.app_data::<Data<Portal>>().cloned() else {
        return Err(Error::internal("no portal").into());
    };
    let started = portal.clock.now();
    let info = RequestInfo {
        request_id: format!("req_{}", random::base62(&*portal.entropy, 16)),
        address: req.peer_addr().map(|peer| {
            let forwarded =
                req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
            client_address::resolve(peer.ip(), forwarded.into_iter(), &portal.settings.trusted_proxies)
        }),
    };
    req.extensions_mut().insert(info.clone());
    let http = req.request().clone();

    let result = AssertUnwindSafe(next.call(req)).catch_unwind().await;
    let mut response = match result {
        Ok(Ok(response)) => match failure(&response) {
            None => response.map_into_boxed_body(),
            Some(error) => {
                let answer = answer(response.request(), &portal, &error).await;
                let (req, old) = response.into_parts();
                let mut response = ServiceResponse::new(req, answer);
                keep_cookies(old.headers(), &mut response);
                response
            }
        },
        Ok(Err(error)) => {
            let error = error.as_error::<Error>().cloned().unwrap_or_else(|| Error::unavailable(error));
            let answer = answer(&http, &portal, &error).await;
            ServiceResponse::new(http, answer)
        }
        Err(panic) => {
            let error = Error::internal(format!("a panic: {}", words(&*panic)));
            let answer = answer(&http, &portal, &error).await;
            ServiceResponse::new(http, answer)
        }
    };

    headers::add(response.headers_mut(), portal.settings.public_url.is_https());
    if let Ok(id) = HeaderValue::from_str(&info.request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    let took = Duration::from_micros(portal.clock.now().micros().saturating_sub(started.micros()).unsigned_abs());
    // The route's pattern, never the address: a path or a query may hold what must not be kept.
    tracing::info!(
        request = info.request_id,
        method = %response.request().method(),
        route = response.request().match_pattern().as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        address = info.address.map(tracing::field::display),
        took_us = took.as_micros() as u64,
        "request"
    );
    Ok(response)
}

/// The error behind an answer, if it is one.
fn failure(response: &ServiceResponse<impl MessageBody>) -> Option<Error> {
    let error = response.response().error()?;
    Some(
        error
            .as_error::<Error>()
            .cloned()
            .unwrap_or_else(|| Error::from_status(error.as_response_error().status_code())),
    )
}

/// A cookie that was set before the error stays set.
fn keep_cookies(old: &actix_web::http::header::HeaderMap, response: &mut ServiceResponse) {
    for cookie in old.get_all(actix_web::http::header::SET_COOKIE) {
        response.headers_mut().append(actix_web::http::header::SET_COOKIE, cookie.clone());
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

async fn answer(req: &HttpRequest, portal: &Data<Portal>, error: &Error) -> HttpResponse {
    let info = RequestInfo::of(req);
    match &error.kind {
        Kind::Internal => tracing::error!(request = info.request_id, cause = error.cause(), "a request failed"),
        Kind::Unavailable => {
            tracing::warn!(request = info.request_id, cause = error.cause(), "a request could not be answered")
        }
        _ => {}
    }
    let face = req.app_data::<Face>().copied().unwrap_or(Face::Page);
    match face {
        Face::Page => match page(req, portal, error, &info).await {
            Ok(response) => response,
            // A page that cannot be made is not worth another error.
            Err(_) => error.response().content_type("text/plain; charset=utf-8").body(error.detail.to_string()),
        },
        Face::Api | Face::OAuth => error.as_data(face, &info.request_id),
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
#[template(path = "errors/forbidden.html")]
struct ForbiddenPage {
    shell: Shell,
    permission: &'static str,
    action: String,
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
    let (title, detail, request_id) = (error.title().to_owned(), error.detail.to_string(), info.request_id.clone());
    let status = error.status().as_u16();
    let body = match (who, &error.kind) {
        (Some(who), Kind::Forbidden(permission)) => {
            forbidden(req, portal, &who, *permission, request_id).await?.render()
        }
        (Some(who), _) => {
            PortalErrorPage { shell: Shell::new(req, portal, &who), status, title, detail, request_id }.render()
        }
        (None, _) => {
            ErrorPage { status, title, detail, request_id, insecure_http: portal.settings.insecure_http }.render()
        }
    };
    let body = body.map_err(Error::internal)?;
    Ok(error.response().content_type("text/html; charset=utf-8").body(body))
}

async fn forbidden(
    req: &HttpRequest,
    portal: &Data<Portal>,
    who: &SignedIn,
    permission: Permission,
    request_id: String,
) -> Result<ForbiddenPage, Error> {
    let (people, tenant) = (std::sync::Arc::clone(&portal.people), who.actor.tenant);
    let grantors = portal.db.read(move |conn| people.who_can_give(conn, tenant, permission)).await?;
    Ok(ForbiddenPage {
        shell: Shell::new(req, portal, who),
        permission: permission.as_str(),
        action: permission.in_words().to_owned(),
        roles: BuiltIn::holding(permission).map(|role| role.name().to_owned()).collect(),
        grantors,
        request_id,
    })
}

/// The sign-in page, and where to go from there. Only a page that was asked for with GET can be gone back to.
fn sign_in_address(req: &HttpRequest) -> String {
    let is_page = req.method() == actix_web::http::Method::GET && req.path() != "/";
    if !is_page {
        return "/login".into();
    }
    let next: String = form_urlencoded::byte_serialize(req.path().as_bytes()).collect();
    format!("/login?next={next}")
}

/// The answer for addresses that no route has.
///
/// # Errors
/// Always 404.
pub async fn nothing_here() -> Result<HttpResponse, Error> {
    Err(Error::from_status(StatusCode::NOT_FOUND))
}
