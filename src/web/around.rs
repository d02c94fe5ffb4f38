//! What is done around every request: its id, its log line, its headers, and a face for its errors.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use futures_util::FutureExt;

use crate::access::{BuiltIn, Permission};
use crate::base::clock::Timestamp;
use crate::base::random;

use super::actor::SignedIn;
use super::error::Kind;
use super::page::{self, Shell};
use super::routes::Face;
use super::{Error, Portal, client_address, headers};

const KNOWN_METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
];
const HTML: &str = "text/html; charset=utf-8";

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
/// What left no request behind to answer: a panic, or a middleware that gave up. It carries its whole answer.
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
            let forwarded = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
            let forwarded = forwarded.collect::<Vec<_>>();
            client_address::resolve(peer.ip(), forwarded.into_iter(), &portal.settings.trusted_proxies)
        }),
    };
    req.extensions_mut().insert(info.clone());
    let method = req.method().clone();
    // The request itself cannot be kept: the router needs it for itself alone.
    let wants_page =
        req.headers().get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));

    let result = AssertUnwindSafe(next.call(req)).catch_unwind().await;
    let error = match result {
        Ok(Ok(response)) => {
            let mut response = match failure(&response) {
                None => response.map_into_boxed_body(),
                Some(error) => with_face(response, &portal, &error).await,
            };
            finish(response.headers_mut(), &portal, &info);
            let route = response.request().match_pattern();
            log(&portal, &info, &method, route.as_deref(), response.status(), started);
            return Ok(response);
        }
        Ok(Err(error)) => error.as_error::<Error>().cloned().unwrap_or_else(|| Error::unavailable(error)),
        Err(panic) => Error::internal(format!("a panic: {}", words(&*panic))),
    };
    tell(&error, &info);
    let mut response =
        if wants_page { bare_page(&portal, &error, &info) } else { error.as_data(Face::Api, &info.request_id) };
    finish(response.headers_mut(), &portal, &info);
    log(&portal, &info, &method, None, response.status(), started);
    Err(InternalError::from_response(error, response).into())
}

/// The headers of every answer.
fn finish(headers: &mut HeaderMap, portal: &Portal, info: &RequestInfo) {
    headers::add(headers, portal.settings.public_url.is_https());
    if let Ok(id) = HeaderValue::from_str(&info.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// The log line. It has the route's pattern, never the address: a path or a query may hold what must not be kept. So may a
/// method that somebody invented.
fn log(
    portal: &Portal,
    info: &RequestInfo,
    method: &Method,
    route: Option<&str>,
    status: StatusCode,
    started: Timestamp,
) {
    let took = portal.clock.now().micros().saturating_sub(started.micros());
    let address = info.address.map(tracing::field::display);
    let (request, route, status) = (&info.request_id, route.unwrap_or("none"), status.as_u16());
    let method = if KNOWN_METHODS.contains(method) { method.as_str() } else { "other" };
    tracing::info!(request, %method, route, status, address, took_us = took, "request");
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

/// The same answer, as its route's face shows it. A cookie that was set before the error stays set.
async fn with_face(
    response: ServiceResponse<impl MessageBody>,
    portal: &Data<Portal>,
    error: &Error,
) -> ServiceResponse<BoxBody> {
    let answer = answer(response.request(), portal, error).await;
    let (req, old) = response.into_parts();
    let mut response = ServiceResponse::new(req, answer);
    for cookie in old.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

/// For the log: what is behind an error that the answer does not explain.
fn tell(error: &Error, info: &RequestInfo) {
    let (request, cause) = (&info.request_id, error.cause());
    match &error.kind {
        Kind::Internal => tracing::error!(request, cause, "a request failed"),
        Kind::Unavailable => tracing::warn!(request, cause, "a request could not be answered"),
        _ => {}
    }
}

async fn answer(req: &HttpRequest, portal: &Data<Portal>, error: &Error) -> HttpResponse {
    let info = RequestInfo::of(req);
    tell(error, &info);
    let face = req.app_data::<Face>().copied().unwrap_or(Face::Page);
    match face {
        // A page that cannot be made in full is made without the frame.
        Face::Page => page(req, portal, error, &info).await.unwrap_or_else(|_| bare_page(portal, error, &info)),
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
    let Some(who) = who else { return Ok(bare_page(portal, error, info)) };
    let request_id = info.request_id.clone();
    let body = match &error.kind {
        Kind::Forbidden(permission) => forbidden(req, portal, &who, *permission, request_id).await?.render(),
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
    Ok(error.response().content_type(HTML).body(body))
}

/// A page without the portal's frame: nobody is signed in, or it cannot be known.
fn bare_page(portal: &Portal, error: &Error, info: &RequestInfo) -> HttpResponse {
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
    let is_page = req.method() == Method::GET && req.path() != "/";
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
