//! The SQL of `former_grants`: what API keys held when they were deleted.

use diesel::prelude::*;

use crate::access::{Grant, RoleSet, TenantScope};
use crate::db::schema::{former_grants, resources};
use crate::db::{Conn, Error, Tx};

use super::{Holder, reading};

/// Takes everything away from an API key that is deleted, and keeps it as its former grants.
///
/// # Errors
/// When the database refuses.
pub fn retire(tx: &mut Tx<'_>, tenant: TenantScope, api_key: i64) -> Result<(), Error> {
    for held in reading::stored(tx, tenant, Holder::ApiKey(api_key))? {
        let words: Vec<&str> = held.grant.permissions.words().collect();
        diesel::insert_into(former_grants::table)
            .values((
                former_grants::tenant_id.eq(tenant.id()),
                former_grants::api_key_id.eq(api_key),
                former_grants::resource_id.eq(held.resource_id),
                former_grants::role.eq(&held.grant.role),
                former_grants::role_name.eq(&held.grant.role_name),
                former_grants::permissions.eq(words.join(" ")),
            ))
            .execute(&mut **tx)?;
    }
    super::remove_all(tx, tenant, Holder::ApiKey(api_key))
}

/// What a deleted API key held when it was deleted, by path and role.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub fn former(conn: &mut Conn, tenant: TenantScope, api_key: i64) -> Result<Vec<Grant>, Error> {
    let rows: Vec<(String, String, String, String)> = former_grants::table
        .inner_join(resources::table.on(resources::id.eq(former_grants::resource_id)))
        .filter(former_grants::api_key_id.eq(api_key).and(resources::tenant_id.eq(tenant.id())))
        .select((former_grants::role, former_grants::role_name, former_grants::permissions, resources::path))
        .order((resources::path, former_grants::role))
        .load(conn)?;
    let grant = |(role, role_name, words, path): (String, String, String, String)| {
        let resource = path.parse().map_err(|_| Error::Corrupt("resources", "path"))?;
        Ok(Grant { role, role_name, resource, permissions: permissions(&words)?, assignable: false })
    };
    rows.into_iter().map(grant).collect()
}

/// Moves the former grants on these resources to another one: these are deleted, and who managed them manages that one.
///
/// # Errors
/// When the database refuses.
pub fn move_former(tx: &mut Tx<'_>, tenant: TenantScope, from: &[i64], to: i64) -> Result<(), Error> {
    diesel::update(former_grants::table)
        .filter(former_grants::tenant_id.eq(tenant.id()).and(former_grants::resource_id.eq_any(from)))
        .set(former_grants::resource_id.eq(to))
        .execute(&mut **tx)?;
    Ok(())
}

/// The permissions as they were stored. A word that is no permission is an error: what it stood for could not be asked for.
fn permissions(words: &str) -> Result<RoleSet, Error> {
    let mut set = RoleSet::default();
    for word in words.split_whitespace() {
        match word.parse() {
            Ok(portal) => set.portal.insert(portal),
            Err(_) => {
                let own = word.parse().map_err(|_| Error::Corrupt("former_grants", "permissions"))?;
                set.application.insert(own)
            }
        };
    }
    Ok(set)
}
