//! The rules of an organization: how long its keys live, whom the holder of a dead one is told to ask, and how its access tokens
//! are made.

mod actions;
mod error;
mod pages;
pub mod problem;
mod routes;
mod rules;
mod token_rules;

pub use actions::{change, change_tokens};
pub use error::SettingsError;
pub use problem::{SettingsProblem, TokenProblem};
pub use routes::{NAV, routes};
