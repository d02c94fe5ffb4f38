//! The SQL of `api_key_last_uses`.

use std::collections::HashMap;
use std::net::IpAddr;

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::dialect::both;
use crate::db::schema::api_key_last_uses::dsl;
use crate::db::{Conn, Error, Tx};

/// When a key was last accepted, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From which address, where it is known.
    pub address: Option<String>,
}

/// A use that is not written yet: when, and from where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted {
    pub tenant: TenantScope,
    pub at: Timestamp,
    pub address: Option<IpAddr>,
}

/// Keeps a last use; a later one that another node wrote stays.
pub(super) fn keep_last_use(tx: &mut Tx<'_>, api_key: i64, noted: &Noted) -> Result<(), Error> {
    let address = noted.address.map(|address| address.to_string());
    let used_at = noted.at.micros();
    let of_key = dsl::tenant_id.eq(noted.tenant.id()).and(dsl::api_key_id.eq(api_key));
    let updated = diesel::update(dsl::api_key_last_uses.filter(of_key).filter(dsl::used_at.lt(used_at)))
        .set((dsl::used_at.eq(used_at), dsl::address.eq(&address)))
        .execute(&mut **tx)?;
    if updated == 0 {
        let row = (
            dsl::api_key_id.eq(api_key),
            dsl::tenant_id.eq(noted.tenant.id()),
            dsl::used_at.eq(used_at),
            dsl::address.eq(&address),
        );
        both!(&mut **tx, |c| diesel::insert_into(dsl::api_key_last_uses)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// The last uses of some keys; those that were never used are missing.
///
/// # Errors
/// When the database refuses.
pub fn last_uses(conn: &mut Conn, tenant: TenantScope, api_keys: &[i64]) -> Result<HashMap<i64, LastUse>, Error> {
    let rows: Vec<(i64, i64, Option<String>)> = dsl::api_key_last_uses
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::api_key_id.eq_any(api_keys))
        .select((dsl::api_key_id, dsl::used_at, dsl::address))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, at, address)| (id, LastUse { at: Timestamp::from_micros(at), address })).collect())
}
