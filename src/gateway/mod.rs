//! What gateways ask, and what scanners for leaked keys tell.

mod auth_endpoint;
mod credential;
mod identity;
mod leak_endpoint;
mod question;
mod refusal;
mod verify;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use credential::{Credential, read as read_credential};

use crate::web::routes::Route;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    [verify::routes(), auth_endpoint::routes(), leak_endpoint::routes()].into_iter().flatten().collect()
}
