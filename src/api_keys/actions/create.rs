//! Making a key.

use serde_json::json;

use crate::access::{Act, Permission};
use crate::api_keys::client_id::{ClientId, Name};
use crate::api_keys::store::{self, NewRow};
use crate::api_keys::tag::MOST_TAGS;
use crate::api_keys::{AllowedAddresses, ApiKey, ApiKeyError, Expiry, Tag, secret_text};
use crate::audit::{self, Action, Event};
use crate::base::keyring::Keyring;
use crate::base::secret::Secret;
use crate::db::{self, Tx};
use crate::grants::{self, Holder, Wanted};
use crate::rate_limits::RateLimits;
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
    /// When it ends.
    pub expiry: Expiry,
    /// What it holds.
    pub wanted: Vec<Wanted>,
    /// What it is found by.
    pub tags: Vec<Tag>,
    /// From where it may be used.
    pub allowed_addresses: AllowedAddresses,
    /// How often it may be used.
    pub rate_limits: RateLimits,
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
    /// The key holds no role anywhere.
    pub bare: bool,
}

/// Makes a key with its first secret, and with everything that it holds, or not at all. The same intent makes no second key.
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
    super::reuse::require_to_reuse(tx, act, &new.client_id)?;
    if new.tags.len() > MOST_TAGS {
        return Err(ApiKeyError::TooManyTags);
    }
    let policy = tenants::by_id(tx, tenant)?;
    let expires_at = new.expiry.ends_at(act.now, None, &policy).map_err(ApiKeyError::Expiry)?;
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
        allowed_addresses: &new.allowed_addresses,
        rate_limits: new.rate_limits,
    };
    let key = store::insert(tx, act, &row).map_err(somebody_was_faster)?;
    let mac = secret_text::mac(act.keyring.pepper(), minted.text.expose());
    store::insert_secret(tx, act, key.id, &mac, Keyring::PEPPER_VERSION, &hint)?;
    store::put_words(tx, tenant, &key)?;
    store::put_tags(tx, tenant, key.id, &new.tags)?;
    usage::begin(tx, tenant, key.id)?;
    let mut after = json!({
        "client_id": key.client_id, "name": key.name, "environment": key.environment, "hint": key.hint, "expires_at": expires_at.rfc3339(),
    });
    if !new.tags.is_empty() {
        after["tags"] = super::tags_in_words(&new.tags);
    }
    if !new.allowed_addresses.is_anywhere() {
        after["allowed_addresses"] = json!(new.allowed_addresses.in_words());
    }
    if !new.rate_limits.is_unlimited() {
        after["rate_limits"] = json!(new.rate_limits.in_words());
    }
    let target = super::target(&key);
    audit::record(tx, act, Event::about(Action::ApiKeyCreated, &target).after(after))?;
    grants::change(tx, act, Holder::ApiKey(key.id), &target, &new.wanted)?;
    Ok(Created { key, secret: minted.text, bare: new.wanted.is_empty() })
}

/// Two creations at once: the second finds the first when its transaction runs again.
fn somebody_was_faster(error: db::Error) -> db::Error {
    match error {
        db::Error::Duplicate => db::Error::Conflict("two keys were created at once".into()),
        other => other,
    }
}
