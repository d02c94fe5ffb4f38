//! Seeing users.

use crate::access::{Act, Actor, CannotGive, Grant, Permission};
use crate::base::paging::{Cursor, Page, Slice};
use crate::db::Conn;
use crate::grants::{self, Holder};
use crate::invitations::{self, Invitation};
use crate::sessions;
use crate::users::error::UserError;
use crate::users::filter::Filter;
use crate::users::store;
use crate::users::user::User;

use super::require_to_change;

/// A user with what they hold.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The user.
    pub user: User,
    /// What they hold, by path and role.
    pub grants: Vec<Grant>,
}

/// A user with everything their page shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As in the list.
    pub listed: Listed,
    /// The link by which they may choose a password, if one is under way.
    pub invitation: Option<Invitation>,
    /// How many browsers they are signed in with.
    pub sessions: usize,
    /// Why the actor may not change them, where that is so.
    pub barred: Option<Barred>,
}

/// Why somebody may not change a user, although they manage users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Barred {
    /// It is themselves.
    OwnAccount,
    /// The user holds a role that is not theirs to give.
    HoldsMore(CannotGive),
}

/// One page of the tenant's users by name.
///
/// # Errors
/// [`UserError::Refused`] without `users:read`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &Filter,
    page: Page,
    limit: usize,
) -> Result<Slice<Listed>, UserError> {
    actor.require_to_open(Permission::ReadUsers)?;
    let slice = store::page(conn, actor.tenant, filter, page, limit)?;
    let ids: Vec<i64> = slice.rows.iter().map(|user| user.id).collect();
    let mut held = grants::of_users(conn, actor.tenant, &ids)?;
    let listed = |user: User| Listed { grants: held.remove(&user.id).unwrap_or_default(), user };
    Ok(Slice { rows: slice.rows.into_iter().map(listed).collect(), newer: slice.newer, older: slice.older })
}

/// One user.
///
/// # Errors
/// [`UserError::NotFound`] for another tenant's user as for none.
pub fn show(conn: &mut Conn, act: &Act, public_id: &str) -> Result<Shown, UserError> {
    let actor = &act.actor;
    actor.require_to_open(Permission::ReadUsers)?;
    let user = store::by_public_id(conn, actor.tenant, public_id)?.ok_or(UserError::NotFound)?;
    let grants = grants::of(conn, actor.tenant, Holder::User(user.id))?;
    let invitation = invitations::of_user(conn, actor.tenant, user.id, act.now)?;
    let sessions = sessions::of_user(conn, actor.tenant, user.id, act.now)?.len();
    let barred = require_to_change(actor, &user, &grants).err().and_then(|error| match error {
        UserError::OwnAccount => Some(Barred::OwnAccount),
        UserError::HoldsMore(cannot) => Some(Barred::HoldsMore(cannot)),
        _ => None,
    });
    Ok(Shown { listed: Listed { user, grants }, invitation, sessions, barred })
}

/// [`show`], for somebody who is about to change them.
///
/// # Errors
/// As the verbs that change a user.
pub fn show_to_change(conn: &mut Conn, act: &Act, public_id: &str) -> Result<Shown, UserError> {
    act.actor.require_to_open(Permission::ManageUsers)?;
    let shown = show(conn, act, public_id)?;
    require_to_change(&act.actor, &shown.listed.user, &shown.listed.grants)?;
    Ok(shown)
}

/// All users of a tenant by name, for the shell.
///
/// # Errors
/// [`UserError::Refused`] without `users:read`.
pub fn all(conn: &mut Conn, actor: &Actor) -> Result<Vec<Listed>, UserError> {
    const AT_ONCE: usize = 500;
    let (mut found, mut page) = (Vec::new(), Page::First);
    loop {
        let slice = list(conn, actor, &Filter::default(), page, AT_ONCE)?;
        let last = slice.rows.last().map(|listed| listed.user.id);
        found.extend(slice.rows);
        match last.filter(|_| slice.older) {
            Some(id) => page = Page::After(Cursor { id, ..Default::default() }),
            None => return Ok(found),
        }
    }
}
