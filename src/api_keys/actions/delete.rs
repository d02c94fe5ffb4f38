//! Deleting a key, for good.

use serde_json::json;

use crate::access::Act;
use crate::api_keys::store;
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder};
use crate::usage::{self, Standing};

/// Deletes a key for a person. One that was used within 24 hours is deleted only when its client id was typed.
///
/// # Errors
/// [`ApiKeyError::NotConfirmed`] where it was not; otherwise as [`delete`].
pub fn delete_confirmed(tx: &mut Tx<'_>, act: &Act, key_id: &str, typed: &str) -> Result<ApiKey, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    let last = usage::last_uses(tx, act.actor.tenant, &[key.id])?.remove(&key.id);
    if usage::standing(last.as_ref(), act.now) == Standing::InUse && typed.trim() != key.client_id {
        return Err(ApiKeyError::NotConfirmed);
    }
    delete(tx, act, key_id)
}

/// Deletes a key: from the commit on nothing accepts it. Its row stays as a tombstone, its tags go, and its grants
/// become former ones.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for another tenant's key as for none; [`ApiKeyError::AlreadyDeleted`] for one that is dead.
pub fn delete(tx: &mut Tx<'_>, act: &Act, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    let (tenant, id) = (act.actor.tenant, key.id);
    let tags = super::tags_of(tx, act, &key)?;
    let held = grants::of(tx, tenant, Holder::ApiKey(id))?;
    store::mark_deleted(tx, tenant, id, act.now)?;
    store::remove_tags(tx, tenant, id)?;
    store::remove_words(tx, tenant, id)?;
    usage::end(tx, tenant, id, act.now)?;
    grants::retire(tx, tenant, id)?;
    let before = json!({
        "client_id": key.client_id, "name": key.name, "hint": key.hint, "expires_at": key.expires_at.rfc3339(),
        "tags": super::tags_in_words(&tags),
        "grants": held.iter().map(|grant| format!("{} on {}", grant.role, grant.resource)).collect::<Vec<_>>(),
    });
    audit::record(tx, act, Event::about(Action::ApiKeyDeleted, &super::target(&key)).before(before))?;
    Ok(key)
}
