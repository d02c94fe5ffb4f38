//! The verbs on keys, a file for each: every one checks the permission, does it, and records it.

mod create;
mod delete;
mod edit;
mod pause;
mod read;
mod rotate;

pub use create::{Created, NewApiKey, create};
pub use delete::delete;
pub use edit::{Edit, edit};
pub use pause::{disable, enable};
pub use read::{Listed, Shown, list, show};
pub use rotate::{OVERLAPS, Rotation, rotate};

use crate::access::Act;
use crate::audit::Target;
use crate::db::Tx;
use crate::db::dialect::{self, Lock};

use super::{ApiKey, ApiKeyError, store};

/// The living key of this id, behind its lock: read again there, so that two who change it at once come one after the other.
fn to_change(tx: &mut Tx<'_>, act: &Act, key_id: &str) -> Result<ApiKey, ApiKeyError> {
    let tenant = act.actor.tenant;
    let id = store::by_key_id(tx, tenant, key_id)?.ok_or(ApiKeyError::NotFound)?.id;
    dialect::lock_row(tx, Lock::ApiKey(id))?;
    let key = store::by_key_id(tx, tenant, key_id)?.ok_or(ApiKeyError::NotFound)?;
    if key.deleted_at.is_some() { Err(ApiKeyError::AlreadyDeleted(Box::new(key))) } else { Ok(key) }
}

fn target(key: &ApiKey) -> Target {
    Target { kind: "api_key", id: key.key_id.clone(), label: key.client_id.clone() }
}
