//! The SQL of `resources`.

use diesel::prelude::*;

use crate::access::{ResourcePath, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::schema::resources;
use crate::db::{Conn, Error, Tx};
use crate::tenants::Tenant;

use super::Resource;

type Row = (i64, Option<i64>, String, String, String, i64);

type Columns =
    (resources::id, resources::parent_id, resources::kind, resources::name, resources::path, resources::version);

const COLUMNS: Columns =
    (resources::id, resources::parent_id, resources::kind, resources::name, resources::path, resources::version);

fn resource((id, parent_id, kind, name, path, version): Row) -> Result<Resource, Error> {
    let path = path.parse().map_err(|_| Error::Corrupt("resources", "path"))?;
    Ok(Resource { id, parent_id, kind, name, path, version })
}

/// The node at this path.
///
/// # Errors
/// When the database refuses.
pub fn by_path(conn: &mut Conn, tenant: TenantScope, path: &ResourcePath) -> Result<Option<Resource>, Error> {
    let row: Option<Row> = resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::path.eq(path.as_str())))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(resource).transpose()
}

/// The first nodes of the tree by path, at most `limit`: what a form offers to choose from.
///
/// # Errors
/// When the database refuses.
pub fn first(conn: &mut Conn, tenant: TenantScope, limit: usize) -> Result<Vec<Resource>, Error> {
    let rows: Vec<Row> = resources::table
        .filter(resources::tenant_id.eq(tenant.id()))
        .select(COLUMNS)
        .order(resources::path)
        .limit(limit as i64)
        .load(conn)?;
    rows.into_iter().map(resource).collect()
}

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
