//! What is done around every request: its id, its log line, its headers, and a face for its errors.

use std::panic::AssertUnwindSafe;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode, Version};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;

use crate::base::clock::Timestamp;
use crate::base::random;

use super::error::Kind;
use super::request_info::RequestInfo;
use super::routes::Face;
use super::{Error, Portal, Stopping, client_address, error_page, headers};

/// The methods of RFC 9110, section 9.3, and RFC 5789.
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

/// The outermost middleware.
///
/// # Errors
/// What left no request behind to answer: a panic, or a middleware that gave up. It carries its whole answer.
pub async fn around(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(portal) = req.app_data::<Data<Portal>>().cloned() else {
        return Err(Error::internal("no portal").into());
    };
    let stopping = req.app_data::<Data<Stopping>>().cloned().unwrap_or_default();
    stopping.note_request();
    let line = Line { method: req.method().clone(), started: portal.clock.now() };
    let info = RequestInfo {
        request_id: format!("req_{}", random::base62(&*portal.entropy, 16)),
        address: req
            .peer_addr()
            .map(|peer| client_address::of(peer.ip(), req.headers(), &portal.settings.trusted_proxies)),
    };
    req.extensions_mut().insert(info.clone());
    portal.cookies.keep_own(req.headers_mut());
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
            unchunked(&mut response);
            end_connection_if(&stopping, response.response_mut());
            line.write(&portal, &info, Some(response.request()), response.status());
            return Ok(response);
        }
        Ok(Err(error)) => error.as_error::<Error>().cloned().unwrap_or_else(|| Error::unavailable(error)),
        Err(panic) => Error::internal(format!("a panic: {}", words(&*panic))),
    };
    tell(&error, &info);
    let mut response =
        if wants_page { error_page::bare(&portal, &error, &info) } else { error.as_data(Face::Api, &info.request_id) };
    finish(response.headers_mut(), &portal, &info);
    end_connection_if(&stopping, &mut response);
    line.write(&portal, &info, None, response.status());
    Err(InternalError::from_response(error, response).into())
}

/// The headers of every answer.
fn finish(headers: &mut HeaderMap, portal: &Portal, info: &RequestInfo) {
    headers::add(headers, portal.settings.public_url.is_https());
    if let Ok(id) = HeaderValue::from_str(&info.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// A process that stops closes connections with an answer, not between two requests.
fn end_connection_if<B>(stopping: &Stopping, response: &mut HttpResponse<B>) {
    if stopping.has_begun() {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
}

/// Clients of HTTP/1.0 do not know chunks (RFC 9112, section 6.1): an answer of unknown length ends with its connection there.
fn unchunked(response: &mut ServiceResponse<BoxBody>) {
    if response.request().version() < Version::HTTP_11 && response.response().body().size() == BodySize::Stream {
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
}

/// The log line of a request, begun when it came in.
struct Line {
    method: Method,
    started: Timestamp,
}

impl Line {
    /// It has the route's pattern, never the address: a path or a query may hold what must not be kept. So may a method
    /// that somebody invented.
    fn write(&self, portal: &Portal, info: &RequestInfo, req: Option<&HttpRequest>, status: StatusCode) {
        let took_us = portal.clock.now().micros().saturating_sub(self.started.micros());
        let face = req.and_then(|req| req.app_data::<Face>());
        let route = req.and_then(HttpRequest::match_pattern);
        let method = if KNOWN_METHODS.contains(&self.method) { self.method.as_str() } else { "other" };
        let (request, status) = (&info.request_id, status.as_u16());
        let (address, route) = (info.address.map(tracing::field::display), route.as_deref().unwrap_or("none"));
        // People are few; programs ask thousands of times a second.
        if matches!(face, None | Some(Face::Page)) {
            tracing::info!(request, %method, route, status, address, took_us, "request");
        } else {
            tracing::debug!(request, %method, route, status, address, took_us, "request");
        }
    }
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
    tell(error, &RequestInfo::of(response.request()));
    let answer = error_page::answer(response.request(), portal, error).await;
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
        Kind::Misconfigured => tracing::info!(request, cause, "a request was refused"),
        Kind::Unavailable => tracing::warn!(request, cause, "a request could not be answered"),
        _ => {}
    }
}

/// The answer for addresses that no route has.
///
/// # Errors
/// Always 404.
pub async fn nothing_here() -> Result<HttpResponse, Error> {
    Err(Error::from_status(StatusCode::NOT_FOUND))
}
