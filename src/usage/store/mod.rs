//! The SQL of this feature's tables, a file for each thing that is done with them.

mod counts;
mod dead;
mod pruning;
mod reading;
mod secrets;
mod uses;

pub(super) use counts::{keep, lock};
pub use dead::{Knocking, Why, revive, still_knocking};
pub(super) use pruning::{prune_addresses, prune_days, prune_dead, prune_hours};
pub use reading::{last_days, of_key};
pub use secrets::{SecretUse, secret_uses};
pub use uses::{LastUse, begin, end, first_use, last_uses};
