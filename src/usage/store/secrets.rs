//! The SQL of `api_key_secret_uses`, as far as it is read.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::api_key_secret_uses::dsl;
use crate::db::{Conn, Error};

/// How one secret of a key was used so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretUse {
    /// When it was accepted last.
    pub at: Timestamp,
    /// From which address, where it is known.
    pub address: Option<String>,
    /// How often it was accepted since it was made.
    pub calls: i64,
}

/// The uses of a key's secrets, by the database ids of these; a secret that was never used is missing.
///
/// # Errors
/// When the database refuses.
pub fn secret_uses(conn: &mut Conn, tenant: TenantScope, api_key: i64) -> Result<HashMap<i64, SecretUse>, Error> {
    let rows: Vec<(i64, i64, Option<String>, i64)> = dsl::api_key_secret_uses
        .filter(dsl::tenant_id.eq(tenant.id()).and(dsl::api_key_id.eq(api_key)))
        .filter(dsl::calls.gt(0))
        .select((dsl::secret_id, dsl::used_at, dsl::address, dsl::calls))
        .load(conn)?;
    let used = |(id, at, address, calls)| (id, SecretUse { at: Timestamp::from_micros(at), address, calls });
    Ok(rows.into_iter().map(used).collect())
}
