//! The verbs on users: each checks the permission, does it, and records it. What people do with their own account is not
//! among them.

mod end;
mod link;
mod save;
mod show;

use crate::access::{Act, Actor, Grant, Permission, Who};
use crate::audit::Target;
use crate::db::Tx;
use crate::grants::{self, Holder};

use super::error::UserError;
use super::store;
use super::user::User;

pub use end::{delete, end_sessions};
pub use link::{Invite, Link, invite, is_backed_by_its_maker, link, link_by_email};
pub use save::{Edit, save};
pub use show::{Barred, Listed, Shown, all, list, show, show_to_change};

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

/// Asked after a change, behind the tenant's lock: an organization that had an administrator keeps one.
fn require_an_administrator(tx: &mut Tx<'_>, act: &Act, had_one: bool) -> Result<(), UserError> {
    let has_one = grants::has_administrator(tx, act.actor.tenant)?;
    if had_one && !has_one { Err(UserError::LastAdministrator) } else { Ok(()) }
}
