//! Looking at how keys are used.

use std::collections::HashMap;

use crate::access::{Actor, Permission};
use crate::api_keys::ApiKeyError;
use crate::api_keys::store;
use crate::base::clock::Timestamp;
use crate::db::Conn;
use crate::usage::{self, KeyUsage, Knocking, LastUse, SecretUse};

/// Whoever called so many days back still calls.
const STILL_DAYS: i64 = 7;

/// How a key was used, as far as it is written.
///
/// # Errors
/// [`ApiKeyError::NotFound`] for another tenant's key as for none.
pub fn usage_of(conn: &mut Conn, actor: &Actor, key_id: &str, now: Timestamp) -> Result<KeyUsage, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let key = store::by_key_id(conn, actor.tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    Ok(usage::of_key(conn, actor.tenant, key.id, now)?)
}

/// How each secret of a key was used, as far as it is written, by its database id; one that was never used is missing.
///
/// # Errors
/// As [`usage_of`].
pub fn secret_uses_of(conn: &mut Conn, actor: &Actor, key_id: &str) -> Result<HashMap<i64, SecretUse>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let key = store::by_key_id(conn, actor.tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    Ok(usage::secret_uses(conn, actor.tenant, key.id)?)
}

/// How often these keys were accepted on each of the last `days` days, today included, the oldest first.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn days_of(
    conn: &mut Conn,
    actor: &Actor,
    keys: &[i64],
    days: usize,
    now: Timestamp,
) -> Result<HashMap<i64, Vec<usize>>, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let from = usage::day_of(now) + 1 - days as i64;
    let counted = usage::last_days(conn, actor.tenant, keys, from)?;
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
    actor.require_to_open(Permission::ReadApiKeys)?;
    let key = store::by_key_id(conn, actor.tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
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
    Ok(usage::still_knocking(conn, actor.tenant, now, now.plus_days(-STILL_DAYS), limit)?)
}
