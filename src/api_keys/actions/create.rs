//! Making a key.

use serde_json::json;

use crate::access::{Act, Permission};
use crate::api_keys::client_id::{ClientId, Name};
use crate::api_keys::store::{self, NewRow};
use crate::api_keys::{ApiKey, ApiKeyError, secret_text};
use crate::audit::{self, Action, Event};
use crate::base::keyring::Keyring;
use crate::base::secret::Secret;
use crate::db::{self, Tx};
use crate::{tenants, usage};

/// A key as somebody described it.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Its client id.
    pub client_id: ClientId,
    /// Its name.
    pub name: Name,
    /// `live`.
    pub environment: String,
    /// How long it lives.
    pub days: i64,
    /// The id of the form, good for one key.
    pub intent: String,
}

/// A key that was just made. The only place where its secret is.
#[derive(Debug)]
pub struct Created {
    /// The key.
    pub key: ApiKey,
    /// The text to be shown once.
    pub secret: Secret,
}

/// Makes a key with its first secret. The same intent makes no second key.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn create(tx: &mut Tx<'_>, act: &Act, new: &NewApiKey) -> Result<Created, ApiKeyError> {
    act.actor.require_to_open(Permission::ManageApiKeys)?;
    let tenant = act.actor.tenant;
    // In this order: what the same form commits between the two questions is found by the second.
    let taken = store::client_id_is_taken(tx, tenant, &new.client_id)?;
    if let Some(before) = store::by_intent(tx, tenant, &new.intent)? {
        return Err(ApiKeyError::AlreadyCreated(Box::new(before)));
    }
    if taken {
        return Err(ApiKeyError::ClientIdTaken);
    }
    let policy = tenants::by_id(tx, tenant)?;
    let expires_at = act.now.plus_days(new.days);
    if let Some(longest) = policy.longest_key_days.filter(|longest| new.days > *longest) {
        return Err(ApiKeyError::LivesTooLong(act.now.plus_days(longest)));
    }
    let minted = secret_text::mint(&*act.entropy, &new.environment);
    let hint = secret_text::hint(&new.environment, &minted.key_id, &minted.text);
    let row = NewRow {
        key_id: &minted.key_id,
        client_id: &new.client_id,
        name: new.name.as_str(),
        environment: &new.environment,
        hint: &hint,
        intent: &new.intent,
        expires_at,
    };
    let key = store::insert(tx, act, &row).map_err(somebody_was_faster)?;
    let mac = secret_text::mac(act.keyring.pepper(), minted.text.expose());
    store::insert_secret(tx, act, key.id, &mac, Keyring::PEPPER_VERSION, &hint)?;
    store::put_words(tx, tenant, &key)?;
    usage::begin(tx, tenant, key.id)?;
    let after = json!({
        "client_id": key.client_id, "name": key.name, "environment": key.environment, "hint": key.hint, "expires_at": expires_at.rfc3339(),
    });
    audit::record(tx, act, Event::new(Action::ApiKeyCreated).on("api_key", &key.key_id, &key.client_id).after(after))?;
    Ok(Created { key, secret: minted.text })
}

/// Two creations at once: the second finds the first when its transaction runs again.
fn somebody_was_faster(error: db::Error) -> db::Error {
    match error {
        db::Error::Duplicate => db::Error::Conflict("two keys were created at once".into()),
        other => other,
    }
}
