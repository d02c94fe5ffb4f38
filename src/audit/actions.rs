//! The one verb on events: reading them. They are written by the verbs of other features.

use crate::access::{Actor, Permission, TenantScope};
use crate::base::paging::{Page, Slice};
use crate::db::{self, Conn};
use crate::web;

use super::store::{self, Entry, LastChange};
use super::{About, Target};

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

/// Who changed a thing last, and when. No more of the log than that, so it is for whoever may see the thing, and asks for no
/// permission of its own.
///
/// # Errors
/// When the database refuses.
pub fn last_change(conn: &mut Conn, tenant: TenantScope, target: &Target) -> Result<Option<LastChange>, db::Error> {
    store::last_change(conn, tenant, target)
}
