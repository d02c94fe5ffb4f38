//! Who sees which keys, and who manages them. Pure.

use crate::access::{Actor, Grant, Permission, Refused, ResourcePath, Who};

use super::ApiKey;

/// The keys that an actor sees who does not see all of them: those that hold a role on one of these resources or below, and
/// those that hold nothing and were created by the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visible {
    pub places: Vec<ResourcePath>,
    pub creator: Who,
}

impl Visible {
    /// What this actor sees; nothing where that is every key of the organization. To manage keys is to see them.
    pub fn to(actor: &Actor) -> Option<Self> {
        let places = actor.places(&[Permission::ReadApiKeys, Permission::ManageApiKeys]);
        (!places.contains(&actor.root)).then_some(Self { places, creator: actor.who })
    }
}

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
