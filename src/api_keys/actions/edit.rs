//! Changing what a key is called, what it may do, what it is found by, from where and how often it may be
//! used, and when it ends.

use serde_json::{Map, Value, json};

use crate::access::{Act, Grant, Who};
use crate::api_keys::client_id::Name;
use crate::api_keys::rights::require_to_manage;
use crate::api_keys::store::{self, Changes};
use crate::api_keys::tag::MOST_TAGS;
use crate::api_keys::{AllowedAddresses, ApiKey, ApiKeyError, Expiry, Tag};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder, Wanted};
use crate::rate_limits::RateLimits;
use crate::{tenants, usage};

/// How a key shall be from now on.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Its name.
    pub name: Name,
    /// What it holds.
    pub wanted: Vec<Wanted>,
    /// What it is found by.
    pub tags: Vec<Tag>,
    /// When it ends.
    pub expiry: Expiry,
    /// From where it may be used.
    pub allowed_addresses: AllowedAddresses,
    /// How often it may be used.
    pub rate_limits: RateLimits,
    /// The version that whoever edits has seen.
    pub version: i64,
}

/// Makes a key be as whoever edits wants it. What is added has to be the actor's to give, and what is taken away, too: a key
/// that was emptied could be rotated by whoever emptied it, and its client id be used in its place. A longer life, and a use
/// from more addresses or more often, are as good as giving everything it holds again. No key changes what it holds itself.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn edit(tx: &mut Tx<'_>, act: &Act, key_id: &str, edit: &Edit) -> Result<ApiKey, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    if key.version != edit.version {
        return Err(ApiKeyError::Stale(Box::new(key)));
    }
    if edit.tags.len() > MOST_TAGS {
        return Err(ApiKeyError::TooManyTags);
    }
    let (tenant, target) = (act.actor.tenant, super::target(&key));
    let policy = tenants::by_id(tx, tenant)?;
    let expires_at = edit.expiry.ends_at(act.now, Some(key.expires_at), &policy).map_err(ApiKeyError::Expiry)?;
    let held = grants::of(tx, tenant, Holder::ApiKey(key.id))?;
    let stays = |grant: &&Grant| edit.wanted.iter().any(|new| new.role == grant.role && new.resource == grant.resource);
    act.actor.require_to_give_all(held.iter().filter(|grant| !stays(grant)))?;
    let grants_changed = !grants::change(tx, act, Holder::ApiKey(key.id), &target, &edit.wanted)?.is_nothing();
    if grants_changed && act.actor.who == Who::ApiKey(key.id) {
        return Err(ApiKeyError::OwnGrants);
    }
    if edit.wanted.is_empty() {
        require_to_manage(&act.actor, &key, &[]).map_err(ApiKeyError::LastGrant)?;
    }
    let wider =
        !edit.allowed_addresses.is_within(&key.allowed_addresses) || !edit.rate_limits.is_within(&key.rate_limits);
    if expires_at > key.expires_at || wider {
        act.actor.require_to_give_all(&grants::of(tx, tenant, Holder::ApiKey(key.id))?)?;
    }
    let name = edit.name.as_str();
    let tags = super::tags_of(tx, act, &key)?;
    let mut changed = Changed::default();
    if name != key.name {
        store::put_words(tx, tenant, &ApiKey { name: name.to_owned(), ..key.clone() })?;
        changed.note("name", json!(key.name), json!(name));
    }
    if expires_at != key.expires_at {
        changed.note("expires_at", json!(key.expires_at.rfc3339()), json!(expires_at.rfc3339()));
    }
    if !same(&tags, &edit.tags) {
        store::put_tags(tx, tenant, key.id, &edit.tags)?;
        changed.note("tags", super::tags_in_words(&tags), super::tags_in_words(&edit.tags));
    }
    if edit.allowed_addresses != key.allowed_addresses {
        let (before, after) = (key.allowed_addresses.in_words(), edit.allowed_addresses.in_words());
        changed.note("allowed_addresses", json!(before), json!(after));
    }
    if edit.rate_limits != key.rate_limits {
        changed.note("rate_limits", json!(key.rate_limits.in_words()), json!(edit.rate_limits.in_words()));
    }
    if grants_changed || !changed.before.is_empty() {
        let changes = Changes {
            name: Some(name),
            name_folded: Some(name.to_lowercase()),
            expires_at: Some(expires_at.micros()),
            allowed_addresses: Some(edit.allowed_addresses.stored()),
            rate_limits: Some(edit.rate_limits.stored()),
            ..Changes::default()
        };
        store::update(tx, tenant, key.id, act.now, changes)?;
    }
    if !key.allowed_addresses.is_within(&edit.allowed_addresses) {
        // Tokens that were given elsewhere are good no more.
        grants::raise_token_version(tx, tenant, key.id)?;
    }
    if key.expires_at <= act.now && act.now < expires_at {
        usage::revive(tx, tenant, key.id)?;
    }
    if !changed.before.is_empty() {
        let event = Event::about(Action::ApiKeyUpdated, &target);
        audit::record(tx, act, event.before(changed.before.into()).after(changed.after.into()))?;
    }
    Ok(key)
}

/// What became different, by the names of the fields.
#[derive(Debug, Default)]
struct Changed {
    before: Map<String, Value>,
    after: Map<String, Value>,
}

impl Changed {
    fn note(&mut self, field: &str, before: Value, after: Value) {
        self.before.insert(field.to_owned(), before);
        self.after.insert(field.to_owned(), after);
    }
}

/// Whether both are the same tags, in whatever order.
fn same(held: &[Tag], wanted: &[Tag]) -> bool {
    held.len() == wanted.len() && wanted.iter().all(|tag| held.contains(tag))
}
