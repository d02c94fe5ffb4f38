//! The SQL of `api_key_uses`.

use std::collections::HashMap;
use std::net::IpAddr;

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::api_key_uses::dsl;
use crate::db::{Conn, Error, Tx};
use crate::usage::{Noted, Seen};

/// In a column of moments: it did not happen yet.
pub(super) const NEVER: i64 = 0;

/// When a key was accepted, first or last, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From which address, where it is known.
    pub address: Option<String>,
}

/// Makes the row of a new key: it was never used.
///
/// # Errors
/// When the database refuses.
pub fn begin(tx: &mut Tx<'_>, tenant: TenantScope, api_key: i64) -> Result<(), Error> {
    diesel::insert_into(dsl::api_key_uses)
        .values((
            dsl::api_key_id.eq(api_key),
            dsl::tenant_id.eq(tenant.id()),
            dsl::first_used_at.eq(NEVER),
            dsl::used_at.eq(NEVER),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The key was deleted: its uses are kept, and in the way of no list.
///
/// # Errors
/// When the database refuses.
pub fn end(tx: &mut Tx<'_>, tenant: TenantScope, api_key: i64, now: Timestamp) -> Result<(), Error> {
    let of_key = dsl::tenant_id.eq(tenant.id()).and(dsl::api_key_id.eq(api_key));
    diesel::update(dsl::api_key_uses.filter(of_key)).set(dsl::deleted_at.eq(now.micros())).execute(&mut **tx)?;
    Ok(())
}

/// Keeps the first and the last use; an earlier first and a later last that another node wrote stay.
pub(super) fn keep_uses(tx: &mut Tx<'_>, noted: &Noted, first: Seen, last: Seen) -> Result<(), Error> {
    let of_key = dsl::tenant_id.eq(noted.tenant.id()).and(dsl::api_key_id.eq(noted.api_key));
    let earlier = dsl::first_used_at.eq(NEVER).or(dsl::first_used_at.gt(first.at.micros()));
    diesel::update(dsl::api_key_uses.filter(of_key).filter(earlier))
        .set((dsl::first_used_at.eq(first.at.micros()), dsl::first_address.eq(text(first.address))))
        .execute(&mut **tx)?;
    diesel::update(dsl::api_key_uses.filter(of_key).filter(dsl::used_at.lt(last.at.micros())))
        .set((dsl::used_at.eq(last.at.micros()), dsl::address.eq(text(last.address))))
        .execute(&mut **tx)?;
    Ok(())
}

/// An address as it is stored.
pub(super) fn text(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| address.to_string())
}

/// The first use of a key, if there was one.
///
/// # Errors
/// When the database refuses.
pub fn first_use(conn: &mut Conn, tenant: TenantScope, api_key: i64) -> Result<Option<LastUse>, Error> {
    let row: Option<(i64, Option<String>)> = dsl::api_key_uses
        .filter(dsl::tenant_id.eq(tenant.id()).and(dsl::api_key_id.eq(api_key)))
        .filter(dsl::first_used_at.gt(NEVER))
        .select((dsl::first_used_at, dsl::first_address))
        .first(conn)
        .optional()?;
    Ok(row.map(|(at, address)| LastUse { at: Timestamp::from_micros(at), address }))
}

/// The last uses of some keys; those that were never used are missing.
///
/// # Errors
/// When the database refuses.
pub fn last_uses(conn: &mut Conn, tenant: TenantScope, api_keys: &[i64]) -> Result<HashMap<i64, LastUse>, Error> {
    let rows: Vec<(i64, i64, Option<String>)> = dsl::api_key_uses
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::api_key_id.eq_any(api_keys))
        .filter(dsl::used_at.gt(NEVER))
        .select((dsl::api_key_id, dsl::used_at, dsl::address))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, at, address)| (id, LastUse { at: Timestamp::from_micros(at), address })).collect())
}
