//! Giving a key a new secret. The one before goes on working for a while.

use serde_json::json;

use crate::access::{Act, Permission};
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKey, ApiKeyError, secret_text};
use crate::audit::{self, Action, Event};
use crate::base::keyring::Keyring;
use crate::db::Tx;
use crate::grants::{self, Holder};

use super::Created;

const HOUR: i64 = 60 * 60;

/// How long the secret before may go on working, in seconds.
pub const OVERLAPS: [i64; 5] = [0, HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR];

/// How a key shall be rotated.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// How long the secret before goes on working, in seconds.
    pub overlap: i64,
    /// The version that whoever rotates has seen: the same form rotates once.
    pub version: i64,
}

/// Makes a new secret: as good as giving everything the key holds once more. Of the secrets that work, the newest ends after the
/// overlap and all others now, so that there are never more than two.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn rotate(tx: &mut Tx<'_>, act: &Act, key_id: &str, rotation: Rotation) -> Result<Created, ApiKeyError> {
    act.actor.require_to_open(Permission::ManageApiKeys)?;
    let key = super::to_change(tx, act, key_id)?;
    let (tenant, now) = (act.actor.tenant, act.now);
    if key.version != rotation.version {
        return Err(ApiKeyError::Stale(Box::new(key)));
    }
    let held = grants::of(tx, tenant, Holder::ApiKey(key.id))?;
    act.actor.require_to_give_all(&held)?;
    let (ends_at, secrets) = (now.plus_seconds(rotation.overlap), store::secrets_of(tx, tenant, key.id)?);
    // The newest of all may have been withdrawn.
    let working: Vec<_> = secrets.iter().filter(|secret| secret.ends_at > now).collect();
    for (age, secret) in working.iter().enumerate() {
        let end = if age == 0 { ends_at } else { now };
        if secret.ends_at > end {
            store::end_secret(tx, tenant, key.id, &secret.mac, end)?;
        }
    }
    let text = secret_text::secret_for(&*act.entropy, &key.environment, &key.key_id);
    let hint = secret_text::hint(&key.environment, &key.key_id, &text);
    let mac = secret_text::mac(act.keyring.pepper(), text.expose());
    store::insert_secret(tx, act, key.id, &mac, Keyring::PEPPER_VERSION, &hint)?;
    store::update(tx, tenant, key.id, now, Changes { hint: Some(&hint), ..Changes::default() })?;
    store::put_words(tx, tenant, &ApiKey { hint: hint.clone(), ..key.clone() })?;
    if rotation.overlap == 0 || working.len() > 1 {
        // Whoever holds a secret that ended now may hold tokens as well.
        grants::raise_token_version(tx, tenant, key.id)?;
    }
    let (before, after) = (json!({ "hint": key.hint }), json!({ "hint": hint, "old_ends_at": ends_at.rfc3339() }));
    audit::record(tx, act, Event::about(Action::ApiKeyRotated, &super::target(&key)).before(before).after(after))?;
    Ok(Created { key, secret: text, bare: held.is_empty() })
}
