//! The SQL of `users`.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::users;
use crate::db::{Conn, Error, Tx};

use super::email::Email;

/// A person who is about to be added.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// The id in addresses: 12 base-62 digits.
    pub public_id: String,
    /// What they sign in with.
    pub email: &'a Email,
    /// Their name.
    pub name: &'a str,
    /// The PHC string of their password.
    pub password_hash: &'a str,
}

/// What signing in needs to know.
#[derive(Debug, Clone)]
pub struct Account {
    /// The database id.
    pub id: i64,
    /// Their tenant.
    pub tenant: TenantScope,
    /// Their id in addresses.
    pub public_id: String,
    /// Their address as they write it.
    pub email: String,
    /// The PHC string, if they have a password.
    pub password_hash: Option<String>,
    /// Whether they may sign in.
    pub enabled: bool,
}

/// Adds an activated user; returns the database id.
///
/// # Errors
/// [`Error::Duplicate`] when the address is in use.
pub fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    user: &NewUser<'_>,
    created_by: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    Ok(diesel::insert_into(users::table)
        .values((
            users::tenant_id.eq(tenant.id()),
            users::public_id.eq(&user.public_id),
            users::email.eq(user.email.as_str()),
            users::email_folded.eq(user.email.folded()),
            users::name.eq(user.name),
            users::name_folded.eq(user.name.to_lowercase()),
            users::password_hash.eq(Some(user.password_hash)),
            users::created_at.eq(now.micros()),
            users::created_by.eq(created_by),
            users::activated_at.eq(Some(now.micros())),
            users::version.eq(1),
        ))
        .returning(users::id)
        .get_result(&mut **tx)?)
}

type Row = (i64, i64, String, String, Option<String>, Option<i64>);

/// The activated user with this address, enabled or not.
///
/// # Errors
/// When the database refuses.
pub fn by_email(conn: &mut Conn, email_folded: &str) -> Result<Option<Account>, Error> {
    let row: Option<Row> = users::table
        .filter(users::email_folded.eq(email_folded))
        .filter(users::activated_at.is_not_null().and(users::deleted_at.is_null()))
        .select((users::id, users::tenant_id, users::public_id, users::email, users::password_hash, users::disabled_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, tenant_id, public_id, email, password_hash, disabled_at)| Account {
        id,
        tenant: TenantScope::from_row(tenant_id),
        public_id,
        email,
        password_hash,
        enabled: disabled_at.is_none(),
    }))
}

/// Notes when somebody signed in last.
///
/// # Errors
/// When the database refuses.
pub fn keep_sign_in(tx: &mut Tx<'_>, tenant: TenantScope, user: i64, now: Timestamp) -> Result<(), Error> {
    diesel::update(users::table.filter(users::tenant_id.eq(tenant.id())).filter(users::id.eq(user)))
        .set(users::last_signed_in_at.eq(Some(now.micros())))
        .execute(&mut **tx)?;
    Ok(())
}
