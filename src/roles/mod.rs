//! Roles: the built-in ones as rows, so that grants can point at them.

mod store;

pub use store::insert_built_in;
