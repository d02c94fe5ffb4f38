//! Who manages which key. Pure.

use crate::access::{Actor, Grant, Permission, Refused, Who};

use super::ApiKey;

/// Whether the actor manages a key that holds these grants. One that holds something is managed by actors who manage API keys
/// everywhere it does, one that holds nothing by its creator and by managers of the organization.
///
/// # Errors
/// [`Refused`] with the first resource on which the permission is missing.
pub(super) fn require_to_manage(actor: &Actor, key: &ApiKey, held: &[Grant]) -> Result<(), Refused> {
    let manage = Permission::ManageApiKeys;
    match held {
        [] if is_creator(actor, key) => actor.require_to_open(manage),
        [] => actor.require(manage, &actor.root),
        held => held.iter().try_for_each(|grant| actor.require(manage, &grant.resource)),
    }
}

fn is_creator(actor: &Actor, key: &ApiKey) -> bool {
    matches!(actor.who, Who::User(_) | Who::ApiKey(_)) && key.creator == Some(actor.who)
}
