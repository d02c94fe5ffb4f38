//! Whether a client id that a deleted key had is free again.

use crate::access::{Act, Actor, Grant, Permission, Who};
use crate::api_keys::client_id::ClientId;
use crate::api_keys::rights::require_to_manage;
use crate::api_keys::store;
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::db::{self, Tx};
use crate::grants;

/// So many users are enough to ask.
const NAMED: usize = 5;

/// Systems that trust a client id take a new key for the deleted one that had it. So it is free again only for an actor who
/// managed that key and could give everything it held; for others it stays taken.
///
/// # Errors
/// [`ApiKeyError::ClientIdKept`] with users who can use it.
pub(super) fn require_to_reuse(tx: &mut Tx<'_>, act: &Act, client_id: &ClientId) -> Result<(), ApiKeyError> {
    let Some(last) = store::last_holder(tx, act.actor.tenant, client_id)? else { return Ok(()) };
    let held = grants::former(tx, act.actor.tenant, last.id)?;
    if could_make(&act.actor, &last, &held) {
        return Ok(());
    }
    Err(ApiKeyError::ClientIdKept(users_who_could_make(tx, &act.actor, &last, &held)?))
}

fn could_make(actor: &Actor, key: &ApiKey, held: &[Grant]) -> bool {
    require_to_manage(actor, key, held).is_ok() && actor.require_to_give_all(held).is_ok()
}

/// The e-mail addresses of some users who manage API keys on the whole organization and could make the key.
fn users_who_could_make(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: &ApiKey,
    held: &[Grant],
) -> Result<Vec<String>, db::Error> {
    let managers = grants::managers(tx, actor.tenant, Permission::ManageApiKeys)?;
    let ids: Vec<i64> = managers.iter().map(|(id, _)| *id).collect();
    let mut grants = grants::of_users(tx, actor.tenant, &ids)?;
    let could = |(id, email): (i64, String)| {
        let grants = grants.remove(&id).unwrap_or_default();
        let user = Actor { who: Who::User(id), label: email, grants, ..actor.clone() };
        could_make(&user, key, held).then_some(user.label)
    };
    Ok(managers.into_iter().filter_map(could).take(NAMED).collect())
}
