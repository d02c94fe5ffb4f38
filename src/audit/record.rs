//! Writing events. Takes the transaction of the change: no record, no change.

use crate::access::{Act, TenantScope};
use crate::db::{Error, Tx};

use super::Event;
use super::store;

/// Starts the chain of a tenant, or of the installation. Done once, where the tenant is made.
///
/// # Errors
/// When the database refuses.
pub fn begin_chain(tx: &mut Tx<'_>, tenant: TenantScope) -> Result<(), Error> {
    store::insert_head(tx, tenant)
}

/// Records an event in the chain of the actor's tenant. Called last in a verb: the chain's end is the last lock.
///
/// # Errors
/// When the database refuses; the change is rolled back with it.
pub fn record(tx: &mut Tx<'_>, act: &Act, event: Event) -> Result<(), Error> {
    store::append(tx, act, event)
}
