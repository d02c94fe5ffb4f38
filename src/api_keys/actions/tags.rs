//! Adding a tag to a key, whatever else it has.

use serde_json::json;

use crate::access::Act;
use crate::api_keys::store::{self, Changes};
use crate::api_keys::tag::MOST_TAGS;
use crate::api_keys::{ApiKey, ApiKeyError, Tag};
use crate::audit::{self, Action, Event};
use crate::db::Tx;

/// A key that a tag was added to.
#[derive(Debug)]
pub struct Added {
    /// The key.
    pub key: ApiKey,
    /// The tag whose place it took: a key has one value of each.
    pub replaced: Option<Tag>,
}

/// Adds a tag; a tag of the same key gets its value. One that the key has already changes nothing.
///
/// # Errors
/// [`ApiKeyError::TooManyTags`] where it would be one too many; see [`ApiKeyError`].
pub fn add_tag(tx: &mut Tx<'_>, act: &Act, key_id: &str, tag: &Tag) -> Result<Added, ApiKeyError> {
    let key = super::to_change(tx, &act.actor, key_id)?;
    let before = super::tags_of(tx, act, &key)?;
    if before.contains(tag) {
        return Ok(Added { key, replaced: None });
    }
    let replaced = before.iter().find(|held| held.key == tag.key).cloned();
    let mut after: Vec<Tag> = before.iter().filter(|held| held.key != tag.key).cloned().collect();
    if after.len() >= MOST_TAGS {
        return Err(ApiKeyError::TooManyTags);
    }
    after.push(tag.clone());
    after.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    store::put_tags(tx, act.actor.tenant, key.id, &after)?;
    store::update(tx, act.actor.tenant, key.id, act.now, Changes::default())?;
    let (before, after) = (super::tags_in_words(&before), super::tags_in_words(&after));
    let event = Event::about(Action::ApiKeyUpdated, &super::target(&key));
    audit::record(tx, act, event.before(json!({ "tags": before })).after(json!({ "tags": after })))?;
    Ok(Added { key, replaced })
}
