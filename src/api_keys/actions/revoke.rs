//! Ending a secret that others know.

use serde_json::json;

use crate::access::Act;
use crate::api_keys::hand_over::HandOver;
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKeyError, Presented};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants;

/// Ends a secret that was presented, with the tokens that the key was given: whoever has the right secret may, that is all that
/// it takes. During a rotation the old secret ends and the key goes on with the new one. Otherwise the key is disabled, for this
/// reason, until somebody gives it another secret and enables it. Where the secret is dead already there is nothing to do.
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
    let key = match super::to_change(tx, act, &presented.key.key_id) {
        Err(ApiKeyError::AlreadyDeleted(_)) => return Ok(()),
        key => key?,
    };
    let (tenant, now) = (act.actor.tenant, act.now);
    // It may have been rotated, or disabled, since it was looked at.
    let secrets = store::secrets_of(tx, tenant, key.id)?;
    if !secrets.iter().any(|one| one.id == secret && one.ends_at > now) || key.disabled_at.is_some() {
        return Ok(());
    }
    let event = match HandOver::of(&secrets, now) {
        Some(HandOver { current, retiring }) if retiring.id == secret => {
            store::end_secret(tx, tenant, key.id, &retiring.mac, now)?;
            store::update(tx, tenant, key.id, now, Changes::default())?;
            let before = json!({ "old_hint": retiring.hint, "old_ends_at": retiring.ends_at.rfc3339() });
            let after = json!({ "hint": current.hint, "old_ends_at": now.rfc3339(), "reason": reason });
            Event::about(Action::ApiKeyRotationFinished, &super::target(&key)).before(before).after(after)
        }
        _ => {
            let changes = Changes {
                disabled_at: Some(Some(now.micros())),
                disabled_reason: Some(Some(reason)),
                ..Changes::default()
            };
            store::update(tx, tenant, key.id, now, changes)?;
            Event::about(Action::ApiKeyDisabled, &super::target(&key)).after(json!({ "reason": reason }))
        }
    };
    grants::raise_token_version(tx, tenant, key.id)?;
    Ok(audit::record(tx, act, event)?)
}
