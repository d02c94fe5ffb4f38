//! The tenant's tree of resources.

mod store;

pub use store::insert_root;
