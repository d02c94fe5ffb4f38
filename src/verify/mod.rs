//! Whether a presented key is good. No cache yet: the database is asked each time.

mod credential;
mod looking_up;
mod verdict;

pub use credential::{Checked, check};
pub use looking_up::look_up;
pub use verdict::{AddressRefused, INSUFFICIENT_PERMISSION, Verdict, allows};
