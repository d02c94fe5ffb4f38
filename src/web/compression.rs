//! Compression of pages and lists for signed-in users (RFC 9110, section 8.4). What shows a secret is never compressed: a
//! secret is only ever in the answer to a POST, and in pages before sign-in; and only answers to GET behind sign-in are. Nor is
//! what another site made the browser ask for, so that nobody can learn by length what is on a page (BREACH).

use std::error::Error as StdError;
use std::future::poll_fn;
use std::io::{self, Write};
use std::pin::Pin;

use actix_web::body::{BodyStream, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes};
use actix_web::{HttpMessage, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::Stream;
use futures_util::stream;

use super::Error;
use super::routes::Access;

/// Fewer bytes than these fit one packet anyway.
const LEAST: usize = 1_024;
/// What is compressed. Not events, which must arrive at once.
const TYPES: [&str; 3] = ["text/html", "text/csv", "application/json"];

/// Which of the offered codings the client prefers; nothing where it prefers, or takes, none of them (RFC 9110, section 12.5.3).
pub fn negotiate(req: &impl HttpMessage, offered: &[Encoding]) -> Option<Encoding> {
    let identity = Encoding::identity();
    let accepted = AcceptEncoding::parse(req).ok()?;
    accepted.negotiate(offered.iter().chain([&identity])).filter(|coding| *coding != identity)
}

/// The middleware of the pages.
///
/// # Errors
/// When there is no thread to compress on.
pub async fn compress(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_taken = is_our_own(&req) && negotiate(&req, &[Encoding::gzip()]).is_some();
    let mut response = next.call(req).await?.map_into_boxed_body();
    if !may_be_compressed(&response) {
        return Ok(response);
    }
    let vary = HeaderValue::from_static("Accept-Encoding, Sec-Fetch-Site");
    response.headers_mut().insert(header::VARY, vary);
    if !is_taken {
        return Ok(response);
    }
    let (req, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let (body, is_compressed) = match body.try_into_bytes() {
        Ok(bytes) if bytes.len() < LEAST => (BoxBody::new(bytes), false),
        Ok(bytes) => (BoxBody::new(web::block(move || gzip(&bytes)).await??), true),
        Err(body) => (BoxBody::new(BodyStream::new(gzip_stream(body))), true),
    };
    let mut response: HttpResponse = head.set_body(body);
    if is_compressed {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static(ContentEncoding::Gzip.as_str()));
    }
    Ok(ServiceResponse::new(req, response))
}

/// Whether the person or one of our own pages asks.
fn is_our_own(req: &ServiceRequest) -> bool {
    let site = req.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(*req.method(), Method::GET | Method::HEAD)
        && site.is_none_or(|site| matches!(site, b"same-origin" | b"none"))
}

/// Whether the answer holds no secret, and is of a kind that shrinks.
fn may_be_compressed(response: &ServiceResponse<BoxBody>) -> bool {
    let req = response.request();
    let is_behind_sign_in = matches!(req.app_data::<Access>(), Some(Access::SignedIn | Access::Needs(_)));
    let media_type = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    is_behind_sign_in
        && matches!(*req.method(), Method::GET | Method::HEAD)
        && TYPES.iter().any(|wanted| media_type.starts_with(wanted.as_bytes()))
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(Error::internal)
}

/// Each piece is sent when it comes.
fn gzip_stream(body: BoxBody) -> impl Stream<Item = Result<Bytes, Box<dyn StdError>>> {
    let encoder = GzEncoder::new(Vec::new(), Compression::fast());
    stream::try_unfold(Some((body, encoder)), async |state| {
        let Some((mut body, mut encoder)) = state else { return Ok(None) };
        let Some(piece) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await else {
            return Ok(Some((Bytes::from(encoder.finish()?), None)));
        };
        let coded = gzip_piece(&mut encoder, &piece?)?;
        Ok(Some((coded, Some((body, encoder)))))
    })
}

fn gzip_piece(encoder: &mut GzEncoder<Vec<u8>>, piece: &[u8]) -> io::Result<Bytes> {
    encoder.write_all(piece)?;
    encoder.flush()?;
    Ok(Bytes::from(std::mem::take(encoder.get_mut())))
}
