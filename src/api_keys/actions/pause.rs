//! Disabling a key at once, and enabling it again.

use crate::access::{Act, Permission};
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder};
use crate::usage;

/// Stops a key until it is enabled again. Tokens that it was given before stay dead then, too.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn disable(tx: &mut Tx<'_>, act: &Act, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    act.actor.require_to_open(Permission::ManageApiKeys)?;
    let key = super::to_change(tx, act, key_id)?;
    if key.disabled_at.is_none() {
        let changes = Changes { disabled_at: Some(Some(act.now.micros())), ..Changes::default() };
        store::update(tx, act.actor.tenant, key.id, act.now, changes)?;
        grants::raise_token_version(tx, act.actor.tenant, key.id)?;
        audit::record(tx, act, Event::about(Action::ApiKeyDisabled, &super::target(&key)))?;
    }
    Ok(key)
}

/// Lets a disabled key work again: as good as giving everything it holds once more.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn enable(tx: &mut Tx<'_>, act: &Act, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    act.actor.require_to_open(Permission::ManageApiKeys)?;
    let key = super::to_change(tx, act, key_id)?;
    act.actor.require_to_give_all(&grants::of(tx, act.actor.tenant, Holder::ApiKey(key.id))?)?;
    if key.disabled_at.is_some() {
        let changes = Changes { disabled_at: Some(None), ..Changes::default() };
        store::update(tx, act.actor.tenant, key.id, act.now, changes)?;
        usage::revive(tx, act.actor.tenant, key.id)?;
        audit::record(tx, act, Event::about(Action::ApiKeyEnabled, &super::target(&key)))?;
    }
    Ok(key)
}
