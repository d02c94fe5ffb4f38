//! Signing in and out, and the first administrator.

mod actions;
mod device;
mod middleware;
mod pages;
mod people;
pub mod problem;
mod routes;
mod setup_code;
mod store;
mod throttle;

pub use actions::{Proof, SetUp, SetUpError, nobody, set_up};
pub use middleware::{SetUpGate, browser};
pub use people::SessionPeople;
pub use routes::routes;
pub use setup_code::{LIFE_SECONDS as SETUP_CODE_SECONDS, issue};
pub use throttle::{FREE_TRIES, LONGEST_WAIT, TRIES_PER_DAY, Throttle};
