//! Disabling a key at once, and enabling it again.

use serde_json::json;

use crate::access::Act;
use crate::api_keys::reason::Reason;
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder};
use crate::usage;

/// Stops a key until it is enabled again. Tokens that it was given before stay dead then, too. A reason takes the place of the
/// one before, also when the key is disabled already.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn disable(tx: &mut Tx<'_>, act: &Act, key_id: &str, reason: Option<&Reason>) -> Result<ApiKey, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    let (tenant, reason) = (act.actor.tenant, reason.map(Reason::as_str));
    if key.disabled_at.is_none() || (reason.is_some() && reason != key.disabled_reason.as_deref()) {
        let since = key.disabled_at.unwrap_or(act.now).micros();
        let changes = Changes { disabled_at: Some(Some(since)), disabled_reason: Some(reason), ..Changes::default() };
        store::update(tx, tenant, key.id, act.now, changes)?;
        grants::raise_token_version(tx, tenant, key.id)?;
        let (before, after) = (json!({ "reason": key.disabled_reason }), json!({ "reason": reason }));
        let event = Event::about(Action::ApiKeyDisabled, &super::target(&key));
        audit::record(tx, act, event.before(before).after(after))?;
    }
    Ok(key)
}

/// Lets a disabled key work again: as good as giving everything it holds once more.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn enable(tx: &mut Tx<'_>, act: &Act, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    act.actor.require_to_give_all(&grants::of(tx, act.actor.tenant, Holder::ApiKey(key.id))?)?;
    if key.disabled_at.is_some() {
        let changes = Changes { disabled_at: Some(None), disabled_reason: Some(None), ..Changes::default() };
        store::update(tx, act.actor.tenant, key.id, act.now, changes)?;
        usage::revive(tx, act.actor.tenant, key.id)?;
        let event = Event::about(Action::ApiKeyEnabled, &super::target(&key));
        audit::record(tx, act, event.before(json!({ "reason": key.disabled_reason })))?;
    }
    Ok(key)
}
