//! Access tokens for keys: OAuth 2.0 client credentials (RFC 6749, section 4.4), JWTs (RFC 9068), JWKS and metadata (RFC 8414).

mod access_token;
mod client;
mod error;
mod jwks;
mod metadata;
mod parameters;
mod routes;
mod scope;
mod token;

pub use access_token::{LONGEST, Token, TokenRequest};
pub use routes::routes;

use crate::tenants::Tenant;
use crate::web::public_url::PublicUrl;

/// The issuer of a tenant: its address, which is never taken from a request.
pub fn issuer(public_url: &PublicUrl, tenant: &Tenant) -> String {
    format!("{public_url}/{}", tenant.slug)
}
