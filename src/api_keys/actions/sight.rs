//! Which keys an actor sees, and which ones the actor changes. Every action on a key finds it here.

use crate::access::{Actor, Permission, Refused};
use crate::api_keys::rights::{Visible, require_to_manage};
use crate::api_keys::{ApiKey, ApiKeyError, store};
use crate::db::{self, Conn};
use crate::grants::{self, Holder};

use super::read::{Shown, deletion_of, show_living};

/// A key that the actor may see, also when it is deleted.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for one that the actor may not see as for none; [`ApiKeyError::Refused`] without `api_keys:read`.
pub(super) fn to_see(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let key = store::by_key_id(conn, actor.tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    if may_see(conn, actor, &key)? { Ok(key) } else { Err(ApiKeyError::NotFound) }
}

/// A living key that the actor manages. In a transaction that holds the tenant's lock nothing of this changes before its end.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for one that the actor neither manages nor sees, as for none; [`ApiKeyError::Refused`] for one
/// that the actor sees and does not manage; [`ApiKeyError::AlreadyDeleted`].
pub(super) fn to_change(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    actor.require_to_open(Permission::ManageApiKeys)?;
    let key = store::by_key_id(conn, actor.tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    let refused = missing(conn, actor, &key)?;
    if refused.is_some() && !may_see(conn, actor, &key)? {
        return Err(ApiKeyError::NotFound);
    }
    match (deletion_of(conn, actor, &key)?, refused) {
        (Some(deleted), _) => Err(ApiKeyError::AlreadyDeleted(Box::new(deleted))),
        (None, Some(refused)) => Err(refused.into()),
        (None, None) => Ok(key),
    }
}

/// The same of several keys, by client id. Those that are gone, and those that the actor neither manages nor sees, are left out.
///
/// # Errors
/// [`ApiKeyError::Refused`] for one that the actor sees and does not manage.
pub(super) fn all_to_change(conn: &mut Conn, actor: &Actor, key_ids: &[String]) -> Result<Vec<ApiKey>, ApiKeyError> {
    actor.require_to_open(Permission::ManageApiKeys)?;
    let mut keys = store::by_key_ids(conn, actor.tenant, key_ids)?;
    if actor.may(Permission::ManageApiKeys, &actor.root) {
        return Ok(keys);
    }
    let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
    let held = grants::of_keys(conn, actor.tenant, &ids)?;
    let missing = |key: &ApiKey| require_to_manage(actor, key, held.get(&key.id).map_or(&[], Vec::as_slice)).err();
    if let Some(visible) = Visible::to(actor) {
        let seen = store::visible_among(conn, actor.tenant, &visible, &ids)?;
        keys.retain(|key| missing(key).is_none() || seen.contains(&key.id));
    }
    match keys.iter().find_map(missing) {
        Some(refused) => Err(refused.into()),
        None => Ok(keys),
    }
}

/// A living key with everything its page shows, for an actor who manages it.
///
/// # Errors
/// As [`to_change`].
pub fn show_to_change(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<Shown, ApiKeyError> {
    let shown = show_living(conn, actor, key_id)?;
    require_to_manage(actor, &shown.listed.key, &shown.grants)?;
    Ok(shown)
}

/// Whether the actor may see the key.
fn may_see(conn: &mut Conn, actor: &Actor, key: &ApiKey) -> Result<bool, db::Error> {
    match Visible::to(actor) {
        None => Ok(true),
        Some(visible) => Ok(!store::visible_among(conn, actor.tenant, &visible, &[key.id])?.is_empty()),
    }
}

/// What the actor lacks to manage the key.
fn missing(conn: &mut Conn, actor: &Actor, key: &ApiKey) -> Result<Option<Refused>, db::Error> {
    if actor.may(Permission::ManageApiKeys, &actor.root) {
        return Ok(None);
    }
    let held = match key.deleted_at {
        None => grants::of(conn, actor.tenant, Holder::ApiKey(key.id))?,
        Some(_) => grants::former(conn, actor.tenant, key.id)?,
    };
    Ok(require_to_manage(actor, key, &held).err())
}
