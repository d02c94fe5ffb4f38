//! The tenant's tree of resources.

mod resource;
mod store;

pub use resource::Resource;
pub use store::{by_path, first, insert_root};
