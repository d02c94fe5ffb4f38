//! The SQL of `invitations`. The row has the SHA-256 of the code.

use diesel::prelude::*;

use crate::access::{Act, TenantScope};
use crate::base::clock::Timestamp;
use crate::base::hash;
use crate::base::random;
use crate::base::secret::Secret;
use crate::db::schema::invitations;
use crate::db::{Conn, Error, Tx};

use super::{Invitation, Issued, LIFE_SECONDS, Purpose};

type Row = (i64, i64, String, i64, String, Option<i64>, i64);

type Columns = (
    invitations::tenant_id,
    invitations::user_id,
    invitations::purpose,
    invitations::created_at,
    invitations::created_by_kind,
    invitations::created_by_id,
    invitations::expires_at,
);

const COLUMNS: Columns = (
    invitations::tenant_id,
    invitations::user_id,
    invitations::purpose,
    invitations::created_at,
    invitations::created_by_kind,
    invitations::created_by_id,
    invitations::expires_at,
);

fn invitation((tenant, user, purpose, created_at, kind, id, expires_at): Row) -> Result<Invitation, Error> {
    Ok(Invitation {
        tenant: TenantScope::from_row(tenant),
        user,
        purpose: purpose.parse().map_err(|()| Error::Corrupt("invitations", "purpose"))?,
        created_at: Timestamp::from_micros(created_at),
        created_by: (kind, id),
        expires_at: Timestamp::from_micros(expires_at),
    })
}

/// Makes a link for a user of the actor's tenant; the one before is dead.
///
/// # Errors
/// When the database refuses.
pub fn issue(tx: &mut Tx<'_>, act: &Act, user: i64, purpose: Purpose) -> Result<Issued, Error> {
    let code = Secret::new(format!("ksi_{}", random::base62(&*act.entropy, 43)));
    let expires_at = act.now.plus_seconds(LIFE_SECONDS);
    remove(tx, act.actor.tenant, user)?;
    diesel::insert_into(invitations::table)
        .values((
            invitations::tenant_id.eq(act.actor.tenant.id()),
            invitations::user_id.eq(user),
            invitations::purpose.eq(purpose.as_str()),
            invitations::code_hash.eq(hash::sha256(code.expose().as_bytes()).to_vec()),
            invitations::created_at.eq(act.now.micros()),
            invitations::created_by_kind.eq(act.actor.who.kind()),
            invitations::created_by_id.eq(act.actor.who.id()),
            invitations::created_by.eq(&act.actor.label),
            invitations::expires_at.eq(expires_at.micros()),
        ))
        .execute(&mut **tx)?;
    Ok(Issued { code, expires_at })
}

/// The link with this code, if it is still good. The code says whose it is, so no tenant is asked for.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, code: &Secret, now: Timestamp) -> Result<Option<Invitation>, Error> {
    let row: Option<Row> = invitations::table
        .filter(invitations::code_hash.eq(hash::sha256(code.expose().as_bytes()).to_vec()))
        .filter(invitations::expires_at.gt(now.micros()))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(invitation).transpose()
}

/// The user's link, if there is one that is still good.
///
/// # Errors
/// When the database refuses.
pub fn of_user(conn: &mut Conn, tenant: TenantScope, user: i64, now: Timestamp) -> Result<Option<Invitation>, Error> {
    let row: Option<Row> = invitations::table
        .filter(invitations::tenant_id.eq(tenant.id()).and(invitations::user_id.eq(user)))
        .filter(invitations::expires_at.gt(now.micros()))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(invitation).transpose()
}

/// Kills the user's link. Answers whether there was one.
///
/// # Errors
/// When the database refuses.
pub fn remove(tx: &mut Tx<'_>, tenant: TenantScope, user: i64) -> Result<bool, Error> {
    let of_user = invitations::table.filter(invitations::tenant_id.eq(tenant.id()).and(invitations::user_id.eq(user)));
    Ok(diesel::delete(of_user).execute(&mut **tx)? > 0)
}
