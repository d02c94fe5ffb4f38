//! How many keys end soon.

use crate::access::{Actor, Permission};
use crate::api_keys::ApiKeyError;
use crate::api_keys::api_key;
use crate::api_keys::rights::Visible;
use crate::api_keys::store::{self, Conditions, Source};
use crate::base::clock::Timestamp;
use crate::base::paging::Cursor;
use crate::db::Conn;

use super::count::{COUNTED, Count};
use super::search::{CHUNK, LOOKED_THROUGH};

/// How many of the keys that the actor sees expire soon: those of the tab "Expiring soon". Where it is not every key of the organization, a bounded number
/// of those that end is looked through, next to end first.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn ending_soon(conn: &mut Conn, actor: &Actor, now: Timestamp) -> Result<Count, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let source = Source::Ending(now.micros(), api_key::soon_until(now).micros());
    let Some(visible) = Visible::to(actor) else {
        return Ok(Count::of(store::count(conn, actor.tenant, &source, COUNTED + 1)?));
    };
    let conditions = Conditions { visible: Some(visible), ..Conditions::default() };
    let (mut keys, mut seen, mut after) = (0, 0, None::<Cursor>);
    loop {
        let named = store::next(conn, actor.tenant, &source, after.as_ref(), false, CHUNK)?;
        let ids: Vec<i64> = named.iter().map(|place| place.id).collect();
        keys += store::fitting(conn, actor.tenant, &conditions, &ids, now)?.len();
        seen += named.len();
        if named.len() < CHUNK || seen >= LOOKED_THROUGH {
            return Ok(Count { keys, more: named.len() == CHUNK });
        }
        after = named.into_iter().next_back();
    }
}
