//! Giving and taking away, and the versions that it makes old.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::{api_keys, grants, users};
use crate::db::{Error, Tx};

use super::{Holder, Of, Stored};

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
pub(in crate::grants) fn remove(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    holder: Holder,
    stored: &Stored,
) -> Result<(), Error> {
    let this = diesel::delete(grants::table)
        .filter(grants::tenant_id.eq(tenant.id()))
        .filter(grants::role_id.eq(stored.role_id).and(grants::resource_id.eq(stored.resource_id)));
    match holder {
        Holder::User(id) => this.filter(grants::user_id.eq(id)).execute(&mut **tx)?,
        Holder::ApiKey(id) => this.filter(grants::api_key_id.eq(id)).execute(&mut **tx)?,
    };
    Ok(())
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
