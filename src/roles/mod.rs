//! Roles: the built-in ones as rows, so that grants can point at them, and the tenant's own, which people shape on pages.

mod actions;
mod definition;
mod error;
mod pages;
pub mod problem;
mod role;
mod routes;
mod slug;
mod store;

pub use actions::{create, delete, list, show, update};
pub use definition::{Definition, Typed};
pub use error::RoleError;
pub use role::Role;
pub use routes::{NAV, routes};
pub use slug::Slug;
pub use store::{all, by_slug, containing, insert_built_in, names};
