//! Whether a presented key is good. No cache yet: the database is asked each time.

mod credential;
mod verdict;

pub use credential::{Checked, check};
pub use verdict::{AddressRefused, INSUFFICIENT_PERMISSION, Verdict, allows};
