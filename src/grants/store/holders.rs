//! Who holds what.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{BuiltIn, Grant, Permission, TenantScope};
use crate::db::schema::{api_keys, grants, resources, role_permissions, roles, users};
use crate::db::{Conn, Error};

use super::Of;
use super::reading::with_permissions;

/// Holders are counted up to here; more are "1,000+".
pub const COUNTED: usize = 1_000;

/// Somebody who holds a role on a resource, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The role's name.
    pub role_name: String,
    /// The resource's path.
    pub path: String,
    /// Whether the holder is a user; an API key otherwise.
    pub is_user: bool,
    /// The holder's e-mail address or client id.
    pub label: String,
    /// The id in the holder's address.
    pub public_id: String,
}

/// Who holds these grants, at most [`COUNTED`] and one of them: then there are more. Users first.
///
/// # Errors
/// When the database refuses.
pub fn held(conn: &mut Conn, tenant: TenantScope, of: Of<'_>) -> Result<Vec<Held>, Error> {
    type Row = (String, String, Option<String>, Option<String>, Option<String>, Option<String>);
    let mut query = grants::table
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .left_join(users::table.on(users::id.nullable().eq(grants::user_id)))
        .left_join(api_keys::table.on(api_keys::id.nullable().eq(grants::api_key_id)))
        .filter(grants::tenant_id.eq(tenant.id()))
        .select((
            roles::name,
            resources::path,
            users::email.nullable(),
            users::public_id.nullable(),
            api_keys::client_id.nullable(),
            api_keys::key_id.nullable(),
        ))
        .limit(COUNTED as i64 + 1)
        .into_boxed();
    query = match of {
        Of::Role(role) => query.filter(grants::role_id.eq(role)),
        Of::Resources(ids) => query.filter(grants::resource_id.eq_any(ids.to_vec())),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let mut found: Vec<Held> = rows
        .into_iter()
        .map(|(role_name, path, email, user, client_id, key)| Held {
            role_name,
            path,
            is_user: user.is_some(),
            label: email.or(client_id).unwrap_or_default(),
            public_id: user.or(key).unwrap_or_default(),
        })
        .collect();
    found.sort_by(|left, right| {
        (!left.is_user, &left.path, &left.label).cmp(&(!right.is_user, &right.path, &right.label))
    });
    Ok(found)
}

/// The paths of the resources on which anybody holds this role.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub fn resources_of_role(
    conn: &mut Conn,
    tenant: TenantScope,
    role: i64,
) -> Result<Vec<crate::access::ResourcePath>, Error> {
    let granted = grants::table
        .filter(grants::tenant_id.eq(tenant.id()).and(grants::role_id.eq(role)))
        .filter(grants::resource_id.eq(resources::id));
    let paths: Vec<String> = resources::table
        .filter(resources::tenant_id.eq(tenant.id()))
        .filter(exists(granted))
        .select(resources::path)
        .load(conn)?;
    paths.iter().map(|path| path.parse().map_err(|_| Error::Corrupt("resources", "path"))).collect()
}

/// Each role that anybody holds on one of these resources, once for each resource.
///
/// # Errors
/// As [`super::of`].
pub fn roles_on(conn: &mut Conn, tenant: TenantScope, ids: &[i64]) -> Result<Vec<Grant>, Error> {
    type Pair = (i64, i64, String, String, Option<String>, bool, String);
    let pairs: Vec<Pair> = grants::table
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(grants::tenant_id.eq(tenant.id()).and(grants::resource_id.eq_any(ids)))
        .select((
            roles::id,
            resources::id,
            roles::slug,
            roles::name,
            roles::built_in,
            roles::assignable_by_user_managers,
            resources::path,
        ))
        .distinct()
        .load(conn)?;
    let rows = pairs.into_iter().map(|(a, b, c, d, e, f, g)| (None, a, b, c, d, e, f, g)).collect();
    Ok(with_permissions(conn, tenant, rows)?.into_iter().map(|(_, stored)| stored.grant).collect())
}

/// Users who can sign in: e-mail addresses by database id. At most 100, by address.
type People = Vec<(i64, String)>;

/// The users who hold this permission on the whole organization, and can sign in.
///
/// # Errors
/// When the database refuses.
pub fn managers(conn: &mut Conn, tenant: TenantScope, manage: Permission) -> Result<People, Error> {
    let built_in: Vec<&str> = BuiltIn::holding(manage).map(BuiltIn::slug).collect();
    let own = role_permissions::table
        .filter(role_permissions::role_id.eq(roles::id))
        .filter(role_permissions::kind.eq("portal").and(role_permissions::permission.eq(manage.as_str())));
    Ok(users::table
        .inner_join(grants::table.on(grants::user_id.eq(users::id.nullable())))
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(users::tenant_id.eq(tenant.id()).and(resources::parent_id.is_null()))
        .filter(users::disabled_at.is_null().and(users::deleted_at.is_null()).and(users::activated_at.is_not_null()))
        .filter(roles::built_in.eq_any(built_in).or(exists(own)))
        .select((users::id, users::email))
        .distinct()
        .order(users::email)
        .limit(100)
        .load(conn)?)
}

/// Whether the tenant has an administrator: an enabled user with a password, who is Admin of the whole organization.
///
/// # Errors
/// When the database refuses.
pub fn has_administrator(conn: &mut Conn, tenant: TenantScope) -> Result<bool, Error> {
    let administrators = users::table
        .inner_join(grants::table.on(grants::user_id.eq(users::id.nullable())))
        .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(users::tenant_id.eq(tenant.id()))
        .filter(users::disabled_at.is_null().and(users::deleted_at.is_null()))
        .filter(users::activated_at.is_not_null().and(users::password_hash.is_not_null()))
        .filter(roles::built_in.eq(BuiltIn::Admin.slug()).and(resources::parent_id.is_null()))
        .select(users::id);
    Ok(administrators.first::<i64>(conn).optional()?.is_some())
}
