//! What gateways ask.

mod auth_endpoint;
mod credential;
mod identity;
mod question;
mod refusal;
mod verify_endpoint;

use crate::web::routes::Route;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    [verify_endpoint::routes(), auth_endpoint::routes()].into_iter().flatten().collect()
}
