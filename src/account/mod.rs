//! One's own account: name, password, sessions. What others may do with it belongs to the users.

mod actions;
mod device;
mod error;
mod pages;
pub mod problem;
mod routes;

pub use problem::AccountProblem;
pub use routes::routes;
