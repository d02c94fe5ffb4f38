//! The one verb on events: reading them. They are written by the verbs of other features.

use crate::access::{Actor, Permission};
use crate::base::paging::{Page, Slice};
use crate::db::Conn;
use crate::web;

use super::About;
use super::store::{self, Entry};

/// One page of the tenant's events, newest first. The cursor's `at` is the event's `seq`.
///
/// # Errors
/// 403 without `audit:read`.
pub fn list(conn: &mut Conn, actor: &Actor, page: Page, limit: usize) -> Result<Slice<Entry>, web::Error> {
    actor.require(Permission::ReadAudit, &actor.root)?;
    Ok(store::page(conn, actor.tenant, None, page, limit)?)
}

/// One page of the events about one thing, newest first. The cursor's `at` is the event's `seq`.
///
/// # Errors
/// 403 without `audit:read`.
pub fn of_target(
    conn: &mut Conn,
    actor: &Actor,
    about: &About,
    page: Page,
    limit: usize,
) -> Result<Slice<Entry>, web::Error> {
    actor.require(Permission::ReadAudit, &actor.root)?;
    Ok(store::page(conn, actor.tenant, Some(about), page, limit)?)
}
