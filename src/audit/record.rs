//! Writing events. Takes the transaction of the change: no record, no change.

use crate::access::Act;
use crate::db::{Error, Tx};

use super::Event;
use super::store;

/// The chain of what concerns the installation and no tenant.
pub const INSTALLATION: i64 = 0;

/// Starts the chain of a tenant, or of the installation. Done once, where the tenant is made.
///
/// # Errors
/// When the database refuses.
pub fn begin_chain(tx: &mut Tx<'_>, chain_id: i64) -> Result<(), Error> {
    store::insert_head(tx, chain_id)
}

/// Records an event in the chain of the actor's tenant. Called last in a verb: the chain's end is the last lock.
///
/// # Errors
/// When the database refuses; the change is rolled back with it.
pub fn record(tx: &mut Tx<'_>, act: &Act, event: Event) -> Result<(), Error> {
    store::append(tx, act.actor.tenant.id(), act, event)
}
