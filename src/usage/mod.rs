//! How keys are used: noted in memory during a check, written in batches. Knows key ids only.

mod call;
mod held;
mod key_usage;
mod locking;
mod outcome;
mod recorder;
mod store;
mod tasks;

pub use call::{ACCEPTED, Call, Noted, Seen, What};
pub use key_usage::{Addresses, Caller, Count, KeyUsage, Standing, day_of, hour_of, standing};
pub use locking::lock_keys;
pub use recorder::{BATCH, Recorder};
pub use store::{
    Knocking, LastUse, SecretUse, Why, begin, end, first_use, last_days, last_uses, of_key, revive, secret_uses,
    still_knocking,
};
pub use tasks::{prune, write_every};
