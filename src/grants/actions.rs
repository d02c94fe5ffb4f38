//! The one verb on grants: what a holder shall hold from now on. The same for users and for API keys.

use std::fmt;

use serde_json::json;

use crate::access::{Act, CannotGive, Grant, ResourcePath};
use crate::audit::{self, Action, Event, Target};
use crate::db::{self, Tx};

use super::store::{self, Holder, Stored};

/// A role that somebody shall hold on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The role's slug.
    pub role: String,
    /// The resource's path.
    pub resource: ResourcePath,
}

/// What became different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// What was given.
    pub given: Vec<Grant>,
    /// What was taken away.
    pub taken: Vec<Grant>,
}

impl Changed {
    /// Whether everything is as it was.
    pub fn is_nothing(&self) -> bool {
        self.given.is_empty() && self.taken.is_empty()
    }
}

/// Why a holder's grants stay as they are.
#[derive(Debug)]
pub enum GrantsError {
    /// The database refused.
    Db(db::Error),
    /// The actor may not give one of them.
    CannotGive(CannotGive),
    /// The tenant has no role with this slug.
    NoSuchRole(String),
    /// The tenant has no resource at this path.
    NoSuchResource(ResourcePath),
}

impl From<db::Error> for GrantsError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl fmt::Display for GrantsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::CannotGive(cannot) => cannot.fmt(f),
            Self::NoSuchRole(slug) => write!(f, "There is no role “{slug}”."),
            Self::NoSuchResource(path) => write!(f, "There is no resource “{path}”."),
        }
    }
}

impl std::error::Error for GrantsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Makes the holder hold exactly what is wanted. Only what is added has to be the actor's to give: whoever may change the
/// holder at all may take away. The caller asks for that, and holds the tenant's lock.
///
/// # Errors
/// [`GrantsError::CannotGive`] for the first addition that is not the actor's to give; nothing is changed then.
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    holder: Holder,
    target: &Target,
    wanted: &[Wanted],
) -> Result<Changed, GrantsError> {
    let tenant = act.actor.tenant;
    let held = store::stored(tx, tenant, holder)?;
    let is_wanted =
        |old: &Stored| wanted.iter().any(|new| *new.role == old.grant.role && new.resource == old.grant.resource);
    let is_held =
        |new: &Wanted| held.iter().any(|old| *new.role == old.grant.role && new.resource == old.grant.resource);
    let new: Vec<&Wanted> = wanted.iter().filter(|new| !is_held(new)).collect();
    let added = store::resolve(tx, tenant, &new)?;
    for new in &added {
        match holder {
            Holder::User(_) => act.actor.require_to_give_user(&new.grant),
            Holder::ApiKey(_) => act.actor.require_to_give_key(&new.grant),
        }
        .map_err(GrantsError::CannotGive)?;
    }
    let mut changed = Changed::default();
    for old in held.into_iter().filter(|old| !is_wanted(old)) {
        store::remove(tx, tenant, holder, &old)?;
        changed.taken.push(old.grant);
    }
    for new in added {
        store::insert(tx, tenant, holder, new.role_id, new.resource_id, &act.actor.label, act.now)?;
        changed.given.push(new.grant);
    }
    if let (Holder::ApiKey(id), false) = (holder, changed.taken.is_empty()) {
        store::raise_token_version(tx, tenant, id)?;
    }
    let words = |grant: &Grant| json!({ "role": grant.role, "resource": grant.resource.as_str() });
    for grant in &changed.taken {
        audit::record(tx, act, Event::about(Action::GrantDeleted, target).before(words(grant)))?;
    }
    for grant in &changed.given {
        audit::record(tx, act, Event::about(Action::GrantCreated, target).after(words(grant)))?;
    }
    Ok(changed)
}
