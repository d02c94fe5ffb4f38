//! What gateways ask.

mod verify_endpoint;

pub use verify_endpoint::routes;
