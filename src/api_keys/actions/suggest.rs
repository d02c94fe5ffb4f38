//! Tags to choose from: those of keys that the actor sees.

use std::collections::BTreeSet;

use crate::access::{Actor, Permission, TenantScope};
use crate::api_keys::ApiKeyError;
use crate::api_keys::api_key::Tag;
use crate::api_keys::rights::Visible;
use crate::api_keys::store;
use crate::base::text::is_hidden;
use crate::db::{self, Conn};

/// Most tags to choose from.
const SUGGESTED: usize = 50;
/// Most keys whose tags are looked at, where an actor does not see all of them.
const LOOKED_AT: usize = 2_000;

/// Tags that keys of the tenant have, to choose from.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn tag_suggestions(conn: &mut Conn, actor: &Actor) -> Result<Vec<Tag>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    Ok(Tags::of(conn, actor)?.all(conn, "")?)
}

/// A part of a tag, while it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagPart {
    /// The part before the colon.
    Key,
    /// The part after it; the key is known.
    Value,
    /// All of it.
    Whole,
}

/// What tags of the tenant have in this part and begin with what was typed of them, such as `env:pr`; in order, the first
/// ones.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn tags_like(conn: &mut Conn, actor: &Actor, part: TagPart, typed: &str) -> Result<Vec<String>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    // No tag has such letters.
    if typed.chars().any(is_hidden) {
        return Ok(Vec::new());
    }
    let (tags, key) = (Tags::of(conn, actor)?, |key: &str| key.trim().to_lowercase());
    Ok(match (part, typed.split_once(':')) {
        (TagPart::Key, _) => tags.keys(conn, &key(typed))?,
        (TagPart::Value, None) => Vec::new(),
        (TagPart::Value, Some((of, value))) => tags.values(conn, &key(of), value.trim_start())?,
        (TagPart::Whole, None) => tags.all(conn, &key(typed))?.iter().map(Tag::to_string).collect(),
        (TagPart::Whole, Some((of, value))) => {
            let values = tags.values(conn, &key(of), value.trim_start())?;
            values.into_iter().map(|value| Tag { key: key(of), value }.to_string()).collect()
        }
    })
}

/// The tags that an actor chooses from.
enum Tags {
    /// Those of every key of the tenant.
    OfTenant(TenantScope),
    /// Those of the keys that the actor sees, by key and value; of the first [`LOOKED_AT`] of them, where there are more.
    Few(BTreeSet<(String, String)>),
}

impl Tags {
    fn of(conn: &mut Conn, actor: &Actor) -> Result<Self, db::Error> {
        let Some(visible) = Visible::to(actor) else { return Ok(Self::OfTenant(actor.tenant)) };
        let mut ids = store::maybe_visible(conn, actor.tenant, &visible, LOOKED_AT)?;
        ids.truncate(LOOKED_AT);
        let ids: Vec<i64> = store::visible_among(conn, actor.tenant, &visible, &ids)?.into_iter().collect();
        let tags = store::tags_of(conn, actor.tenant, &ids)?;
        Ok(Self::Few(tags.into_values().flatten().map(|tag| (tag.key, tag.value)).collect()))
    }

    /// Those whose key has this beginning.
    fn all(&self, conn: &mut Conn, beginning: &str) -> Result<Vec<Tag>, db::Error> {
        match self {
            Self::OfTenant(tenant) => store::tag_suggestions(conn, *tenant, beginning, SUGGESTED),
            Self::Few(tags) => {
                let fits = tags.iter().filter(|(key, _)| key.starts_with(beginning)).take(SUGGESTED);
                Ok(fits.map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect())
            }
        }
    }

    /// The keys with this beginning.
    fn keys(&self, conn: &mut Conn, beginning: &str) -> Result<Vec<String>, db::Error> {
        match self {
            Self::OfTenant(tenant) => store::tag_keys(conn, *tenant, beginning, SUGGESTED),
            Self::Few(tags) => {
                let keys = tags.iter().map(|(key, _)| key).filter(|key| key.starts_with(beginning));
                let keys: BTreeSet<&String> = keys.collect();
                Ok(keys.into_iter().take(SUGGESTED).cloned().collect())
            }
        }
    }

    /// The values of one key with this beginning.
    fn values(&self, conn: &mut Conn, of: &str, beginning: &str) -> Result<Vec<String>, db::Error> {
        match self {
            Self::OfTenant(tenant) => store::tag_values(conn, *tenant, of, beginning, SUGGESTED),
            Self::Few(tags) => {
                let fits = tags.iter().filter(|(key, value)| key == of && value.starts_with(beginning));
                Ok(fits.take(SUGGESTED).map(|(_, value)| value.clone()).collect())
            }
        }
    }
}
