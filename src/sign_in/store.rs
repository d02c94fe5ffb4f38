//! The SQL that asks who is behind a session: session, user and tenant in one query.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::{sessions, tenants, users};
use crate::db::{Conn, Error};
use crate::sessions::live_since;

/// A session's person.
#[derive(Debug)]
pub(super) struct Person {
    pub tenant: TenantScope,
    pub user_id: i64,
    pub email: String,
    pub name: String,
    pub slug: String,
    pub organization: String,
    pub time_zone: String,
}

type Row = (i64, i64, String, String, String, String, String);

/// The enabled user behind a live session. The session says whose it is, so no tenant is asked for.
pub(super) fn person(conn: &mut Conn, session: i64, now: Timestamp) -> Result<Option<Person>, Error> {
    let row: Option<Row> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .inner_join(tenants::table.on(tenants::id.eq(sessions::tenant_id)))
        .filter(sessions::id.eq(session))
        .filter(sessions::expires_at.gt(now.micros()).and(sessions::last_seen_at.gt(live_since(now))))
        .filter(users::disabled_at.is_null().and(users::deleted_at.is_null()))
        .select((
            users::tenant_id,
            users::id,
            users::email,
            users::name,
            tenants::slug,
            tenants::organization,
            users::time_zone,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(tenant, user_id, email, name, slug, organization, time_zone)| Person {
        tenant: TenantScope::from_row(tenant),
        user_id,
        email,
        name,
        slug,
        organization,
        time_zone,
    }))
}
