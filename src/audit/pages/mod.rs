//! The pages of this feature.

mod overview;
mod routes;

pub use routes::{NAV, routes};
