//! The SQL of `roles`.

use diesel::prelude::*;

use crate::access::{BuiltIn, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::schema::roles;
use crate::db::{Error, Tx};

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
