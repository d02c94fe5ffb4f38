//! The verb behind a one-time link: its holder chooses a password, once.

use serde_json::json;

use crate::access::Act;
use crate::audit::{self, Action, Event};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Conn, Tx};
use crate::invitations::{self, Invitation, Purpose};
use crate::users::{self, Account, User};
use crate::{sessions, tenants};

use super::actions::as_actor;
use super::error::AcceptError;

/// Whoever a link is for.
#[derive(Debug, Clone)]
pub(super) struct Invited {
    /// What the link is for.
    pub purpose: Purpose,
    /// The organization.
    pub organization: String,
    /// What they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
}

/// What they chose.
#[derive(Debug)]
pub struct Accept {
    /// The code of the link.
    pub code: Secret,
    /// Their name.
    pub name: String,
    /// The PHC string of the password.
    pub password_hash: String,
}

/// Who a link is for, while it is good.
pub(super) fn find(conn: &mut Conn, code: &Secret, now: Timestamp) -> Result<Option<Invited>, db::Error> {
    let Some((link, user)) = good(conn, code, now)? else { return Ok(None) };
    let organization = tenants::by_id(conn, link.tenant)?.organization;
    Ok(Some(Invited { purpose: link.purpose, organization, email: user.email, name: user.name }))
}

/// A link and its user, who is not switched off. Whoever made it may know its code, so it is good only while they could make
/// it again: not when they have gone, and not when the user holds more by now than they may give.
fn good(conn: &mut Conn, code: &Secret, now: Timestamp) -> Result<Option<(Invitation, User)>, db::Error> {
    let Some(link) = invitations::find(conn, code, now)? else { return Ok(None) };
    let user = users::by_id(conn, link.tenant, link.user)?.filter(|user| user.disabled_at.is_none());
    let Some(user) = user else { return Ok(None) };
    // An address belongs to one user of the installation who signs in with it.
    let other = users::by_email(conn, &users::email::fold(&user.email))?.filter(|other| other.id != user.id);
    Ok((other.is_none() && users::is_backed_by_its_maker(conn, &link)?).then_some((link, user)))
}

/// Sets the password and uses the link up; every session of the user ends. Of many who try at once, one succeeds.
///
/// # Errors
/// See [`AcceptError`].
pub fn accept(tx: &mut Tx<'_>, act: &Act, chosen: &Accept) -> Result<Account, AcceptError> {
    let (link, _) = good(tx, &chosen.code, act.now)?.ok_or(AcceptError::NotGood)?;
    dialect::lock_row(tx, Lock::Tenant(link.tenant.id()))?;
    // Read again behind the lock: somebody else may have used it, or the account may have been switched off.
    let (link, user) = good(tx, &chosen.code, act.now)?.ok_or(AcceptError::NotGood)?;
    let (tenant, hash) = (link.tenant, &chosen.password_hash);
    match link.purpose {
        Purpose::Activation => users::activate(tx, tenant, user.id, &chosen.name, hash, act.now)
            .map_err(|error| if matches!(error, db::Error::Duplicate) { AcceptError::NotGood } else { error.into() })?,
        Purpose::PasswordReset => users::keep_password(tx, tenant, user.id, hash, act.now)?,
    }
    invitations::remove(tx, tenant, user.id)?;
    sessions::end_all(tx, tenant, user.id, None)?;
    let account = Account {
        id: user.id,
        tenant,
        public_id: user.public_id,
        email: user.email,
        password_hash: Some(chosen.password_hash.clone()),
        enabled: true,
    };
    let act = Act { actor: as_actor(&account), ..act.clone() };
    let event = match link.purpose {
        Purpose::Activation => Event::new(Action::InvitationAccepted).after(json!({ "name": chosen.name })),
        Purpose::PasswordReset => Event::new(Action::PasswordChanged),
    };
    audit::record(tx, &act, event.on("user", &account.public_id, &account.email))?;
    Ok(account)
}
