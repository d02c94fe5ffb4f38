//! When keys are used: noted in memory during a check, written in batches. Knows key ids only.

mod last_use;
mod store;

pub use last_use::{LastUses, write_every};
pub use store::{LastUse, begin, end, last_uses};
