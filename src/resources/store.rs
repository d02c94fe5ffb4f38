//! The SQL of `resources`.

use diesel::prelude::*;

use crate::base::clock::Timestamp;
use crate::db::schema::resources;
use crate::db::{Error, Tx};
use crate::tenants::Tenant;

/// The root of a new tenant, `organization={slug}`; returns its database id.
///
/// # Errors
/// [`Error::Duplicate`] when the tenant has one.
pub fn insert_root(tx: &mut Tx<'_>, tenant: &Tenant, now: Timestamp) -> Result<i64, Error> {
    Ok(diesel::insert_into(resources::table)
        .values((
            resources::tenant_id.eq(tenant.scope.id()),
            resources::kind.eq("organization"),
            resources::name.eq(&tenant.slug),
            resources::path.eq(tenant.root().as_str()),
            resources::created_at.eq(now.micros()),
            resources::version.eq(1),
        ))
        .returning(resources::id)
        .get_result(&mut **tx)?)
}
