//! When keys are used: noted in memory during a check, written in batches. Knows key ids only.

mod last_use;
mod secret_uses;
mod store;

pub use last_use::{LastUses, write_every};
pub use secret_uses::{SecretUse, secret_uses};
pub use store::{LastUse, begin, end, last_uses};
