//! The SQL of `grants`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{BuiltIn, Grant, Permission, RoleSet, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::dialect;
use crate::db::schema::{api_keys, grants, resources, role_permissions, roles, users};
use crate::db::{Conn, Error, Tx};

use super::{GrantsError, Wanted};

/// Holders are counted up to here; more are "1,000+".
pub const COUNTED: usize = 1_000;

/// Who holds a grant, by database id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(i64),
    /// An API key.
    ApiKey(i64),
}

/// A grant with the database ids behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub role_id: i64,
    pub resource_id: i64,
    pub grant: Grant,
}

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

pub(super) fn stored(conn: &mut Conn, tenant: TenantScope, holder: Holder) -> Result<Vec<Stored>, Error> {
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

fn with_permissions(conn: &mut Conn, tenant: TenantScope, rows: Vec<Row>) -> Result<Vec<(Option<i64>, Stored)>, Error> {
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
pub(super) fn resolve(conn: &mut Conn, tenant: TenantScope, wanted: &[&Wanted]) -> Result<Vec<Stored>, GrantsError> {
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

/// Takes one grant away.
pub(super) fn remove(tx: &mut Tx<'_>, tenant: TenantScope, holder: Holder, stored: &Stored) -> Result<(), Error> {
    let this = diesel::delete(grants::table)
        .filter(grants::tenant_id.eq(tenant.id()))
        .filter(grants::role_id.eq(stored.role_id).and(grants::resource_id.eq(stored.resource_id)));
    match holder {
        Holder::User(id) => this.filter(grants::user_id.eq(id)).execute(&mut **tx)?,
        Holder::ApiKey(id) => this.filter(grants::api_key_id.eq(id)).execute(&mut **tx)?,
    };
    Ok(())
}

/// Which grants are meant: of a role, or on some resources.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// Every grant of this role.
    Role(i64),
    /// Every grant on one of these resources.
    Resources(&'a [i64]),
}

/// Takes these grants away from everybody. Tokens that keys were given before are of an older version then.
///
/// # Errors
/// When the database refuses.
pub fn remove_everywhere(tx: &mut Tx<'_>, tenant: TenantScope, of: Of<'_>) -> Result<(), Error> {
    count_change_of_holders(tx, tenant, of)?;
    let gone = diesel::delete(grants::table).filter(grants::tenant_id.eq(tenant.id()));
    match of {
        Of::Role(role) => gone.filter(grants::role_id.eq(role)).execute(&mut **tx)?,
        Of::Resources(ids) => gone.filter(grants::resource_id.eq_any(ids)).execute(&mut **tx)?,
    };
    Ok(())
}

/// Counts a change of everybody who holds one of these grants. Forms about them that are open are out of date then, and so
/// are tokens that keys were given before: they say more than the keys hold now.
///
/// # Errors
/// When the database refuses.
pub fn count_change_of_holders(tx: &mut Tx<'_>, tenant: TenantScope, of: Of<'_>) -> Result<(), Error> {
    let of_tenant = grants::table.filter(grants::tenant_id.eq(tenant.id()));
    let keys = of_tenant.filter(grants::api_key_id.is_not_null()).select(grants::api_key_id.assume_not_null());
    let people = of_tenant.filter(grants::user_id.is_not_null()).select(grants::user_id.assume_not_null());
    let raise_keys = diesel::update(api_keys::table).filter(api_keys::tenant_id.eq(tenant.id()));
    let raise_people = diesel::update(users::table).filter(users::tenant_id.eq(tenant.id()));
    let of_key = (api_keys::token_version.eq(api_keys::token_version + 1), api_keys::version.eq(api_keys::version + 1));
    let of_person = users::version.eq(users::version + 1);
    match of {
        Of::Role(role) => {
            let (keys, people) = (keys.filter(grants::role_id.eq(role)), people.filter(grants::role_id.eq(role)));
            raise_keys.filter(api_keys::id.eq_any(keys)).set(of_key).execute(&mut **tx)?;
            raise_people.filter(users::id.eq_any(people)).set(of_person).execute(&mut **tx)?;
        }
        Of::Resources(ids) => {
            let keys = keys.filter(grants::resource_id.eq_any(ids));
            let people = people.filter(grants::resource_id.eq_any(ids));
            raise_keys.filter(api_keys::id.eq_any(keys)).set(of_key).execute(&mut **tx)?;
            raise_people.filter(users::id.eq_any(people)).set(of_person).execute(&mut **tx)?;
        }
    }
    Ok(())
}

/// Raises the version of a key's tokens: what it was given before says more than it holds now.
///
/// # Errors
/// When the database refuses.
pub fn raise_token_version(tx: &mut Tx<'_>, tenant: TenantScope, api_key: i64) -> Result<(), Error> {
    diesel::update(api_keys::table.filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::id.eq(api_key))))
        .set(api_keys::token_version.eq(api_keys::token_version + 1))
        .execute(&mut **tx)?;
    Ok(())
}

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
/// As [`of`].
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

/// The users who manage users on the whole organization, and can sign in.
///
/// # Errors
/// When the database refuses.
pub fn user_managers(conn: &mut Conn, tenant: TenantScope) -> Result<People, Error> {
    let manage = Permission::ManageUsers;
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
