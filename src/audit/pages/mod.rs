//! The pages of this feature.

mod event_view;
mod overview;
mod routes;

pub use event_view::{ChangeView, EventView};
pub use routes::{NAV, routes};
