//! What holders hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use crate::access::{BuiltIn, Grant, Permission, RoleSet, TenantScope};
use crate::db::dialect;
use crate::db::schema::{grants, resources, role_permissions, roles};
use crate::db::{Conn, Error};
use crate::grants::{GrantsError, Wanted};

use super::{Holder, Stored};

/// What makes a [`Grant`], with the ids of its holder, role and resource.
type Row = (Option<i64>, i64, i64, String, String, Option<String>, bool, String);

dialect::columns! {
    Columns, COLUMNS:
    grants::user_id,
    roles::id,
    resources::id,
    roles::slug,
    roles::name,
    roles::built_in,
    roles::assignable_by_user_managers,
    resources::path,
}

/// What the holder holds at this moment, by path and role. One query, and a second one where a role is the tenant's own.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub fn of(conn: &mut Conn, tenant: TenantScope, holder: Holder) -> Result<Vec<Grant>, Error> {
    Ok(stored(conn, tenant, holder)?.into_iter().map(|stored| stored.grant).collect())
}

pub(in crate::grants) fn stored(conn: &mut Conn, tenant: TenantScope, holder: Holder) -> Result<Vec<Stored>, Error> {
    let mut query = grants::table
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(dialect::unindexed!(grants::tenant_id).eq(tenant.id()))
        .select(COLUMNS)
        .order((resources::path, roles::slug))
        .into_boxed();
    query = match holder {
        Holder::User(id) => query.filter(grants::user_id.eq(id)),
        Holder::ApiKey(id) => query.filter(grants::api_key_id.eq(id)),
    };
    let rows: Vec<Row> = query.load(conn)?;
    Ok(with_permissions(conn, tenant, rows)?.into_iter().map(|(_, stored)| stored).collect())
}

/// What each of these users holds, in as many queries as for one.
///
/// # Errors
/// As [`of`].
pub fn of_users(conn: &mut Conn, tenant: TenantScope, ids: &[i64]) -> Result<HashMap<i64, Vec<Grant>>, Error> {
    let rows: Vec<Row> = grants::table
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(grants::tenant_id.eq(tenant.id()).and(grants::user_id.eq_any(ids)))
        .select(COLUMNS)
        .order((resources::path, roles::slug))
        .load(conn)?;
    let mut held: HashMap<i64, Vec<Grant>> = HashMap::new();
    for (user, stored) in with_permissions(conn, tenant, rows)? {
        held.entry(user.unwrap_or_default()).or_default().push(stored.grant);
    }
    Ok(held)
}

/// What each of these API keys holds, in as many queries as for one.
///
/// # Errors
/// As [`of`].
pub fn of_keys(conn: &mut Conn, tenant: TenantScope, ids: &[i64]) -> Result<HashMap<i64, Vec<Grant>>, Error> {
    let rows: Vec<(Option<i64>, Row)> = grants::table
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(dialect::unindexed!(grants::tenant_id).eq(tenant.id()))
        .filter(grants::api_key_id.eq_any(ids))
        .select((grants::api_key_id, COLUMNS))
        .order((resources::path, roles::slug))
        .load(conn)?;
    let of_key = |(key, (_, a, b, c, d, e, f, g)): (Option<i64>, Row)| (key, a, b, c, d, e, f, g);
    let mut held: HashMap<i64, Vec<Grant>> = HashMap::new();
    for (key, stored) in with_permissions(conn, tenant, rows.into_iter().map(of_key).collect())? {
        held.entry(key.unwrap_or_default()).or_default().push(stored.grant);
    }
    Ok(held)
}

pub(super) fn with_permissions(
    conn: &mut Conn,
    tenant: TenantScope,
    rows: Vec<Row>,
) -> Result<Vec<(Option<i64>, Stored)>, Error> {
    let own = rows.iter().filter(|row| row.5.is_none()).map(|row| row.1).collect();
    let own = permissions_of(conn, tenant, own)?;
    let mut found = Vec::with_capacity(rows.len());
    for (user, role_id, resource_id, role, role_name, built_in, assignable, path) in rows {
        let permissions = match built_in.as_deref().map(str::parse::<BuiltIn>) {
            Some(Ok(known)) => known.permissions(),
            Some(Err(_)) => {
                // Of a newer version, perhaps: deny, and say so.
                tracing::error!(
                    role,
                    "a grant names a built-in role that this version does not know; it gives nothing"
                );
                continue;
            }
            None => own.get(&role_id).cloned().unwrap_or_default(),
        };
        let resource = path.parse().map_err(|_| Error::Corrupt("resources", "path"))?;
        let grant = Grant { role, role_name, resource, permissions, assignable };
        found.push((user, Stored { role_id, resource_id, grant }));
    }
    Ok(found)
}

/// What the tenant's own roles contain, by their database ids.
///
/// # Errors
/// When the database refuses.
pub fn permissions_of(
    conn: &mut Conn,
    tenant: TenantScope,
    roles: BTreeSet<i64>,
) -> Result<BTreeMap<i64, RoleSet>, Error> {
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
            "portal" => permission.parse().ok().map(|known: Permission| set.portal.insert(known)),
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

/// What the wanted pairs mean, each once, with the ids of their roles and resources.
pub(in crate::grants) fn resolve(
    conn: &mut Conn,
    tenant: TenantScope,
    wanted: &[&Wanted],
) -> Result<Vec<Stored>, GrantsError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let slugs: BTreeSet<&str> = wanted.iter().map(|new| new.role.as_str()).collect();
    let paths: BTreeSet<&str> = wanted.iter().map(|new| new.resource.as_str()).collect();
    let found: Vec<(i64, String, String, Option<String>, bool)> = roles::table
        .filter(roles::tenant_id.eq(tenant.id()).and(roles::slug.eq_any(slugs)))
        .select((roles::id, roles::slug, roles::name, roles::built_in, roles::assignable_by_user_managers))
        .load(conn)
        .map_err(Error::from)?;
    let nodes: Vec<(i64, String)> = resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::path.eq_any(paths)))
        .select((resources::id, resources::path))
        .load(conn)
        .map_err(Error::from)?;
    let mut rows: Vec<Row> = Vec::new();
    for new in wanted {
        let role = found.iter().find(|role| role.1 == new.role);
        let (role_id, slug, name, built_in, assignable) =
            role.cloned().ok_or_else(|| GrantsError::NoSuchRole(new.role.clone()))?;
        let node = nodes.iter().find(|node| node.1 == new.resource.as_str());
        let (resource_id, path) = node.cloned().ok_or_else(|| GrantsError::NoSuchResource(new.resource.clone()))?;
        if !rows.iter().any(|row| (row.1, row.2) == (role_id, resource_id)) {
            rows.push((None, role_id, resource_id, slug, name, built_in, assignable, path));
        }
    }
    Ok(with_permissions(conn, tenant, rows)?.into_iter().map(|(_, stored)| stored).collect())
}
