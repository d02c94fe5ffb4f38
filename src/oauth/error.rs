//! The errors of the token endpoint (RFC 6749, section 5.2; RFC 8707, section 2).

use actix_web::http::StatusCode;

use crate::web::Error;
use crate::web::error::Kind;

/// 400 with a registered code.
pub fn refuse(code: &'static str, description: &'static str) -> Error {
    Error::new(Kind::OAuth { status: StatusCode::BAD_REQUEST, code, challenge: None }, description)
}

/// 400 `invalid_request`.
pub fn invalid_request(description: &'static str) -> Error {
    refuse("invalid_request", description)
}

/// 401 `invalid_client`: the same bytes for an unknown client, a wrong secret, and a key that is dead.
pub fn invalid_client(tenant: &str) -> Error {
    let realm: String =
        tenant.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').take(63).collect();
    let challenge = Some(format!("Basic realm=\"{realm}\", charset=\"UTF-8\""));
    Error::new(
        Kind::OAuth { status: StatusCode::UNAUTHORIZED, code: "invalid_client", challenge },
        "The client id or the secret is wrong, or the key is no longer valid.",
    )
}
