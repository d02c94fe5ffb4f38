//! The SQL of `sessions`.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::sessions;
use crate::db::{Conn, Error, Tx};

use super::session::{ABSOLUTE_SECONDS, IDLE_SECONDS, NewSession, PARALLEL};

/// A session that was last seen before this moment has ended for want of use.
pub fn live_since(now: Timestamp) -> i64 {
    now.plus_seconds(-IDLE_SECONDS).micros()
}

/// Begins a session. Sessions of the user that have ended go, and the oldest beyond [`PARALLEL`].
///
/// # Errors
/// When the database refuses.
pub fn insert(tx: &mut Tx<'_>, session: &NewSession, token_hash: &[u8], now: Timestamp) -> Result<(), Error> {
    let of_user = sessions::tenant_id.eq(session.tenant.id()).and(sessions::user_id.eq(session.user));
    diesel::delete(
        sessions::table
            .filter(of_user)
            .filter(sessions::expires_at.le(now.micros()).or(sessions::last_seen_at.le(live_since(now)))),
    )
    .execute(&mut **tx)?;
    let older: Vec<i64> = sessions::table
        .filter(of_user)
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .offset(PARALLEL - 1)
        .limit(1_000)
        .select(sessions::id)
        .load(&mut **tx)?;
    diesel::delete(sessions::table.filter(sessions::id.eq_any(older))).execute(&mut **tx)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::tenant_id.eq(session.tenant.id()),
            sessions::user_id.eq(session.user),
            sessions::token_hash.eq(token_hash),
            sessions::address.eq(&session.address),
            sessions::device.eq(&session.device),
            sessions::created_at.eq(now.micros()),
            sessions::authenticated_at.eq(now.micros()),
            sessions::last_seen_at.eq(now.micros()),
            sessions::expires_at.eq(now.plus_seconds(ABSOLUTE_SECONDS).micros()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A live session as its token finds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Live {
    /// The database id.
    pub id: i64,
    /// The user's tenant.
    pub tenant: TenantScope,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
}

/// The live session with this token. The token says whose it is, so no tenant is asked for.
pub(super) fn find_live(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> Result<Option<Live>, Error> {
    let row: Option<(i64, i64, i64)> = sessions::table
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(now.micros()).and(sessions::last_seen_at.gt(live_since(now))))
        .select((sessions::id, sessions::tenant_id, sessions::last_seen_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, tenant, seen)| Live {
        id,
        tenant: TenantScope::from_row(tenant),
        last_seen_at: Timestamp::from_micros(seen),
    }))
}

/// Notes that a session was seen. Touches a row that is there, and makes none.
pub(super) fn touch(tx: &mut Tx<'_>, tenant: TenantScope, id: i64, now: Timestamp) -> Result<(), Error> {
    diesel::update(sessions::table.filter(sessions::tenant_id.eq(tenant.id()).and(sessions::id.eq(id))))
        .set(sessions::last_seen_at.eq(now.micros()))
        .execute(&mut **tx)?;
    Ok(())
}

/// A live session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The database id. Not for addresses.
    pub id: i64,
    /// The address signed in from.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub device: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen_at: Timestamp,
}

/// The user's live sessions, the one last seen first.
///
/// # Errors
/// When the database refuses.
pub fn of_user(conn: &mut Conn, tenant: TenantScope, user: i64, now: Timestamp) -> Result<Vec<Seen>, Error> {
    type Row = (i64, Option<String>, Option<String>, i64, i64);
    let rows: Vec<Row> = sessions::table
        .filter(sessions::tenant_id.eq(tenant.id()).and(sessions::user_id.eq(user)))
        .filter(sessions::expires_at.gt(now.micros()).and(sessions::last_seen_at.gt(live_since(now))))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select((sessions::id, sessions::address, sessions::device, sessions::created_at, sessions::last_seen_at))
        .load(conn)?;
    let seen = |(id, address, device, created_at, last_seen_at): Row| Seen {
        id,
        address,
        device,
        created_at: Timestamp::from_micros(created_at),
        last_seen_at: Timestamp::from_micros(last_seen_at),
    };
    Ok(rows.into_iter().map(seen).collect())
}

/// Ends one session of the user. Answers whether there was one.
///
/// # Errors
/// When the database refuses.
pub fn end(tx: &mut Tx<'_>, tenant: TenantScope, user: i64, id: i64) -> Result<bool, Error> {
    let this = sessions::table.filter(sessions::tenant_id.eq(tenant.id()).and(sessions::user_id.eq(user)));
    Ok(diesel::delete(this.filter(sessions::id.eq(id))).execute(&mut **tx)? > 0)
}

/// Ends the user's sessions, all or all but one; answers how many there were.
///
/// # Errors
/// When the database refuses.
pub fn end_all(tx: &mut Tx<'_>, tenant: TenantScope, user: i64, except: Option<i64>) -> Result<usize, Error> {
    let of_user = sessions::table.filter(sessions::tenant_id.eq(tenant.id()).and(sessions::user_id.eq(user)));
    Ok(diesel::delete(of_user.filter(sessions::id.ne(except.unwrap_or(0)))).execute(&mut **tx)?)
}

/// Ends the session with this token.
pub(super) fn delete(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), Error> {
    diesel::delete(sessions::table.filter(sessions::token_hash.eq(token_hash))).execute(&mut **tx)?;
    Ok(())
}
