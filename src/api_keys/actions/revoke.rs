//! Ending a secret that others know.

use serde_json::json;

use crate::access::Act;
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKeyError, Presented};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants;

/// Ends a secret that was presented, for good, with the tokens that the key was given: whoever has the right secret may, that is
/// all that it takes. Where it is the old one of a key that is being rotated, the key goes on with the new one. Otherwise it
/// is disabled as well, for this reason, until somebody gives it another secret and enables it.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn revoke_secret(
    tx: &mut Tx<'_>,
    act: &Act,
    presented: &Presented,
    secret: i64,
    reason: &str,
) -> Result<(), ApiKeyError> {
    let (tenant, now) = (act.actor.tenant, act.now);
    // It may have been changed since it was looked at.
    let Some(key) = store::by_key_id(tx, tenant, &presented.key.key_id)?.filter(|key| key.deleted_at.is_none()) else {
        return Ok(());
    };
    let secrets = store::secrets_of(tx, tenant, key.id)?;
    let Some(ended) = secrets.iter().find(|one| one.id == secret && one.ends_at > now) else { return Ok(()) };
    store::end_secret(tx, tenant, key.id, &ended.mac, now)?;
    grants::raise_token_version(tx, tenant, key.id)?;
    let event = Event::about(Action::ApiKeySecretRevoked, &super::target(&key));
    audit::record(tx, act, event.after(json!({ "hint": ended.hint, "reason": reason })))?;

    // One that ends soon is on its way out, and not what the key goes on with.
    let goes_on = secrets.iter().any(|one| one.id != secret && one.ends_at.is_never());
    let changes = if goes_on || key.disabled_at.is_some() {
        Changes::default()
    } else {
        let event = Event::about(Action::ApiKeyDisabled, &super::target(&key));
        audit::record(tx, act, event.after(json!({ "reason": reason })))?;
        Changes { disabled_at: Some(Some(now.micros())), disabled_reason: Some(Some(reason)), ..Changes::default() }
    };
    Ok(store::update(tx, tenant, key.id, now, changes)?)
}
