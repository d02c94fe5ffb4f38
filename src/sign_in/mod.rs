//! Signing in and out, the first administrator, and the page behind an invitation.

mod accept;
mod actions;
mod device;
mod error;
mod middleware;
mod pages;
mod people;
pub mod problem;
mod routes;
mod setup_code;
mod store;
mod throttle;

pub use accept::{Accept, accept};
pub use actions::{Proof, SetUp, add_tenant, set_up};
pub use error::{AcceptError, SetUpError};
pub use middleware::{SetUpGate, browser};
pub use pages::login::begin;
pub use people::SessionPeople;
pub use routes::routes;
pub use setup_code::issue;
pub use throttle::{FREE_TRIES, LONGEST_WAIT, Throttle, Try};
