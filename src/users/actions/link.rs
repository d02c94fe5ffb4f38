//! Adding somebody, and the links by which people choose a password.

use serde_json::json;

use crate::access::{Act, Actor, Permission, Who};
use crate::audit::{self, Action, Event};
use crate::base::random;
use crate::db::{self, Conn, Tx};
use crate::grants::{self, Holder, Wanted};
use crate::invitations::{self, Invitation, Issued, Purpose};
use crate::tenants;
use crate::users::email::Email;
use crate::users::error::UserError;
use crate::users::store::{self, NewUser};
use crate::users::user::User;

use super::{target, to_change};

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
pub(super) fn end_link(tx: &mut Tx<'_>, act: &Act, user: &User, active: bool) -> Result<bool, UserError> {
    let tenant = act.actor.tenant;
    let Some(link) = invitations::of_user(tx, tenant, user.id, act.now)? else { return Ok(false) };
    if active && is_backed_by_its_maker(tx, &link)? {
        return Ok(false);
    }
    Ok(invitations::remove(tx, tenant, user.id)?)
}
