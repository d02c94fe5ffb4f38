//! The SQL of `roles`.

use diesel::prelude::*;

use crate::access::{BuiltIn, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::schema::roles;
use crate::db::{Conn, Error, Tx};
use crate::grants;

use super::Role;

type Row = (i64, String, String, String, Option<String>, bool, i64);

type Columns = (
    roles::id,
    roles::slug,
    roles::name,
    roles::description,
    roles::built_in,
    roles::assignable_by_user_managers,
    roles::version,
);

const COLUMNS: Columns = (
    roles::id,
    roles::slug,
    roles::name,
    roles::description,
    roles::built_in,
    roles::assignable_by_user_managers,
    roles::version,
);

/// Every role of the tenant: the built-in ones in their order, then its own by name. Two queries, however many there are.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn, tenant: TenantScope) -> Result<Vec<Role>, Error> {
    let rows: Vec<Row> = roles::table.filter(roles::tenant_id.eq(tenant.id())).select(COLUMNS).load(conn)?;
    let mut all = with_permissions(conn, tenant, rows)?;
    let place = |role: &Role| {
        let built_in = role.built_in.and_then(|built_in| BuiltIn::ALL.iter().position(|other| *other == built_in));
        (built_in.unwrap_or(BuiltIn::ALL.len()), role.name.to_lowercase(), role.id)
    };
    all.sort_by_cached_key(place);
    Ok(all)
}

/// The tenant's role with this slug.
///
/// # Errors
/// When the database refuses.
pub fn by_slug(conn: &mut Conn, tenant: TenantScope, slug: &str) -> Result<Option<Role>, Error> {
    // From an address, so it may be anything: PostgreSQL takes no NUL, for one.
    if slug.contains('\0') {
        return Ok(None);
    }
    let row: Option<Row> = roles::table
        .filter(roles::tenant_id.eq(tenant.id()).and(roles::slug.eq(slug)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(with_permissions(conn, tenant, row.into_iter().collect())?.pop())
}

/// A role that this version does not know is left out: it gives nothing, so it cannot be given either.
fn with_permissions(conn: &mut Conn, tenant: TenantScope, rows: Vec<Row>) -> Result<Vec<Role>, Error> {
    let own = rows.iter().filter(|row| row.4.is_none()).map(|row| row.0).collect();
    let mut own = grants::permissions_of(conn, tenant, own)?;
    let role = |(id, slug, name, description, built_in, assignable, version): Row| {
        let built_in = built_in.map(|slug| slug.parse::<BuiltIn>()).transpose().ok()?;
        let permissions = match built_in {
            Some(built_in) => built_in.permissions(),
            None => own.remove(&id).unwrap_or_default(),
        };
        Some(Role { id, slug, name, description, built_in, assignable, permissions, version })
    };
    Ok(rows.into_iter().filter_map(role).collect())
}

/// One row for each built-in role of a new tenant; returns the database id of [`BuiltIn::Admin`].
///
/// # Errors
/// [`Error::Duplicate`] when the tenant has them.
pub fn insert_built_in(tx: &mut Tx<'_>, tenant: TenantScope, now: Timestamp) -> Result<i64, Error> {
    let mut admin = 0;
    for role in BuiltIn::ALL {
        let id: i64 = diesel::insert_into(roles::table)
            .values((
                roles::tenant_id.eq(tenant.id()),
                roles::slug.eq(role.slug()),
                roles::name.eq(role.name()),
                roles::description.eq(role.description()),
                roles::built_in.eq(Some(role.slug())),
                roles::assignable_by_user_managers.eq(role.assignable_by_user_managers()),
                roles::created_at.eq(now.micros()),
                roles::version.eq(1),
            ))
            .returning(roles::id)
            .get_result(&mut **tx)?;
        if role == BuiltIn::Admin {
            admin = id;
        }
    }
    Ok(admin)
}
