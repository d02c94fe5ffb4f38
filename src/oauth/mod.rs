//! Access tokens for keys: OAuth 2.0 client credentials (RFC 6749, section 4.4), JWTs (RFC 9068), JWKS and metadata (RFC 8414).

mod about_token;
mod access_token;
mod audience;
mod authentication;
mod client;
mod error;
mod giving;
mod grant_claim;
mod introspection;
mod jwks;
mod metadata;
mod parameters;
mod revocation;
mod routes;
mod scope;
mod store;
mod tasks;
mod token;

pub mod caller;
pub mod presented_token;

pub use access_token::{LONGEST, Token, TokenRequest};
pub use audience::Audience;
pub use giving::{Asked, Asking, Given, Means, give};
pub use grant_claim::GrantClaim;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use parameters::read as read_parameters;
pub use routes::routes;
pub use tasks::prune;

use crate::base::secret::Secret;
use crate::tenants::Tenant;
use crate::web::public_url::PublicUrl;

/// The client id and the secret of an `Authorization` header for HTTP Basic, where it can be read.
pub fn basic_credentials(value: &str) -> Option<(String, Secret)> {
    client::basic(value).map(|claimed| (claimed.client_id, claimed.secret))
}

/// The issuer of a tenant: its address, which is never taken from a request.
pub fn issuer(public_url: &PublicUrl, tenant: &Tenant) -> String {
    format!("{public_url}/{}", tenant.slug)
}
