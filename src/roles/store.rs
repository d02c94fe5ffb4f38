//! The SQL of `roles` and `role_permissions`, and of who holds a role.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::access::{BuiltIn, Permission, RoleSet, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::dialect::both;
use crate::db::schema::{api_keys, grants as held, role_permissions, roles, users};
use crate::db::{Conn, Error, Tx};
use crate::grants::{self, COUNTED};

use super::Role;
use super::role::{Counts, Holders, Holding};

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
    all.sort_by_cached_key(place);
    Ok(all)
}

/// The tenant's roles that contain this permission of the portal, and no others are read.
///
/// # Errors
/// When the database refuses.
pub fn containing(conn: &mut Conn, tenant: TenantScope, permission: Permission) -> Result<Vec<Role>, Error> {
    let built_in: Vec<&str> = BuiltIn::holding(permission).map(BuiltIn::slug).collect();
    let own = role_permissions::table
        .filter(role_permissions::role_id.eq(roles::id))
        .filter(role_permissions::kind.eq("portal").and(role_permissions::permission.eq(permission.as_str())));
    let rows: Vec<Row> = roles::table
        .filter(roles::tenant_id.eq(tenant.id()).and(roles::built_in.eq_any(built_in).or(exists(own))))
        .select(COLUMNS)
        .load(conn)?;
    let mut found = with_permissions(conn, tenant, rows)?;
    found.sort_by_cached_key(place);
    Ok(found)
}

/// Slug and name of every role of the tenant, in the order of [`all`].
///
/// # Errors
/// When the database refuses.
pub fn names(conn: &mut Conn, tenant: TenantScope) -> Result<Vec<(String, String)>, Error> {
    let rows: Vec<Row> = roles::table.filter(roles::tenant_id.eq(tenant.id())).select(COLUMNS).load(conn)?;
    // Their permissions are not asked for.
    let role = |(id, slug, name, description, built_in, assignable, version): Row| Role {
        built_in: built_in.and_then(|slug| slug.parse().ok()),
        permissions: RoleSet::default(),
        id,
        slug,
        name,
        description,
        assignable,
        version,
    };
    let mut all: Vec<Role> = rows.into_iter().map(role).collect();
    all.sort_by_cached_key(place);
    Ok(all.into_iter().map(|role| (role.slug, role.name)).collect())
}

