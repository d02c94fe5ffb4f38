//! The verbs on one's own account. No permission is asked for: the account comes from the actor, never from a request.

use serde_json::json;

use crate::access::{Act, Actor, Who};
use crate::audit::{self, Action, Event};
use crate::base::zone::Zone;
use crate::db::{Conn, Tx};
use crate::invitations;
use crate::sessions::{self, Seen};
use crate::users::{self, User};

use super::error::AccountError;

/// The account as its page shows it.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// Whose it is.
    pub user: User,
    /// Where they are signed in, the browser seen last first.
    pub sessions: Vec<Seen>,
}

fn own(conn: &mut Conn, actor: &Actor) -> Result<User, AccountError> {
    let Who::User(id) = actor.who else { return Err(AccountError::NotAPerson) };
    users::by_id(conn, actor.tenant, id)?.ok_or(AccountError::NotAPerson)
}

/// One's own account.
pub(super) fn show(conn: &mut Conn, act: &Act) -> Result<Shown, AccountError> {
    let user = own(conn, &act.actor)?;
    let sessions = sessions::of_user(conn, act.actor.tenant, user.id, act.now)?;
    Ok(Shown { user, sessions })
}

/// Takes another name.
pub(super) fn rename(tx: &mut Tx<'_>, act: &Act, name: &str) -> Result<(), AccountError> {
    let user = own(tx, &act.actor)?;
    if user.name == name {
        return Ok(());
    }
    users::rename(tx, act.actor.tenant, user.id, name)?;
    let event = Event::new(Action::UserUpdated).on("user", &user.public_id, &user.email);
    let (before, after) = (json!({ "name": user.name }), json!({ "name": name }));
    Ok(audit::record(tx, act, event.before(before).after(after))?)
}

/// Reads and types dates in another zone than in `before`.
pub(super) fn move_to(tx: &mut Tx<'_>, act: &Act, before: &Zone, zone: &Zone) -> Result<(), AccountError> {
    let user = own(tx, &act.actor)?;
    if before == zone {
        return Ok(());
    }
    users::keep_time_zone(tx, act.actor.tenant, user.id, zone)?;
    let event = Event::new(Action::UserUpdated).on("user", &user.public_id, &user.email);
    let (before, after) = (json!({ "time_zone": before.name() }), json!({ "time_zone": zone.name() }));
    Ok(audit::record(tx, act, event.before(before).after(after))?)
}

/// Sets another password in the place of the one that was checked. Every session but this one ends, and so does a link by
/// which somebody could choose yet another.
pub(super) fn change_password(
    tx: &mut Tx<'_>,
    act: &Act,
    session: i64,
    checked: &str,
    password_hash: &str,
) -> Result<User, AccountError> {
    let (user, tenant) = (own(tx, &act.actor)?, act.actor.tenant);
    if users::password_hash(tx, tenant, user.id)?.as_deref() != Some(checked) {
        return Err(AccountError::Stale);
    }
    users::keep_password(tx, tenant, user.id, password_hash, act.now)?;
    sessions::end_all(tx, tenant, user.id, Some(session))?;
    invitations::remove(tx, tenant, user.id)?;
    audit::record(tx, act, Event::new(Action::PasswordChanged).on("user", &user.public_id, &user.email))?;
    Ok(user)
}

/// Ends one of one's own sessions.
pub(super) fn end_session(tx: &mut Tx<'_>, act: &Act, session: i64) -> Result<(), AccountError> {
    let user = own(tx, &act.actor)?;
    if !sessions::end(tx, act.actor.tenant, user.id, session)? {
        return Err(AccountError::NotFound);
    }
    ended(tx, act, &user, 1)
}

/// Ends all of one's own sessions but this one; answers how many there were.
pub(super) fn end_other_sessions(tx: &mut Tx<'_>, act: &Act, this: i64) -> Result<usize, AccountError> {
    let user = own(tx, &act.actor)?;
    let count = sessions::end_all(tx, act.actor.tenant, user.id, Some(this))?;
    if count > 0 {
        ended(tx, act, &user, count)?;
    }
    Ok(count)
}

fn ended(tx: &mut Tx<'_>, act: &Act, user: &User, count: usize) -> Result<(), AccountError> {
    let event = Event::new(Action::SessionsEnded).on("user", &user.public_id, &user.email);
    Ok(audit::record(tx, act, event.after(json!({ "sessions": count })))?)
}
