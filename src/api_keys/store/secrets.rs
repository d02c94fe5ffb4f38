//! The SQL of `api_key_secrets`.

use diesel::prelude::*;

use crate::access::{Act, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::dialect::{self, both};
use crate::db::schema::api_key_secrets;
use crate::db::{Conn, Error, Tx};

/// What is stored of a secret, and when it ends.
#[derive(Debug, Clone)]
pub struct StoredSecret {
    /// Its database id.
    pub id: i64,
    /// Its MAC under the pepper.
    pub mac: Vec<u8>,
    /// How it is shown.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it retires; may be never.
    pub ends_at: Timestamp,
}

dialect::columns! {
    pub(super) SecretColumns, SECRET_COLUMNS:
    api_key_secrets::id,
    api_key_secrets::mac,
    api_key_secrets::hint,
    api_key_secrets::created_at,
    api_key_secrets::created_by,
    api_key_secrets::ends_at,
}

#[derive(Queryable)]
pub(super) struct SecretRow {
    id: i64,
    mac: Vec<u8>,
    hint: String,
    created_at: i64,
    created_by: String,
    ends_at: i64,
}

impl From<SecretRow> for StoredSecret {
    fn from(row: SecretRow) -> Self {
        Self {
            id: row.id,
            mac: row.mac,
            hint: row.hint,
            created_at: Timestamp::from_micros(row.created_at),
            created_by: row.created_by,
            ends_at: Timestamp::from_micros(row.ends_at),
        }
    }
}

pub(in crate::api_keys) fn insert_secret(
    tx: &mut Tx<'_>,
    act: &Act,
    api_key: i64,
    mac: &[u8; 32],
    pepper_version: i64,
    hint: &str,
) -> Result<(), Error> {
    diesel::insert_into(api_key_secrets::table)
        .values((
            api_key_secrets::tenant_id.eq(act.actor.tenant.id()),
            api_key_secrets::api_key_id.eq(api_key),
            api_key_secrets::mac.eq(mac.to_vec()),
            api_key_secrets::pepper_version.eq(pepper_version),
            api_key_secrets::hint.eq(hint),
            api_key_secrets::created_at.eq(act.now.micros()),
            api_key_secrets::created_by.eq(&act.actor.label),
            api_key_secrets::ends_at.eq(Timestamp::NEVER.micros()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The secrets of a key, newest first.
pub(in crate::api_keys) fn secrets_of(
    conn: &mut Conn,
    tenant: TenantScope,
    id: i64,
) -> Result<Vec<StoredSecret>, Error> {
    let rows: Vec<SecretRow> = both!(conn, |c| api_key_secrets::table
        .filter(api_key_secrets::tenant_id.eq(tenant.id()).and(api_key_secrets::api_key_id.eq(id)))
        .order(api_key_secrets::id.desc())
        .select(SECRET_COLUMNS)
        .load(c))?;
    Ok(rows.into_iter().map(StoredSecret::from).collect())
}

/// Lets the secret with this MAC end at this moment.
pub(in crate::api_keys) fn end_secret(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    api_key: i64,
    mac: &[u8],
    ends_at: Timestamp,
) -> Result<(), Error> {
    let of_key = api_key_secrets::tenant_id.eq(tenant.id()).and(api_key_secrets::api_key_id.eq(api_key));
    diesel::update(api_key_secrets::table.filter(of_key.and(api_key_secrets::mac.eq(mac))))
        .set(api_key_secrets::ends_at.eq(ends_at.micros()))
        .execute(&mut **tx)?;
    Ok(())
}
