//! What can be done while two secrets of a key work: the old one is ended before its time, or it becomes the current one
//! again.

use serde_json::json;

use crate::access::Act;
use crate::api_keys::hand_over::HandOver;
use crate::api_keys::store::{self, Changes, StoredSecret};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::audit::{self, Action, Event};
use crate::base::clock::Timestamp;
use crate::db::Tx;
use crate::grants::{self, Holder};

/// Ends the old secret now, and with it the rotation.
///
/// # Errors
/// [`ApiKeyError::NotRotating`] when the old one has ended already; otherwise see [`ApiKeyError`].
pub fn finish_rotation(tx: &mut Tx<'_>, act: &Act, key_id: &str, version: i64) -> Result<ApiKey, ApiKeyError> {
    let (key, secrets) = rotating(tx, act, key_id, version)?;
    let Some(HandOver { current, retiring }) = HandOver::of(&secrets, act.now) else {
        return Err(ApiKeyError::NotRotating(Box::new(key)));
    };
    let (tenant, now) = (act.actor.tenant, act.now);
    store::end_secret(tx, tenant, key.id, &retiring.mac, now)?;
    store::update(tx, tenant, key.id, now, Changes::default())?;
    // Whoever holds the old secret may hold tokens as well.
    grants::raise_token_version(tx, tenant, key.id)?;
    let before = json!({ "old_hint": retiring.hint, "old_ends_at": retiring.ends_at.rfc3339() });
    let after = json!({ "hint": current.hint, "old_hint": retiring.hint, "old_ends_at": now.rfc3339() });
    let event = Event::about(Action::ApiKeyRotationFinished, &super::target(&key));
    audit::record(tx, act, event.before(before).after(after))?;
    Ok(key)
}

/// Withdraws the new secret at once; the old one goes on as if it had never been rotated, which is as good as giving
/// everything the key holds to whoever has it once more.
///
/// # Errors
/// [`ApiKeyError::NotRotating`] when the old one has ended already; otherwise see [`ApiKeyError`].
pub fn cancel_rotation(tx: &mut Tx<'_>, act: &Act, key_id: &str, version: i64) -> Result<ApiKey, ApiKeyError> {
    let (key, secrets) = rotating(tx, act, key_id, version)?;
    let (tenant, now) = (act.actor.tenant, act.now);
    act.actor.require_to_give_all(&grants::of(tx, tenant, Holder::ApiKey(key.id))?)?;
    let Some(HandOver { current, retiring }) = HandOver::of(&secrets, now) else {
        return Err(ApiKeyError::NotRotating(Box::new(key)));
    };
    store::end_secret(tx, tenant, key.id, &current.mac, now)?;
    store::end_secret(tx, tenant, key.id, &retiring.mac, Timestamp::NEVER)?;
    store::update(tx, tenant, key.id, now, Changes { hint: Some(&retiring.hint), ..Changes::default() })?;
    let key = ApiKey { hint: retiring.hint.clone(), ..key };
    store::put_words(tx, tenant, &key)?;
    // Whoever holds the new secret may hold tokens as well.
    grants::raise_token_version(tx, tenant, key.id)?;
    let before = json!({ "hint": current.hint, "old_ends_at": retiring.ends_at.rfc3339() });
    let after = json!({ "hint": retiring.hint });
    let event = Event::about(Action::ApiKeyRotationCancelled, &super::target(&key));
    audit::record(tx, act, event.before(before).after(after))?;
    Ok(key)
}

/// The key as whoever asks has seen it, with its secrets.
fn rotating(
    tx: &mut Tx<'_>,
    act: &Act,
    key_id: &str,
    version: i64,
) -> Result<(ApiKey, Vec<StoredSecret>), ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    if key.version != version {
        return Err(ApiKeyError::Stale(Box::new(key)));
    }
    let secrets = store::secrets_of(tx, act.actor.tenant, key.id)?;
    Ok((key, secrets))
}
