//! The hot read of every check.

use diesel::prelude::*;

use crate::api_keys::ApiKey;
use crate::db::dialect::both;
use crate::db::schema::{self, api_keys};
use crate::db::{Conn, Error};
use crate::tenants::{self, Tenant};

use super::{COLUMNS, Row, StoredSecret, secrets_of};

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

/// Looks a key up by the id inside of a presented secret. The hot read of every check, so it runs on the inner connection.
///
/// # Errors
/// When the database refuses.
pub fn presented(conn: &mut Conn, key_id: &str) -> Result<Option<Presented>, Error> {
    let found: Option<(Row, tenants::Row)> = both!(conn, |c| api_keys::table
        .inner_join(schema::tenants::table.on(schema::tenants::id.eq(api_keys::tenant_id)))
        .filter(api_keys::key_id.eq(key_id))
        .select((COLUMNS, tenants::COLUMNS))
        .first(c)
        .optional())?;
    let Some((row, tenant)) = found else { return Ok(None) };
    let (tenant, key) = (Tenant::from(tenant), ApiKey::from(row));
    let secrets = secrets_of(conn, tenant.scope, key.id)?;
    Ok(Some(Presented { tenant, key, secrets }))
}
