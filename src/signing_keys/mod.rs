//! The keys that sign access tokens: one after the other for each tenant, stored encrypted, published as JWKs (RFC 7517).

mod actions;
mod error;
mod key_pair;
mod life;
mod signing_key;
mod store;
mod tasks;
mod verifying;

pub use actions::{Rotated, create, present, replace, rotate};
pub use error::SigningKeyError;
pub use life::{AHEAD_SECONDS, MAY_BE_KEPT_SECONDS, PresentKey, Stage};
pub use signing_key::{Published, Ring, SigningKey};
pub use store::{Sealed, current, published};
pub use tasks::{prune, rotate_due};
pub use verifying::{VerifyingKey, verifying};
