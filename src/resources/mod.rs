//! The tenant's tree of resources, and its page.

mod actions;
mod error;
mod mark;
mod pages;
pub mod problem;
mod reading;
mod resource;
mod routes;
pub mod segment;
mod store;

pub use actions::{Wanted, add, change, delete};
pub use error::ResourceError;
pub use mark::Mark;
pub use resource::Resource;
pub use routes::{NAV, routes};
pub use segment::Segment;
pub use store::{by_path, first, insert_root};
