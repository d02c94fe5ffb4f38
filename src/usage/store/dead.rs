//! The SQL of `dead_key_calls`.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::dialect::both;
use crate::db::schema::{api_keys, dead_key_calls};
use crate::db::{Conn, Error, Tx};
use crate::usage::{Noted, Seen};

use super::uses::text;

/// Why a key is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// For good.
    Deleted,
    /// For the time being.
    Disabled,
    /// Its time is over.
    Expired,
    /// The key is not; its old secret is.
    Rotated,
}

/// Somebody who still calls with a dead key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knocking {
    /// The key's database id.
    pub api_key: i64,
    /// The key's id in addresses.
    pub key_id: String,
    /// Its client id.
    pub client_id: String,
    /// Why it is dead.
    pub why: Why,
    /// How often it was called.
    pub calls: i64,
    /// Since when.
    pub first_at: Timestamp,
    /// Last when.
    pub last_at: Timestamp,
    /// Last from where, as far as it is known.
    pub address: Option<String>,
}

pub(super) fn keep_dead(
    tx: &mut Tx<'_>,
    noted: &Noted,
    code: &str,
    calls: i64,
    first_at: Timestamp,
    last: Seen,
) -> Result<(), Error> {
    use dead_key_calls::dsl;

    let (at, address) = (last.at.micros(), text(last.address));
    let row = (
        dsl::api_key_id.eq(noted.api_key),
        dsl::tenant_id.eq(noted.tenant.id()),
        dsl::code.eq(code),
        dsl::calls.eq(calls),
        dsl::first_at.eq(first_at.micros()),
        dsl::last_at.eq(at),
        dsl::address.eq(&address),
    );
    both!(&mut **tx, |c| diesel::insert_into(dsl::dead_key_calls)
        .values(row)
        .on_conflict(dsl::api_key_id)
        .do_update()
        .set(dsl::calls.eq(dsl::calls + calls))
        .execute(c))?;
    let of_key =
        dsl::dead_key_calls.filter(dsl::tenant_id.eq(noted.tenant.id()).and(dsl::api_key_id.eq(noted.api_key)));
    diesel::update(of_key.filter(dsl::last_at.lt(at)))
        .set((dsl::code.eq(code), dsl::last_at.eq(at), dsl::address.eq(&address)))
        .execute(&mut **tx)?;
    diesel::update(of_key.filter(dsl::first_at.gt(first_at.micros())))
        .set(dsl::first_at.eq(first_at.micros()))
        .execute(&mut **tx)?;
    Ok(())
}

/// The key works again: what was called before is not held against it when it dies once more.
///
/// # Errors
/// When the database refuses.
pub fn revive(tx: &mut Tx<'_>, tenant: TenantScope, api_key: i64) -> Result<(), Error> {
    use dead_key_calls::dsl;

    let of_key = dsl::tenant_id.eq(tenant.id()).and(dsl::api_key_id.eq(api_key));
    diesel::delete(dsl::dead_key_calls.filter(of_key)).execute(&mut **tx)?;
    Ok(())
}

/// Keys that are dead at this moment and were called since the other one, the last called first. One query, by an index.
///
/// # Errors
/// When the database refuses.
pub fn still_knocking(
    conn: &mut Conn,
    tenant: TenantScope,
    now: Timestamp,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Knocking>, Error> {
    use dead_key_calls::dsl;

    type Row = (i64, String, String, Option<i64>, Option<i64>, String, i64, i64, i64, Option<String>);
    let dead = api_keys::deleted_at
        .is_not_null()
        .or(api_keys::disabled_at.is_not_null())
        .or(api_keys::expires_at.le(now.micros()))
        .or(dsl::code.eq(ROTATED));
    let rows: Vec<Row> = dsl::dead_key_calls
        .inner_join(api_keys::table.on(api_keys::id.eq(dsl::api_key_id)))
        .filter(dsl::tenant_id.eq(tenant.id()).and(api_keys::tenant_id.eq(tenant.id())))
        .filter(dsl::last_at.ge(since.micros()))
        .filter(dead)
        .order((dsl::last_at.desc(), dsl::api_key_id.desc()))
        .limit(limit as i64)
        .select((
            api_keys::id,
            api_keys::key_id,
            api_keys::client_id,
            api_keys::deleted_at,
            api_keys::disabled_at,
            dsl::code,
            dsl::calls,
            dsl::first_at,
            dsl::last_at,
            dsl::address,
        ))
        .load(conn)?;
    let knocking =
        |(api_key, key_id, client_id, deleted, disabled, code, calls, first_at, last_at, address): Row| Knocking {
            api_key,
            key_id,
            client_id,
            why: match (deleted, disabled, code.as_str()) {
                (Some(_), _, _) => Why::Deleted,
                (None, Some(_), _) => Why::Disabled,
                (None, None, ROTATED) => Why::Rotated,
                (None, None, _) => Why::Expired,
            },
            calls,
            first_at: Timestamp::from_micros(first_at),
            last_at: Timestamp::from_micros(last_at),
            address,
        };
    Ok(rows.into_iter().map(knocking).collect())
}

const ROTATED: &str = "ROTATED";
