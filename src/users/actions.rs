//! The verbs on users: each checks the permission, does it, and records it. What people do with their own account is not
//! among them.

use serde_json::json;

use crate::access::{Act, Actor, Grant, Permission, Who};
use crate::audit::{self, Action, Event, Target};
use crate::base::paging::{Page, Slice};
use crate::base::random;
use crate::db::{self, Conn, Tx};
use crate::grants::{self, Holder, Wanted};
use crate::invitations::{self, Invitation, Issued, Purpose};
use crate::{sessions, tenants};

use super::email::Email;
use super::error::UserError;
use super::filter::Filter;
use super::store::{self, Changes, NewUser};
use super::user::User;

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
    HoldsMore(crate::access::CannotGive),
}

/// Somebody who shall be invited.
#[derive(Debug, Clone)]
pub struct Invite {
    /// What they will sign in with.
    pub email: Email,
    /// Their name; they may change it.
    pub name: String,
    /// What they shall hold.
    pub wanted: Vec<Wanted>,
}

/// How a user shall be from now on.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The name.
    pub name: String,
    /// What they hold.
    pub wanted: Vec<Wanted>,
    /// Whether they may sign in.
    pub active: bool,
    /// The version that whoever edits has seen.
    pub version: i64,
}

/// A link that was made for a user.
#[derive(Debug)]
pub struct Link {
    /// For whom.
    pub user: User,
    /// What it is for.
    pub purpose: Purpose,
    /// The code and its end.
    pub issued: Issued,
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

/// Nobody changes themselves here, and nobody changes somebody who holds more.
fn require_to_change(actor: &Actor, user: &User, held: &[Grant]) -> Result<(), UserError> {
    if actor.who == Who::User(user.id) {
        return Err(UserError::OwnAccount);
    }
    actor.require_to_give_user_all(held).map_err(UserError::HoldsMore)
}

/// The user and what they hold, for a verb that changes them.
fn to_change(tx: &mut Tx<'_>, actor: &Actor, public_id: &str) -> Result<(User, Vec<Grant>), UserError> {
    actor.require_to_open(Permission::ManageUsers)?;
    let user = store::by_public_id(tx, actor.tenant, public_id)?.ok_or(UserError::NotFound)?;
    let held = grants::of(tx, actor.tenant, Holder::User(user.id))?;
    require_to_change(actor, &user, &held)?;
    Ok((user, held))
}

fn target(user: &User) -> Target {
    Target { kind: "user", id: user.public_id.clone(), label: user.email.clone() }
}

/// Adds somebody who has no password yet, and makes the link by which they choose one.
///
/// # Errors
/// [`UserError::AlreadyThere`] when the tenant has a user with this address. An address that is used in another tenant is
/// taken like any other; the page behind the link says that it cannot be used, and not why.
pub fn invite(tx: &mut Tx<'_>, act: &Act, invite: &Invite) -> Result<Link, UserError> {
    act.actor.require_to_open(Permission::ManageUsers)?;
    let tenant = act.actor.tenant;
    if let Some(user) = store::in_tenant_by_email(tx, tenant, &invite.email)? {
        return Err(UserError::AlreadyThere(Box::new(user)));
    }
    let public_id = random::base62(&*act.entropy, store::PUBLIC_ID);
    let new = NewUser { public_id: &public_id, email: &invite.email, name: &invite.name, password_hash: None };
    let id = store::insert(tx, act, &new)?;
    let user = store::by_public_id(tx, tenant, &public_id)?.ok_or(UserError::NotFound)?;
    let after = json!({ "name": user.name, "email": user.email });
    audit::record(tx, act, Event::about(Action::UserCreated, &target(&user)).after(after))?;
    grants::change(tx, act, Holder::User(id), &target(&user), &invite.wanted)?;
    link_to(tx, act, user, Purpose::Activation)
}

/// Makes a link for a user to choose a password: the first one, or another. The one before is dead.
///
/// # Errors
/// See [`UserError`].
pub fn link(tx: &mut Tx<'_>, act: &Act, public_id: &str) -> Result<Link, UserError> {
    let (user, _) = to_change(tx, &act.actor, public_id)?;
    if user.disabled_at.is_some() {
        return Err(UserError::Inactive);
    }
    let purpose = if user.activated_at.is_some() { Purpose::PasswordReset } else { Purpose::Activation };
    link_to(tx, act, user, purpose)
}

/// [`link`] for the user with this e-mail address.
///
/// # Errors
/// See [`UserError`].
pub fn link_by_email(tx: &mut Tx<'_>, act: &Act, email: &Email) -> Result<Link, UserError> {
    let found = store::in_tenant_by_email(tx, act.actor.tenant, email)?.ok_or(UserError::NotFound)?;
    link(tx, act, &found.public_id)
}

fn link_to(tx: &mut Tx<'_>, act: &Act, user: User, purpose: Purpose) -> Result<Link, UserError> {
    let issued = invitations::issue(tx, act, user.id, purpose)?;
    let action = match purpose {
        Purpose::Activation => Action::InvitationCreated,
        Purpose::PasswordReset => Action::PasswordResetCreated,
    };
    let after = json!({ "expires_at": issued.expires_at.rfc3339() });
    audit::record(tx, act, Event::about(action, &target(&user)).after(after))?;
    Ok(Link { user, purpose, issued })
}

/// What a save did.
#[derive(Debug)]
pub struct Saved {
    /// The user as they are now.
    pub user: User,
    /// Whether their link was killed: whoever made it may not hand that much over.
    pub link_ended: bool,
    /// Whether anything is different.
    pub is_new: bool,
}

/// Makes a user be as whoever edits wants them.
///
/// # Errors
/// [`UserError::Stale`] when somebody else saved meanwhile; otherwise see [`UserError`].
pub fn save(tx: &mut Tx<'_>, act: &Act, public_id: &str, edit: &Edit) -> Result<Saved, UserError> {
    let (user, _) = to_change(tx, &act.actor, public_id)?;
    if user.version != edit.version {
        return Err(UserError::Stale);
    }
    let (tenant, target) = (act.actor.tenant, target(&user));
    let had_administrator = grants::has_administrator(tx, tenant)?;
    let changed = grants::change(tx, act, Holder::User(user.id), &target, &edit.wanted)?;
    let was_active = user.disabled_at.is_none();
    let is_new = !changed.is_nothing() || user.name != edit.name || was_active != edit.active;
    if !is_new {
        return Ok(Saved { user, link_ended: false, is_new });
    }
    let changes = Changes {
        name: Some(&edit.name),
        name_folded: Some(edit.name.to_lowercase()),
        disabled_at: (was_active != edit.active).then(|| (!edit.active).then(|| act.now.micros())),
        ..Changes::default()
    };
    store::update(tx, tenant, user.id, &changes)?;
    if was_active != edit.active {
        // Switched on again, nothing comes back that began in between.
        sessions::end_all(tx, tenant, user.id, None)?;
    }
    let link_ended = end_link(tx, act, &user, edit.active)?;
    if user.name != edit.name || was_active != edit.active {
        let before = json!({ "name": user.name, "active": was_active });
        let after = json!({ "name": edit.name, "active": edit.active });
        audit::record(tx, act, Event::about(Action::UserUpdated, &target).before(before).after(after))?;
    }
    require_an_administrator(tx, act, had_administrator)?;
    let user = store::by_public_id(tx, tenant, public_id)?.ok_or(UserError::NotFound)?;
    Ok(Saved { user, link_ended, is_new })
}

/// Whether whoever made this link could make it again: they are there, manage users, and may give all that its user holds
/// now. They may know its code, and would become the user by it.
///
/// # Errors
/// When the database refuses.
pub fn is_backed_by_its_maker(conn: &mut Conn, link: &Invitation) -> Result<bool, db::Error> {
    let tenant = link.tenant;
    let (who, holder) = match (link.created_by.0.as_str(), link.created_by.1) {
        ("user", Some(id)) => {
            let maker = store::by_id(conn, tenant, id)?.filter(|maker| maker.disabled_at.is_none());
            if maker.is_none() {
                return Ok(false);
            }
            (Who::User(id), Holder::User(id))
        }
        ("api_key", Some(id)) => (Who::ApiKey(id), Holder::ApiKey(id)),
        // The operating-system account, and Keystead itself, hold everything.
        _ => return Ok(true),
    };
    let grants = grants::of(conn, tenant, holder)?;
    let root = tenants::by_id(conn, tenant)?.root();
    let maker = Actor { who, label: String::new(), tenant, root, grants };
    let held = grants::of(conn, tenant, Holder::User(link.user))?;
    Ok(maker.may_open(Permission::ManageUsers) && maker.require_to_give_user_all(&held).is_ok())
}

/// Kills the user's link where the account was switched off, or where its maker may not hand that much over: it would be
/// refused in any case, and so whoever saves learns that a new one is needed.
fn end_link(tx: &mut Tx<'_>, act: &Act, user: &User, active: bool) -> Result<bool, UserError> {
    let tenant = act.actor.tenant;
    let Some(link) = invitations::of_user(tx, tenant, user.id, act.now)? else { return Ok(false) };
    if active && is_backed_by_its_maker(tx, &link)? {
        return Ok(false);
    }
    Ok(invitations::remove(tx, tenant, user.id)?)
}

/// Asked after a change, behind the tenant's lock: an organization that had an administrator keeps one.
fn require_an_administrator(tx: &mut Tx<'_>, act: &Act, had_one: bool) -> Result<(), UserError> {
    let has_one = grants::has_administrator(tx, act.actor.tenant)?;
    if had_one && !has_one { Err(UserError::LastAdministrator) } else { Ok(()) }
}

/// Ends all sessions of a user; answers how many there were.
///
/// # Errors
/// See [`UserError`].
pub fn end_sessions(tx: &mut Tx<'_>, act: &Act, public_id: &str) -> Result<(User, usize), UserError> {
    let (user, _) = to_change(tx, &act.actor, public_id)?;
    let ended = sessions::end_all(tx, act.actor.tenant, user.id, None)?;
    if ended > 0 {
        let event = Event::about(Action::SessionsEnded, &target(&user)).after(json!({ "sessions": ended }));
        audit::record(tx, act, event)?;
    }
    Ok((user, ended))
}

/// Deletes a user with their sessions, links and grants. The row stays, for the events that name it; the address is free.
///
/// # Errors
/// See [`UserError`].
pub fn delete(tx: &mut Tx<'_>, act: &Act, public_id: &str) -> Result<User, UserError> {
    let (user, held) = to_change(tx, &act.actor, public_id)?;
    let tenant = act.actor.tenant;
    let had_administrator = grants::has_administrator(tx, tenant)?;
    sessions::end_all(tx, tenant, user.id, None)?;
    invitations::remove(tx, tenant, user.id)?;
    grants::remove_all(tx, tenant, Holder::User(user.id))?;
    let at = Some(Some(act.now.micros()));
    let changes = Changes { deleted_at: at, password_hash: Some(None), ..Changes::default() };
    store::update(tx, tenant, user.id, &changes)?;
    require_an_administrator(tx, act, had_administrator)?;
    let before = json!({
        "name": user.name, "email": user.email,
        "grants": held.iter().map(|grant| format!("{} on {}", grant.role, grant.resource)).collect::<Vec<_>>(),
    });
    audit::record(tx, act, Event::about(Action::UserDeleted, &target(&user)).before(before))?;
    Ok(user)
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
            Some(id) => page = Page::After(crate::base::paging::Cursor { id, ..Default::default() }),
            None => return Ok(found),
        }
    }
}
