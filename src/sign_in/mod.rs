//! Signing in and out, and the first administrator.

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

pub use actions::{Proof, SetUp, set_up};
pub use error::SetUpError;
pub use middleware::{SetUpGate, browser};
pub use people::SessionPeople;
pub use routes::routes;
pub use setup_code::issue;
pub use throttle::{FREE_TRIES, LONGEST_WAIT, Throttle};
