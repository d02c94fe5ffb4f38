//! The hot read of every check.

use diesel::prelude::*;

use crate::api_keys::ApiKey;
use crate::db::dialect::both;
use crate::db::schema::{self, api_key_secrets, api_keys};
use crate::db::{Conn, Error};
use crate::tenants::{self, Tenant};

use super::secrets::{SECRET_COLUMNS, SecretRow};
use super::{COLUMNS, Row, StoredSecret};

/// A key that somebody presents, found by the id inside the secret, in whatever tenant and state.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Its tenant.
    pub tenant: Tenant,
    /// The key.
    pub key: ApiKey,
    /// Its secrets.
    pub secrets: Vec<StoredSecret>,
}

/// Looks a key up by the id inside of a presented secret. The hot read of every check, so it runs on the inner connection; and one
/// statement, so that an unknown id takes as long as a known one with a wrong secret.
///
/// # Errors
/// When the database refuses.
pub fn presented(conn: &mut Conn, key_id: &str) -> Result<Option<Presented>, Error> {
    let of_key = api_key_secrets::tenant_id.eq(api_keys::tenant_id).and(api_key_secrets::api_key_id.eq(api_keys::id));
    // A row for each secret, of which a key has few; the newest first.
    let rows: Vec<(Row, tenants::Row, SecretRow)> = both!(conn, |c| api_keys::table
        .inner_join(schema::tenants::table.on(schema::tenants::id.eq(api_keys::tenant_id)))
        .inner_join(api_key_secrets::table.on(of_key))
        .filter(api_keys::key_id.eq(key_id))
        .order(api_key_secrets::id.desc())
        .select((COLUMNS, tenants::COLUMNS, SECRET_COLUMNS))
        .load(c))?;
    let mut secrets = Vec::with_capacity(rows.len());
    let mut found = None;
    for (key, tenant, secret) in rows {
        secrets.push(StoredSecret::from(secret));
        found = Some((key, tenant));
    }
    Ok(found.map(|(key, tenant)| Presented { tenant: tenant.into(), key: key.into(), secrets }))
}
