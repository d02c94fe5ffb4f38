//! Looking at how keys are used.

use std::collections::HashMap;

use crate::access::{Actor, Permission};
use crate::api_keys::ApiKeyError;
use crate::api_keys::rights::Visible;
use crate::api_keys::store;
use crate::base::clock::Timestamp;
use crate::db::Conn;
use crate::usage::{self, KeyUsage, Knocking, LastUse, SecretUse};

use super::Listed;

/// Whoever called so many days back still calls.
const STILL_DAYS: i64 = 7;
/// Of so many dead keys those are shown that the actor sees.
const LOOKED_THROUGH: usize = 2_000;

/// How a key was used, as far as it is written.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for another tenant's key, and for one that the actor may not see, as for none.
pub fn usage_of(conn: &mut Conn, actor: &Actor, key_id: &str, now: Timestamp) -> Result<KeyUsage, ApiKeyError> {
    let key = super::to_see(conn, actor, key_id)?;
    Ok(usage::of_key(conn, actor.tenant, key.id, now)?)
}

/// How each secret of a key was used, as far as it is written, by its database id; one that was never used is missing.
///
/// # Errors
/// As [`usage_of`].
pub fn secret_uses_of(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<HashMap<i64, SecretUse>, ApiKeyError> {
    let key = super::to_see(conn, actor, key_id)?;
    Ok(usage::secret_uses(conn, actor.tenant, key.id)?)
}

/// How often these keys of a list were accepted on each of the last `days` days, today included, the oldest first.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn days_of(
    conn: &mut Conn,
    actor: &Actor,
    rows: &[Listed],
    days: usize,
    now: Timestamp,
) -> Result<HashMap<i64, Vec<usize>>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<i64> = rows.iter().map(|listed| listed.key.id).collect();
    let from = usage::day_of(now) + 1 - days as i64;
    let counted = usage::last_days(conn, actor.tenant, &keys, from)?;
    let filled = |(key, counted): (i64, Vec<(i64, i64)>)| {
        let mut line = vec![0; days];
        for (day, calls) in counted {
            let place = usize::try_from(day - from).ok().and_then(|place| line.get_mut(place));
            if let Some(place) = place {
                *place = usize::try_from(calls).unwrap_or_default();
            }
        }
        (key, line)
    };
    Ok(counted.into_iter().map(filled).collect())
}

/// The database id of a key, and its first use as far as it is written.
///
/// # Errors
/// As [`usage_of`].
pub fn first_use(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<(i64, Option<LastUse>), ApiKeyError> {
    let key = super::to_see(conn, actor, key_id)?;
    Ok((key.id, usage::first_use(conn, actor.tenant, key.id)?))
}

/// Dead keys that were called within seven days, the last called first; at most so many.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn still_knocking(
    conn: &mut Conn,
    actor: &Actor,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Knocking>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let (tenant, since) = (actor.tenant, now.plus_days(-STILL_DAYS));
    let Some(visible) = Visible::to(actor) else { return Ok(usage::still_knocking(conn, tenant, now, since, limit)?) };
    let mut knocking = usage::still_knocking(conn, tenant, now, since, LOOKED_THROUGH)?;
    let ids: Vec<i64> = knocking.iter().map(|one| one.api_key).collect();
    let seen = store::visible_among(conn, tenant, &visible, &ids)?;
    knocking.retain(|one| seen.contains(&one.api_key));
    knocking.truncate(limit);
    Ok(knocking)
}
