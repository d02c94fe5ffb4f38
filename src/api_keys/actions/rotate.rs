//! Giving a key a new secret. The one before goes on working for a while.

use serde_json::json;

use crate::access::{Act, TenantScope};
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKey, ApiKeyError, secret_text};
use crate::audit::{self, Action, Event};
use crate::base::keyring::Keyring;
use crate::db::Tx;
use crate::grants::{self, Holder};
use crate::usage;

use super::Created;

const HOUR: i64 = 60 * 60;

/// How long the secret before may go on working, in seconds.
pub const OVERLAPS: [i64; 5] = [0, HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR];

/// How a key is rotated.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// What happens to the secrets that work now.
    pub present: Present,
    /// The version that the user has seen: the same form rotates once.
    pub version: i64,
}

/// What happens to the secrets that work when a key gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// The newest goes on working for so many seconds; all others end now.
    Overlaps(i64),
    /// The newest was lost on the way to its user, and nothing has used it: it ends now. The one before keeps its end.
    Lost,
}

/// Makes a new secret: as good as giving everything the key holds once more. There are never more than two that work.
///
/// # Errors
/// [`ApiKeyError::SecretUsed`] where the newest secret was used, and so cannot be lost; otherwise see [`ApiKeyError`].
pub fn rotate(tx: &mut Tx<'_>, act: &Act, key_id: &str, rotation: Rotation) -> Result<Created, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    let (tenant, now) = (act.actor.tenant, act.now);
    if key.version != rotation.version {
        return Err(ApiKeyError::Stale(Box::new(key)));
    }
    let held = grants::of(tx, tenant, Holder::ApiKey(key.id))?;
    act.actor.require_to_give_all(&held)?;
    let secrets = store::secrets_of(tx, tenant, key.id)?;
    // The newest of all may have been withdrawn.
    let working: Vec<_> = secrets.iter().filter(|secret| secret.ends_at > now).collect();
    let is_lost = rotation.present == Present::Lost;
    if is_lost && is_used(tx, tenant, key.id, working.first().map(|secret| secret.id))? {
        return Err(ApiKeyError::SecretUsed);
    }
    let ends_at = match rotation.present {
        Present::Overlaps(seconds) => now.plus_seconds(seconds),
        Present::Lost => now,
    };
    for (age, secret) in working.iter().enumerate() {
        let end = match age {
            0 => ends_at,
            _ if is_lost => secret.ends_at,
            _ => now,
        };
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
    if !is_lost && (ends_at == now || working.len() > 1) {
        // A client with a secret that ended now may hold tokens as well. Nothing has got a token with a lost one.
        grants::raise_token_version(tx, tenant, key.id)?;
    }
    let (before, after) = (json!({ "hint": key.hint }), json!({ "hint": hint, "old_ends_at": ends_at.rfc3339() }));
    audit::record(tx, act, Event::about(Action::ApiKeyRotated, &super::target(&key)).before(before).after(after))?;
    Ok(Created { key, secret: text, bare: held.is_empty() })
}

fn is_used(tx: &mut Tx<'_>, tenant: TenantScope, api_key: i64, secret: Option<i64>) -> Result<bool, ApiKeyError> {
    let uses = usage::secret_uses(tx, tenant, api_key)?;
    Ok(secret.is_none_or(|secret| uses.contains_key(&secret)))
}
