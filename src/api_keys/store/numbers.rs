//! Keys by their database ids.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::api_keys;
use crate::db::{Conn, Error};

/// What is stored of a key for those who know it by its number alone.
pub(in crate::api_keys) struct Numbered {
    pub key_id: String,
    pub updated_at: Timestamp,
}

/// The key with this database id in the tenant, also when it is deleted.
pub(in crate::api_keys) fn by_number(
    conn: &mut Conn,
    tenant: TenantScope,
    number: i64,
) -> Result<Option<Numbered>, Error> {
    let row: Option<(String, i64)> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::id.eq(number)))
        .select((api_keys::key_id, api_keys::updated_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(key_id, updated_at)| Numbered { key_id, updated_at: Timestamp::from_micros(updated_at) }))
}
