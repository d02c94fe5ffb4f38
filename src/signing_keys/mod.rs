//! The keys that sign access tokens: one at a time for each tenant, stored encrypted, published as JWKs (RFC 7517).

mod signing_key;
mod store;
mod verifying;

pub use signing_key::{Published, Ring, SigningKey, create};
pub use store::{Sealed, current, published};
pub use verifying::{VerifyingKey, verifying};
