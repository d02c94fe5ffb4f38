//! Roles: the built-in ones as rows, so that grants can point at them, and the tenant's own.

mod role;
mod store;

pub use role::Role;
pub use store::{all, by_slug, insert_built_in};
