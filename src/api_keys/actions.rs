//! The verbs on keys: each checks the permission, does it, and records it.

use serde_json::json;

use crate::access::{Act, Actor, Grant, Permission};
use crate::audit::{self, Action, Event};
use crate::base::keyring::Keyring;
use crate::base::paging::{Page, Slice};
use crate::base::secret::Secret;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Conn, Tx};
use crate::grants::{self, Holder};
use crate::tenants;
use crate::usage::{self, LastUse};

use super::api_key::Tag;
use super::client_id::{ClientId, Name};
use super::store::{self, NewRow, StoredSecret};
use super::{ApiKey, ApiKeyError, secret_text};

/// A key with what the list shows beside it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The key.
    pub key: ApiKey,
    /// Its tags, by their keys.
    pub tags: Vec<Tag>,
    /// Its last use, as far as it is written.
    pub last_use: Option<LastUse>,
}

/// A key with everything its page shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As in the list.
    pub listed: Listed,
    /// Its secrets, newest first.
    pub secrets: Vec<StoredSecret>,
    /// What it may do.
    pub grants: Vec<Grant>,
}

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

/// One page of the tenant's keys, newest first, without the deleted ones.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn list(conn: &mut Conn, actor: &Actor, page: Page, limit: usize) -> Result<Slice<Listed>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let slice = store::page(conn, actor.tenant, page, limit)?;
    let rows = listed(conn, actor, slice.rows)?;
    Ok(Slice { rows, newer: slice.newer, older: slice.older })
}

/// One key, also when it is deleted.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for another tenant's key as for none.
pub fn show(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<Shown, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let key = store::by_key_id(conn, actor.tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    let secrets = store::secrets_of(conn, actor.tenant, key.id)?;
    let grants = grants::of(conn, actor.tenant, Holder::ApiKey(key.id))?;
    let listed = listed(conn, actor, vec![key])?.pop().ok_or(ApiKeyError::NotFound)?;
    Ok(Shown { listed, secrets, grants })
}

fn listed(conn: &mut Conn, actor: &Actor, keys: Vec<ApiKey>) -> Result<Vec<Listed>, db::Error> {
    let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
    let mut tags = store::tags_of(conn, actor.tenant, &ids)?;
    let mut last_uses = usage::last_uses(conn, actor.tenant, &ids)?;
    let row = |key: ApiKey| Listed {
        tags: tags.remove(&key.id).unwrap_or_default(),
        last_use: last_uses.remove(&key.id),
        key,
    };
    Ok(keys.into_iter().map(row).collect())
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

/// Deletes a key: from the commit on nothing accepts it. Its row stays as a tombstone, its tags and grants go; the event keeps
/// them.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for another tenant's key as for none; [`ApiKeyError::AlreadyDeleted`] for one that is dead.
pub fn delete(tx: &mut Tx<'_>, act: &Act, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    act.actor.require_to_open(Permission::ManageApiKeys)?;
    let tenant = act.actor.tenant;
    let id = store::by_key_id(tx, tenant, key_id)?.ok_or(ApiKeyError::NotFound)?.id;
    dialect::lock_row(tx, Lock::ApiKey(id))?;
    // Read again behind the lock: two who delete at once are one who deletes and one who comes late.
    let key = store::by_key_id(tx, tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    if key.deleted_at.is_some() {
        return Err(ApiKeyError::AlreadyDeleted(Box::new(key)));
    }
    let tags = store::tags_of(tx, tenant, &[id])?.remove(&id).unwrap_or_default();
    let held = grants::of(tx, tenant, Holder::ApiKey(id))?;
    store::mark_deleted(tx, tenant, id, act.now)?;
    store::remove_tags(tx, tenant, id)?;
    grants::remove_all(tx, tenant, Holder::ApiKey(id))?;
    let before = json!({
        "client_id": key.client_id, "name": key.name, "hint": key.hint, "expires_at": key.expires_at.rfc3339(),
        "tags": tags.iter().map(|tag| format!("{}:{}", tag.key, tag.value)).collect::<Vec<_>>(),
        "grants": held.iter().map(|grant| format!("{} on {}", grant.role, grant.resource)).collect::<Vec<_>>(),
    });
    audit::record(
        tx,
        act,
        Event::new(Action::ApiKeyDeleted).on("api_key", &key.key_id, &key.client_id).before(before),
    )?;
    Ok(key)
}
