//! Ending somebody's sessions, or their account.

use serde_json::json;

use crate::access::Act;
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder};
use crate::users::error::UserError;
use crate::users::store::{self, Changes};
use crate::users::user::User;
use crate::{invitations, sessions};

use super::{require_an_administrator, target, to_change};

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
