//! The organizations.

mod slug;
mod store;
mod tenant;

pub use slug::{Slug, SlugProblem};
pub use store::{COLUMNS, Row, Rules, all, by_id, by_slug, insert, only, set_rules};
pub use tenant::Tenant;
