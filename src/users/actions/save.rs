//! Changing what somebody is called and holds, and whether they may sign in.

use serde_json::json;

use crate::access::Act;
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::grants::{self, Holder, Wanted};
use crate::sessions;
use crate::users::error::UserError;
use crate::users::store::{self, Changes};
use crate::users::user::User;

use super::link::end_link;
use super::{require_an_administrator, target, to_change};

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
