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

/// All parameters, each given once. A parameter without a value counts as not given (RFC 6749, section 3.2).
///
/// # Errors
/// `invalid_request`, 413 and 415.
pub async fn read(req: &HttpRequest, payload: &mut Payload) -> Result<Pairs, Error> {
    let query = Pairs::of_query(req)?;
    let credential_in_query =
        CREDENTIALS.iter().any(|name| query.get(name).is_some()) || query.names().any(|name| is_key(query.get(name)));
    if credential_in_query {
        return Err(invalid_request(
            "Credentials in the address end up in logs. Send id and secret in the body or as HTTP Basic authentication.",
        ));
    }
    let body = read_body(req, payload, LIMIT).await?;
    let body = match media_type(req).as_deref() {
        _ if body.is_empty() => Pairs::default(),
        Some(URLENCODED) => Pairs::parse(&body)?,
        Some("multipart/form-data") => multipart(req, body.to_vec()).await?,
        _ => return Err(Error::unsupported_media_type(URLENCODED)),
    };
    let mut all = Vec::new();
    for pairs in [query, body] {
        let given = pairs.names().map(|name| (name.to_owned(), pairs.text(name))).collect::<Vec<_>>();
        all.extend(given);
    }
    // Both places together: the same name in both is refused here.
    let all = Pairs::checked(all)?;
    let given = all.names().filter(|name| all.get(name).is_some_and(|value| !value.is_empty()));
    Pairs::checked(given.map(|name| (name.to_owned(), all.text(name))).collect())
}

fn is_key(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.starts_with("ks_"))
}

async fn multipart(req: &HttpRequest, body: Vec<u8>) -> Result<Pairs, Error> {
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
    Pairs::checked(pairs)
}
