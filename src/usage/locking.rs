//! The one order in which keys are locked against the writing of their counts.

use crate::db::dialect::{self, Lock};
use crate::db::{Error, Tx};

/// Waits until nobody adds to these keys, which are given by their database ids, the lowest first: the order in which batches
/// take them. Whoever changes several keys takes all locks before the first change, and the end of the audit chain after them.
///
/// # Errors
/// When the database refuses.
pub fn lock_keys(tx: &mut Tx<'_>, api_keys: &[i64]) -> Result<(), Error> {
    api_keys.iter().try_for_each(|api_key| dialect::lock_row(tx, Lock::Uses(*api_key)))
}
