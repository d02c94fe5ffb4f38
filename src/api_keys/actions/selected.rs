//! The same for several keys at once, in one transaction. Keys that are gone by then are left out, and no error.

use crate::access::{Act, Actor};
use crate::api_keys::store;
use crate::api_keys::{ApiKey, ApiKeyError, Tag};
use crate::db::{Conn, Tx};
use crate::usage::{self, LastUse, Standing};

use super::Added;
use super::read::{Listed, listed};

/// Disables these keys; answers those that were there.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn disable_all(tx: &mut Tx<'_>, act: &Act, key_ids: &[String]) -> Result<Vec<ApiKey>, ApiKeyError> {
    each(key_ids, |key_id| super::disable(tx, act, key_id, None))
}

/// Deletes these keys for good; answers those that were there. Where one of them was used within 24 hours, somebody has to
/// have confirmed it.
///
/// # Errors
/// [`ApiKeyError::NotConfirmed`] where nobody did: nothing is deleted then. See [`ApiKeyError`].
pub fn delete_all(tx: &mut Tx<'_>, act: &Act, key_ids: &[String], confirmed: bool) -> Result<Vec<ApiKey>, ApiKeyError> {
    let mut keys = super::all_to_change(tx, &act.actor, key_ids)?;
    // In the order in which batches of counts take their keys.
    keys.sort_unstable_by_key(|key| key.id);
    let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
    usage::lock_keys(tx, &ids)?;
    let last_uses = usage::last_uses(tx, act.actor.tenant, &ids)?;
    let in_use = |last: &LastUse| usage::standing(Some(last), act.now) == Standing::InUse;
    if !confirmed && last_uses.values().any(in_use) {
        return Err(ApiKeyError::NotConfirmed);
    }
    let key_ids: Vec<String> = keys.into_iter().map(|key| key.key_id).collect();
    each(&key_ids, |key_id| super::delete(tx, act, key_id))
}

/// Adds a tag to these keys; answers those that were there, those of them that had another value of it, and
/// those that have as many tags as a key can have.
///
/// # Errors
/// See [`ApiKeyError`].
pub fn tag_all(tx: &mut Tx<'_>, act: &Act, key_ids: &[String], tag: &Tag) -> Result<Tagged, ApiKeyError> {
    let mut tagged = Tagged::default();
    tagged.done = each(key_ids, |key_id| match super::add_tag(tx, act, key_id, tag) {
        Ok(Added { key, replaced }) => {
            tagged.replaced.extend(replaced.map(|before| (key.clone(), before)));
            Ok(key)
        }
        Err(ApiKeyError::TooManyTags) => {
            tagged.full.extend(store::by_key_id(tx, act.actor.tenant, key_id)?);
            Err(ApiKeyError::NotFound)
        }
        Err(error) => Err(error),
    })?;
    Ok(tagged)
}

/// What became of keys that were to be tagged.
#[derive(Debug, Default)]
pub struct Tagged {
    /// They have the tag now.
    pub done: Vec<ApiKey>,
    /// Those of them where it took the place of another value, with that one.
    pub replaced: Vec<(ApiKey, Tag)>,
    /// They have no room for it.
    pub full: Vec<ApiKey>,
}

fn each(
    key_ids: &[String],
    mut verb: impl FnMut(&str) -> Result<ApiKey, ApiKeyError>,
) -> Result<Vec<ApiKey>, ApiKeyError> {
    let mut done = Vec::new();
    for key_id in key_ids {
        match verb(key_id) {
            Ok(key) => done.push(key),
            Err(ApiKeyError::NotFound | ApiKeyError::AlreadyDeleted(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Those of these keys that are there, with what the list shows of them.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:manage`.
pub fn show_all(conn: &mut Conn, actor: &Actor, key_ids: &[String]) -> Result<Vec<Listed>, ApiKeyError> {
    let keys = super::all_to_change(conn, actor, key_ids)?;
    Ok(listed(conn, actor, keys)?)
}
