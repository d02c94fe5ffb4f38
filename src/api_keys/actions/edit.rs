//! Changing what a key is called, what it may do, and when it ends.

use serde_json::json;

use crate::access::{Act, Permission};
use crate::api_keys::client_id::Name;
use crate::api_keys::store::{self, Changes};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder, Wanted};
use crate::tenants;

/// How a key shall be from now on.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Its name.
    pub name: Name,
    /// What it holds.
    pub wanted: Vec<Wanted>,
    /// How long it lives from now on; `None` leaves its end as it is.
    pub days: Option<i64>,
    /// The version that whoever edits has seen.
    pub version: i64,
}

/// Makes a key be as whoever edits wants it. What is added has to be the actor's to give; a longer life is as good as giving
/// everything it holds again.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn edit(tx: &mut Tx<'_>, act: &Act, key_id: &str, edit: &Edit) -> Result<ApiKey, ApiKeyError> {
    act.actor.require_to_open(Permission::ManageApiKeys)?;
    let key = super::to_change(tx, act, key_id)?;
    if key.version != edit.version {
        return Err(ApiKeyError::Stale(Box::new(key)));
    }
    let (tenant, target) = (act.actor.tenant, super::target(&key));
    let expires_at = edit.days.map_or(key.expires_at, |days| act.now.plus_days(days));
    if let (Some(days), Some(longest)) = (edit.days, tenants::by_id(tx, tenant)?.longest_key_days)
        && days > longest
    {
        return Err(ApiKeyError::LivesTooLong(act.now.plus_days(longest)));
    }
    grants::change(tx, act, Holder::ApiKey(key.id), &target, &edit.wanted)?;
    if expires_at > key.expires_at {
        act.actor.require_to_give_all(&grants::of(tx, tenant, Holder::ApiKey(key.id))?)?;
    }
    let name = edit.name.as_str();
    let changes = Changes {
        name: Some(name),
        name_folded: Some(name.to_lowercase()),
        expires_at: Some(expires_at.micros()),
        ..Changes::default()
    };
    store::update(tx, tenant, key.id, act.now, changes)?;
    if name != key.name {
        store::put_words(tx, tenant, &ApiKey { name: name.to_owned(), ..key.clone() })?;
    }
    if (name, expires_at) != (key.name.as_str(), key.expires_at) {
        let before = json!({ "name": key.name, "expires_at": key.expires_at.rfc3339() });
        let after = json!({ "name": name, "expires_at": expires_at.rfc3339() });
        audit::record(tx, act, Event::about(Action::ApiKeyUpdated, &target).before(before).after(after))?;
    }
    Ok(key)
}