/// Built-in roles first, in their order; then the tenant's own by name.
fn place(role: &Role) -> (usize, String, i64) {
    let built_in = role.built_in.and_then(|built_in| BuiltIn::ALL.iter().position(|other| *other == built_in));
    (built_in.unwrap_or(BuiltIn::ALL.len()), role.name.to_lowercase(), role.id)
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

/// How many roles of its own the tenant has.
pub(super) fn count_own(conn: &mut Conn, tenant: TenantScope) -> Result<i64, Error> {
    let own = roles::table.filter(roles::tenant_id.eq(tenant.id()).and(roles::built_in.is_null()));
    Ok(own.count().get_result(conn)?)
}

/// A new row; returns its database id.
pub(super) fn insert(tx: &mut Tx<'_>, tenant: TenantScope, role: &Role, now: Timestamp) -> Result<i64, Error> {
    let id: i64 = diesel::insert_into(roles::table)
        .values((
            roles::tenant_id.eq(tenant.id()),
            roles::slug.eq(&role.slug),
            roles::name.eq(&role.name),
            roles::description.eq(&role.description),
            roles::assignable_by_user_managers.eq(role.assignable),
            roles::created_at.eq(now.micros()),
            roles::version.eq(role.version),
        ))
        .returning(roles::id)
        .get_result(&mut **tx)?;
    insert_permissions(tx, tenant, id, &role.permissions)?;
    Ok(id)
}

/// Writes the role as it is handed in, with exactly these permissions: a word that this version does not know is gone too.
pub(super) fn update(tx: &mut Tx<'_>, tenant: TenantScope, role: &Role) -> Result<(), Error> {
    diesel::update(roles::table.filter(roles::tenant_id.eq(tenant.id()).and(roles::id.eq(role.id))))
        .set((
            roles::name.eq(&role.name),
            roles::description.eq(&role.description),
            roles::assignable_by_user_managers.eq(role.assignable),
            roles::version.eq(role.version),
        ))
        .execute(&mut **tx)?;
    remove_permissions(tx, tenant, role.id)?;
    insert_permissions(tx, tenant, role.id, &role.permissions)
}

/// Removes the role. Nobody holds it any more.
pub(super) fn delete(tx: &mut Tx<'_>, tenant: TenantScope, role: i64) -> Result<(), Error> {
    remove_permissions(tx, tenant, role)?;
    diesel::delete(roles::table.filter(roles::tenant_id.eq(tenant.id()).and(roles::id.eq(role)))).execute(&mut **tx)?;
    Ok(())
}

fn remove_permissions(tx: &mut Tx<'_>, tenant: TenantScope, role: i64) -> Result<(), Error> {
    let of_role = role_permissions::tenant_id.eq(tenant.id()).and(role_permissions::role_id.eq(role));
    diesel::delete(role_permissions::table.filter(of_role)).execute(&mut **tx)?;
    Ok(())
}

fn insert_permissions(tx: &mut Tx<'_>, tenant: TenantScope, role: i64, set: &RoleSet) -> Result<(), Error> {
    let portal = set.portal.iter().map(|permission| ("portal", permission.as_str()));
    let application = set.application.iter().map(|permission| ("application", permission.as_str()));
    for (kind, permission) in portal.chain(application) {
        diesel::insert_into(role_permissions::table)
            .values((
                role_permissions::tenant_id.eq(tenant.id()),
                role_permissions::role_id.eq(role),
                role_permissions::kind.eq(kind),
                role_permissions::permission.eq(permission),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    role_id: i64,
    #[diesel(sql_type = BigInt)]
    users: i64,
    #[diesel(sql_type = BigInt)]
    api_keys: i64,
}

/// How many hold each role, counted up to [`COUNTED`] and one more. One query, however many roles there are.
pub(super) fn counts(conn: &mut Conn, tenant: TenantScope) -> Result<HashMap<i64, Counts>, Error> {
    let of = |holder: &str| {
        format!(
            "(SELECT COUNT(*) FROM (SELECT DISTINCT g.{holder} FROM grants g WHERE g.tenant_id = r.tenant_id \
             AND g.role_id = r.id AND g.{holder} IS NOT NULL LIMIT {}) AS held)",
            COUNTED + 1
        )
    };
    let (users, api_keys) = (of("user_id"), of("api_key_id"));
    let sql =
        format!("SELECT r.id AS role_id, {users} AS users, {api_keys} AS api_keys FROM roles r WHERE r.tenant_id = $1");
    let rows: Vec<CountRow> = both!(conn, |c| diesel::sql_query(sql).bind::<BigInt, _>(tenant.id()).load(c))?;
    let many = |count: i64| usize::try_from(count).unwrap_or_default();
    let counts = |row: CountRow| (row.role_id, Counts { users: many(row.users), api_keys: many(row.api_keys) });
    Ok(rows.into_iter().map(counts).collect())
}

/// Who holds this role: at most [`COUNTED`] and one more of each kind; then there are more.
pub(super) fn holders(conn: &mut Conn, tenant: TenantScope, role: i64) -> Result<Holders, Error> {
    let most = COUNTED as i64 + 1;
    let of_role = held::tenant_id.eq(tenant.id()).and(held::role_id.eq(role));
    let users: Vec<(String, String)> = users::table
        .inner_join(held::table.on(held::user_id.eq(users::id.nullable())))
        .filter(of_role)
        .select((users::email, users::public_id))
        .distinct()
        .order((users::email, users::public_id))
        .limit(most)
        .load(conn)?;
    let api_keys: Vec<(String, String)> = api_keys::table
        .inner_join(held::table.on(held::api_key_id.eq(api_keys::id.nullable())))
        .filter(of_role)
        .select((api_keys::client_id, api_keys::key_id))
        .distinct()
        .order((api_keys::client_id, api_keys::key_id))
        .limit(most)
        .load(conn)?;
    let holding = |(label, public_id)| Holding { label, public_id };
    Ok(Holders {
        users: users.into_iter().map(holding).collect(),
        api_keys: api_keys.into_iter().map(holding).collect(),
    })
}
