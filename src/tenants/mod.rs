//! The organizations, and the one row that stands for the installation itself.

pub mod installation;
mod slug;
mod store;
mod tenant;

pub use slug::{Slug, SlugProblem};
pub use store::{COLUMNS, Row, all_slugs, by_id, by_slug, insert};
pub use tenant::Tenant;
