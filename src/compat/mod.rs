//! What clients of other systems ask, in the words of those systems.

mod nullplatform;

pub use nullplatform::routes;
