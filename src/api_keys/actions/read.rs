//! Looking at keys.

use crate::access::{Actor, Grant, Permission};
use crate::api_keys::api_key::Tag;
use crate::api_keys::deleted::Deleted;
use crate::api_keys::store::{self, StoredSecret};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::audit::{self, LastChange};
use crate::base::clock::Timestamp;
use crate::db::{self, Conn};
use crate::grants;
use crate::usage::{self, LastUse};

/// A key with what the list shows beside it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The key.
    pub key: ApiKey,
    /// Its tags, by their keys.
    pub tags: Vec<Tag>,
    /// Its last use, as far as it is written.
    pub last_use: Option<LastUse>,
    /// What it holds, by path and role.
    pub grants: Vec<Grant>,
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

/// One key, also when it is deleted.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for another tenant's key, and for one that the actor may not see, as for none.
pub fn show(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<Shown, ApiKeyError> {
    let key = super::to_see(conn, actor, key_id)?;
    let secrets = store::secrets_of(conn, actor.tenant, key.id)?;
    let listed = listed(conn, actor, vec![key])?.pop().ok_or(ApiKeyError::NotFound)?;
    Ok(Shown { grants: listed.grants.clone(), listed, secrets })
}

/// The same for whoever wants to change it.
///
/// # Errors
/// [`ApiKeyError::AlreadyDeleted`] for what was deleted; otherwise as [`show`].
pub fn show_living(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<Shown, ApiKeyError> {
    let shown = show(conn, actor, key_id)?;
    match deletion_of(conn, actor, &shown.listed.key)? {
        Some(deleted) => Err(ApiKeyError::AlreadyDeleted(Box::new(deleted))),
        None => Ok(shown),
    }
}

/// How a key was deleted, if it was: nothing happens to it after that.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn deletion_of(conn: &mut Conn, actor: &Actor, key: &ApiKey) -> Result<Option<Deleted>, ApiKeyError> {
    let Some(at) = key.deleted_at else { return Ok(None) };
    let by = last_change_of(conn, actor, key)?.map(|change| change.by);
    Ok(Some(Deleted { key: key.clone(), at, by }))
}

/// Who changed a key last, and when: also for those who may not read the audit log, as whoever looks at a key sees who made it.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn last_change_of(conn: &mut Conn, actor: &Actor, key: &ApiKey) -> Result<Option<LastChange>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    Ok(audit::last_change(conn, actor.tenant, &super::target(key))?)
}

/// How many keys end later than some moment, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Those that end later, or never.
    pub later: usize,
    /// All of them.
    pub all: usize,
}

/// Counts the tenant's keys that end later than this, up to `most`; `most` itself means that there may be more. Asked by
/// whoever changes the rules for their ends.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `settings:manage`.
pub fn count_ending_after(conn: &mut Conn, actor: &Actor, at: Timestamp, most: usize) -> Result<Ending, ApiKeyError> {
    actor.require_to_open(Permission::ManageSettings)?;
    Ok(Ending {
        later: store::count_ending_after(conn, actor.tenant, at, most)?,
        all: store::count_ending_after(conn, actor.tenant, Timestamp::from_micros(i64::MIN), most)?,
    })
}

pub(super) fn listed(conn: &mut Conn, actor: &Actor, keys: Vec<ApiKey>) -> Result<Vec<Listed>, db::Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
    let mut tags = store::tags_of(conn, actor.tenant, &ids)?;
    let mut last_uses = usage::last_uses(conn, actor.tenant, &ids)?;
    let mut held = grants::of_keys(conn, actor.tenant, &ids)?;
    let row = |key: ApiKey| Listed {
        grants: held.remove(&key.id).unwrap_or_default(),
        tags: tags.remove(&key.id).unwrap_or_default(),
        last_use: last_uses.remove(&key.id),
        key,
    };
    Ok(keys.into_iter().map(row).collect())
}
