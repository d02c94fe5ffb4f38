//! What is done beside the requests: making the next key when it is time, and taking away what is no longer published.

use std::sync::Arc;

use crate::access::{Act, Actor, Origin};
use crate::base::clock::Timestamp;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Db, Tx};
use crate::tenants::{self, Tenant};
use crate::web::Portal;

use super::{SigningKeyError, actions, store};

/// What the schedule is called in the audit log.
const LABEL: &str = "Schedule";

/// Rotates the keys of each tenant whose time has come. Any number of nodes may do so at once: one of them makes the key.
///
/// # Errors
/// When the database refuses. What is in the way of one tenant is logged, and keeps no other from its turn.
pub async fn rotate_due(portal: &Portal) -> Result<(), db::Error> {
    let now = portal.clock.now();
    for tenant in portal.db.read(move |conn| store::due(conn, now)).await? {
        let slug = tenant.slug.clone();
        if let Err(error) = rotate_in_turn(portal, tenant, now).await {
            tracing::warn!(%error, tenant = slug, "the signing keys are not rotated yet; that is tried again");
        }
    }
    Ok(())
}

async fn rotate_in_turn(portal: &Portal, tenant: Tenant, now: Timestamp) -> Result<(), SigningKeyError> {
    let actor = Actor { tenant: tenant.scope, root: tenant.root(), ..Actor::installation(LABEL) };
    let act = Act {
        actor,
        now,
        origin: Origin::default(),
        entropy: Arc::clone(&portal.entropy),
        keyring: Arc::clone(&portal.keyring),
    };
    let rotate = move |tx: &mut Tx<'_>| {
        dialect::lock_row(tx, Lock::Tenant(tenant.scope.id()))?;
        // Another node, or somebody, may have been faster.
        let (rules, last) = (tenants::by_id(tx, tenant.scope)?, actions::last(tx, &act)?);
        let due = last.and_then(|last| rules.signing_key_after(last.signs_from));
        if due.is_none_or(|due| due > now) {
            return Ok(());
        }
        actions::rotate(tx, &act, None).map(drop)
    };
    portal.db.write(rotate).await
}

/// Takes away the keys that are no longer published at this moment, with their private halves.
///
/// # Errors
/// When the database refuses.
pub async fn prune(db: &Db, now: Timestamp) -> Result<(), db::Error> {
    db.write(move |tx| store::prune(tx, now)).await.map(drop)
}
