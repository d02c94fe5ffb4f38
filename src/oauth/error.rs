//! The errors of the OAuth endpoints (RFC 6749, section 5.2; RFC 6750, section 3.1; RFC 8707, section 2).

use std::borrow::Cow;

use actix_web::http::StatusCode;

use crate::access::Permission;
use crate::web::Error;
use crate::web::error::{Kind, quotable};

/// 400 with a registered code.
pub fn refuse(code: &'static str, description: &'static str) -> Error {
    Error::new(Kind::OAuth { status: StatusCode::BAD_REQUEST, code, challenge: None }, description)
}

/// 400 `invalid_request`.
pub fn invalid_request(description: &'static str) -> Error {
    refuse("invalid_request", description)
}

/// 401 `invalid_client` for a stranger: the same bytes for an unknown client, a wrong secret, and somebody else's client id.
pub fn invalid_client(tenant: &str) -> Error {
    refused_client(tenant, "The client id or the secret is wrong, or the key is no longer valid.")
}

/// The realm of whoever shows a key without saying of which tenant.
pub const REALM: &str = "keystead";

/// 401 for a stranger who shows a key without saying whose it is.
pub fn unknown_key() -> Error {
    refused_client(REALM, "The key is wrong, or no longer valid.")
}

/// 401 `invalid_token` for a bearer token that is not good here, or not any more (RFC 6750, section 3.1).
pub fn invalid_token(tenant: &str) -> Error {
    refused_token(tenant, "The bearer token is not valid here, or not any more.")
}

/// 401 `invalid_token`, with what is wrong with the token.
pub fn refused_token(tenant: &str, description: impl Into<Cow<'static, str>>) -> Error {
    let challenge = Some(format!("Bearer realm=\"{}\", error=\"invalid_token\"", quotable(tenant)));
    let kind = Kind::OAuth { status: StatusCode::UNAUTHORIZED, code: "invalid_token", challenge };
    Error::new(kind, description)
}

/// 403 for a caller that lacks a permission (RFC 6750, section 3.1).
pub fn insufficient(tenant: &str, permission: Permission) -> Error {
    let challenge =
        format!("Bearer realm=\"{}\", error=\"insufficient_scope\", scope=\"{permission}\"", quotable(tenant));
    let kind = Kind::OAuth { status: StatusCode::FORBIDDEN, code: "insufficient_scope", challenge: Some(challenge) };
    Error::new(kind, format!("The key needs a role that can {}: the permission {permission}.", permission.in_words()))
}

/// 401 `invalid_client` for whoever holds the right secret, and may know what became of the key, or that its address is not
/// allowed: RFC 6749 has no code of its own for that, and to the client it is the same, for it cannot authenticate.
pub fn refused_client(tenant: &str, description: impl Into<Cow<'static, str>>) -> Error {
    let realm: String =
        tenant.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').take(63).collect();
    let challenge = Some(format!("Basic realm=\"{realm}\", charset=\"UTF-8\""));
    Error::new(Kind::OAuth { status: StatusCode::UNAUTHORIZED, code: "invalid_client", challenge }, description)
}
