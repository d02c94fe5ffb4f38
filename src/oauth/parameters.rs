//! The parameters of a request to an OAuth endpoint: from the query, and from a urlencoded or multipart body.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use futures_util::stream;

use crate::web::Error;
use crate::web::form::{Pairs, URLENCODED, media_type, read_body};

use super::error::invalid_request;

const LIMIT: usize = 16_384;
/// What RFC 6749, section 2.3.1, keeps out of addresses: who a client is, and by what it proves it.
const CREDENTIALS: [&str; 5] = ["client_id", "client_secret", "client_assertion", "password", "token"];

/// The one parameter that may be given several times (RFC 8707, section 2).
pub const RESOURCE: &str = "resource";

/// All parameters, each given once but [`RESOURCE`]. A parameter without a value counts as not given (RFC 6749, section 3.2).
///
/// # Errors
/// `invalid_request`, 413 and 415.
pub async fn read(req: &HttpRequest, payload: &mut Payload) -> Result<Pairs, Error> {
    let mut all = urlencoded(req.query_string().as_bytes());
    if all.iter().any(|(name, value)| CREDENTIALS.contains(&name.as_str()) || value.starts_with("ks_")) {
        return Err(invalid_request(
            "Credentials in the address end up in logs. Send id and secret in the body or as HTTP Basic authentication.",
        ));
    }
    let body = read_body(req, payload, LIMIT).await?;
    all.extend(match media_type(req).as_deref() {
        _ if body.is_empty() => Vec::new(),
        Some(URLENCODED) => urlencoded(&body),
        Some("multipart/form-data") => multipart(req, body.to_vec()).await?,
        _ => return Err(Error::unsupported_media_type(URLENCODED)),
    });
    // Both places together: the same name in both is refused here.
    Ok(Pairs::checked_except(Some(RESOURCE), all)?.without_empty())
}

fn urlencoded(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

async fn multipart(req: &HttpRequest, body: Vec<u8>) -> Result<Vec<(String, String)>, Error> {
    let malformed = |_| invalid_request("The multipart body is malformed.");
    let content_type =
        req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
    let body = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut parts = multer::Multipart::new(body, boundary);
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        let name = part.name().ok_or_else(|| invalid_request("A part of the multipart body has no name."))?.to_owned();
        let bytes = part.bytes().await.map_err(malformed)?;
        let value = String::from_utf8(bytes.to_vec())
            .map_err(|_| invalid_request("The multipart body holds bytes that are not UTF-8 text."))?;
        pairs.push((name, value));
    }
    Ok(pairs)
}
