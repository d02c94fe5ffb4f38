//! The SQL of `grants`.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::access::{BuiltIn, Grant, RoleSet, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::schema::{grants, resources, role_permissions, roles, users};
use crate::db::{Conn, Error, Tx};

/// Who holds a grant, by database id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(i64),
    /// An API key.
    ApiKey(i64),
}

type Row = (i64, String, String, Option<String>, String);

/// What the holder holds at this moment, by role and path. One query, and a second one where a role is the tenant's own.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub fn of(conn: &mut Conn, tenant: TenantScope, holder: Holder) -> Result<Vec<Grant>, Error> {
    let mut query = grants::table
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(grants::tenant_id.eq(tenant.id()))
        .select((roles::id, roles::slug, roles::name, roles::built_in, resources::path))
        .order((resources::path, roles::slug))
        .into_boxed();
    query = match holder {
        Holder::User(id) => query.filter(grants::user_id.eq(id)),
        Holder::ApiKey(id) => query.filter(grants::api_key_id.eq(id)),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let own = rows.iter().filter(|row| row.3.is_none()).map(|row| row.0).collect();
    let own = permissions_of(conn, tenant, own)?;
    rows.into_iter()
        .map(|(role_id, role, role_name, built_in, path)| {
            let permissions = match built_in {
                Some(slug) => slug.parse::<BuiltIn>().map_err(|_| Error::Corrupt("roles", "built_in"))?.permissions(),
                None => own.get(&role_id).cloned().unwrap_or_default(),
            };
            let resource = path.parse().map_err(|_| Error::Corrupt("resources", "path"))?;
            Ok(Grant { role, role_name, resource, permissions })
        })
        .collect()
}

fn permissions_of(conn: &mut Conn, tenant: TenantScope, roles: BTreeSet<i64>) -> Result<BTreeMap<i64, RoleSet>, Error> {
    let mut sets: BTreeMap<i64, RoleSet> = BTreeMap::new();
    if roles.is_empty() {
        return Ok(sets);
    }
    let rows: Vec<(i64, String, String)> = role_permissions::table
        .filter(role_permissions::tenant_id.eq(tenant.id()))
        .filter(role_permissions::role_id.eq_any(roles))
        .select((role_permissions::role_id, role_permissions::kind, role_permissions::permission))
        .load(conn)?;
    for (role, kind, permission) in rows {
        let set = sets.entry(role).or_default();
        // A word that this version does not know gives nothing: deny, and say so.
        let known = match kind.as_str() {
            "portal" => crate::access::Permission::ALL
                .into_iter()
                .find(|known| known.as_str() == permission)
                .map(|known| set.portal.insert(known)),
            _ => permission.parse().ok().map(|own| set.application.insert(own)),
        };
        if known.is_none() {
            tracing::error!(
                role,
                kind,
                permission,
                "a role contains a permission that this version does not know; it gives nothing"
            );
        }
    }
    Ok(sets)
}

/// Gives a role on a resource.
///
/// # Errors
/// [`Error::Duplicate`] when the holder holds exactly this already.
pub fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    holder: Holder,
    role_id: i64,
    resource_id: i64,
    granted_by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let (user, api_key) = match holder {
        Holder::User(id) => (Some(id), None),
        Holder::ApiKey(id) => (None, Some(id)),
    };
    diesel::insert_into(grants::table)
        .values((
            grants::tenant_id.eq(tenant.id()),
            grants::user_id.eq(user),
            grants::api_key_id.eq(api_key),
            grants::role_id.eq(role_id),
            grants::resource_id.eq(resource_id),
            grants::granted_at.eq(now.micros()),
            grants::granted_by.eq(granted_by),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes everything away from a holder.
///
/// # Errors
/// When the database refuses.
pub fn remove_all(tx: &mut Tx<'_>, tenant: TenantScope, holder: Holder) -> Result<(), Error> {
    let of_tenant = diesel::delete(grants::table).filter(grants::tenant_id.eq(tenant.id()));
    match holder {
        Holder::User(id) => of_tenant.filter(grants::user_id.eq(id)).execute(&mut **tx)?,
        Holder::ApiKey(id) => of_tenant.filter(grants::api_key_id.eq(id)).execute(&mut **tx)?,
    };
    Ok(())
}

/// The e-mail addresses of enabled users who hold one of these built-in roles anywhere; at most five.
///
/// # Errors
/// When the database refuses.
pub fn emails_of_holders(conn: &mut Conn, tenant: TenantScope, held: &[BuiltIn]) -> Result<Vec<String>, Error> {
    let slugs: Vec<&str> = held.iter().map(|role| role.slug()).collect();
    Ok(users::table
        .inner_join(grants::table.on(grants::user_id.eq(users::id.nullable())))
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .filter(users::tenant_id.eq(tenant.id()))
        .filter(users::disabled_at.is_null().and(users::deleted_at.is_null()).and(users::activated_at.is_not_null()))
        .filter(roles::built_in.eq_any(slugs))
        .select(users::email)
        .distinct()
        .order(users::email)
        .limit(5)
        .load(conn)?)
}
