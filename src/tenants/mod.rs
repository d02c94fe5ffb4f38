//! The organizations.

mod slug;
mod store;
mod tenant;

pub use slug::{Slug, SlugProblem};
pub use store::{COLUMNS, Row, all, by_id, by_slug, insert};
pub use tenant::Tenant;
