//! The rules of an organization: how long its keys live, and whom the holder of a dead one is told to ask.

mod actions;
mod error;
mod pages;
pub mod problem;
mod routes;
mod rules;

pub use actions::change;
pub use error::SettingsError;
pub use problem::SettingsProblem;
pub use routes::{NAV, routes};
