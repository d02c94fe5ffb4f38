//! Keys as the clients of other systems call them: by a number, which is their database id.

use crate::access::{Actor, Permission, Who};
use crate::api_keys::ApiKeyError;
use crate::api_keys::store;
use crate::base::clock::Timestamp;
use crate::db::Conn;

use super::read::{Shown, show_living};

/// A living key with what the clients of other systems want to know beside.
#[derive(Debug, Clone)]
pub struct Numbered {
    /// The key.
    pub shown: Shown,
    /// The database id of the user who made it; nothing where a program did.
    pub owner: Option<i64>,
    /// When something about it was changed last.
    pub updated_at: Timestamp,
}

/// One living key, by its database id.
///
/// # Errors
/// As [`show_living`].
pub fn show_numbered(conn: &mut Conn, actor: &Actor, number: i64) -> Result<Numbered, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let stored = store::by_number(conn, actor.tenant, number)?.ok_or(ApiKeyError::NotFound)?;
    let shown = show_living(conn, actor, &stored.key_id)?;
    let owner = match shown.listed.key.creator {
        Some(Who::User(id)) => Some(id),
        _ => None,
    };
    Ok(Numbered { shown, owner, updated_at: stored.updated_at })
}
