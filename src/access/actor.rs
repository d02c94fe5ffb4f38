//! Who acts: a user, an API key, the shell, or Keystead itself; in which tenant, with which grants.

use std::fmt;

use super::giving::{CannotGive, Missing};
use super::grant::{self, Grant};
use super::permission::Permission;
use super::permission_set::PermissionSet;
use super::resource_path::ResourcePath;

/// The tenant that a request may touch. Comes from a session row, a credential row or the shell's own argument, never
/// from what a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TenantScope(i64);

impl TenantScope {
    /// What concerns the installation and no tenant.
    pub const INSTALLATION: Self = Self(0);

    /// From a row that was found by a session or a credential, or a tenant that was just made.
    pub const fn from_row(tenant_id: i64) -> Self {
        Self(tenant_id)
    }

    /// The tenant's database id.
    pub const fn id(self) -> i64 {
        self.0
    }
}

/// What kind of actor, and its database id where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A signed-in person.
    User(i64),
    /// A system with an API key.
    ApiKey(i64),
    /// The operating-system account that runs `keystead`; holds everything in the tenant it names.
    Shell,
    /// Keystead itself: expiry, retirement, set-up.
    System,
}

impl Who {
    /// The word that is stored.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ApiKey(_) => "api_key",
            Self::Shell => "shell",
            Self::System => "system",
        }
    }

    /// The actor that was stored by its word and its database id.
    pub fn of_stored(kind: &str, id: Option<i64>) -> Option<Self> {
        match (kind, id) {
            ("user", Some(id)) => Some(Self::User(id)),
            ("api_key", Some(id)) => Some(Self::ApiKey(id)),
            ("shell", _) => Some(Self::Shell),
            ("system", _) => Some(Self::System),
            _ => None,
        }
    }

    /// The database id, if any.
    pub const fn id(self) -> Option<i64> {
        match self {
            Self::User(id) | Self::ApiKey(id) => Some(id),
            Self::Shell | Self::System => None,
        }
    }
}

/// Somebody who acts in a tenant.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Which kind.
    pub who: Who,
    /// How they are called in lists and in the audit log: an e-mail address, a client id.
    pub label: String,
    /// The tenant they act in.
    pub tenant: TenantScope,
    /// The tenant's root resource.
    pub root: ResourcePath,
    /// What they hold.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// Keystead itself, outside of any tenant: for what concerns the installation.
    pub fn installation(label: &str) -> Self {
        Self {
            who: Who::System,
            label: label.to_owned(),
            tenant: TenantScope::INSTALLATION,
            root: ResourcePath::root("-"),
            grants: Vec::new(),
        }
    }

    /// Whether the actor holds the permission on the resource.
    pub fn may(&self, permission: Permission, resource: &ResourcePath) -> bool {
        match self.who {
            Who::Shell | Who::System => self.root.covers(resource),
            Who::User(_) | Who::ApiKey(_) => grant::hold(&self.grants, permission, resource),
        }
    }

    /// The first line of every verb.
    ///
    /// # Errors
    /// [`Refused`] when the actor does not hold the permission there.
    pub fn require(&self, permission: Permission, resource: &ResourcePath) -> Result<(), Refused> {
        if self.may(permission, resource) { Ok(()) } else { Err(Refused { permission, resource: resource.clone() }) }
    }

    /// Whether the actor holds the permission as widely as it has to be held to open a page: anywhere at all where it
    /// counts for each resource by itself, on the whole organization where it does not.
    pub fn may_open(&self, permission: Permission) -> bool {
        match self.who {
            Who::User(_) | Who::ApiKey(_) if permission.counts_beneath_the_root() => {
                self.grants.iter().any(|grant| grant.permissions.portal.contains(permission))
            }
            _ => self.may(permission, &self.root),
        }
    }

    /// The highest resources on which the actor holds one of these permissions, none of them below another one.
    pub fn places(&self, any_of: &[Permission]) -> Vec<ResourcePath> {
        if any_of.iter().any(|permission| self.may(*permission, &self.root)) {
            return vec![self.root.clone()];
        }
        let holds = |grant: &&Grant| any_of.iter().any(|permission| grant.permissions.portal.contains(*permission));
        let holding = self.grants.iter().filter(holds);
        let mut places: Vec<&ResourcePath> = holding.map(|grant| &grant.resource).collect();
        // What is above comes first.
        places.sort_unstable_by_key(|place| place.as_str().len());
        let mut highest: Vec<ResourcePath> = Vec::new();
        for place in places {
            if !highest.iter().any(|other| other.covers(place)) {
                highest.push(place.clone());
            }
        }
        highest
    }

    /// The first line of a verb on what belongs to no resource, or to several.
    ///
    /// # Errors
    /// [`Refused`] when [`Actor::may_open`] says no.
    pub fn require_to_open(&self, permission: Permission) -> Result<(), Refused> {
        if self.may_open(permission) { Ok(()) } else { Err(Refused { permission, resource: self.root.clone() }) }
    }

    /// Whether this role on this resource is the actor's to give: the one meaning of "hold" behind every rule about giving. A
    /// portal permission is given by whoever holds it there; an application permission, and a role without any, by whoever
    /// manages API keys there.
    ///
    /// # Errors
    /// The first thing that is missing.
    pub fn require_to_give(&self, grant: &Grant) -> Result<(), CannotGive> {
        self.missing_to_give(grant, &grant.resource).map_or(Ok(()), |missing| {
            let (slug, role, resource) = (grant.role.clone(), grant.role_name.clone(), grant.resource.clone());
            Err(CannotGive { slug, role, resource, missing })
        })
    }

    /// [`Actor::require_to_give`] to a user: a role that is marked for it is given by whoever manages users, too.
    ///
    /// # Errors
    /// The first thing that is missing.
    pub fn require_to_give_user(&self, grant: &Grant) -> Result<(), CannotGive> {
        if self.has_the_door(grant) { Ok(()) } else { self.require_to_give(grant) }
    }

    /// [`Actor::require_to_give`] to an API key: a key holds roles where the actor manages API keys, so that the actor manages
    /// this one, too.
    ///
    /// # Errors
    /// The first thing that is missing.
    pub fn require_to_give_key(&self, grant: &Grant) -> Result<(), CannotGive> {
        self.require_to_give(grant)?;
        if self.may(Permission::ManageApiKeys, &grant.resource) {
            return Ok(());
        }
        let (slug, role, resource) = (grant.role.clone(), grant.role_name.clone(), grant.resource.clone());
        Err(CannotGive { slug, role, resource, missing: Missing::Key })
    }

    fn has_the_door(&self, grant: &Grant) -> bool {
        grant.assignable && self.root.covers(&grant.resource) && self.may(Permission::ManageUsers, &self.root)
    }

    fn missing_to_give(&self, grant: &Grant, place: &ResourcePath) -> Option<Missing> {
        let (permissions, held) = (&grant.permissions, self.held_on(place));
        if let Some(lacking) = permissions.portal.without(held).iter().next() {
            return Some(Missing::Portal(lacking));
        }
        let by_key_managers = match permissions.application.first() {
            Some(first) => Missing::Application(first.clone()),
            None if permissions.portal.is_empty() => Missing::Empty,
            None => return None,
        };
        (!held.contains(Permission::ManageApiKeys)).then_some(by_key_managers)
    }

    /// Every portal permission that the actor holds on the resource: what [`Actor::may`] says of each.
    fn held_on(&self, resource: &ResourcePath) -> PermissionSet {
        match self.who {
            Who::Shell | Who::System if self.root.covers(resource) => Permission::ALL.into_iter().collect(),
            Who::Shell | Who::System => PermissionSet::default(),
            Who::User(_) | Who::ApiKey(_) => grant::held(&self.grants, resource),
        }
    }

    /// Whether the role is the actor's to give on the whole organization, or on any resource on which they hold something.
    pub fn may_give_somewhere(&self, grant: &Grant) -> bool {
        let mut places = std::iter::once(&self.root).chain(self.grants.iter().map(|held| &held.resource));
        places.any(|place| self.missing_to_give(grant, place).is_none())
    }

    /// [`Actor::may_give_somewhere`], to a user.
    pub fn may_give_user_somewhere(&self, grant: &Grant) -> bool {
        self.has_the_door(grant) || self.may_give_somewhere(grant)
    }

    /// Whether all of these are the actor's to give.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn require_to_give_all<'a>(&self, grants: impl IntoIterator<Item = &'a Grant>) -> Result<(), CannotGive> {
        grants.into_iter().try_for_each(|grant| self.require_to_give(grant))
    }

    /// Whether all of these are the actor's to give to a user: then a user who holds them holds no more than the actor.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn require_to_give_user_all<'a>(&self, grants: impl IntoIterator<Item = &'a Grant>) -> Result<(), CannotGive> {
        grants.into_iter().try_for_each(|grant| self.require_to_give_user(grant))
    }
}

/// The actor lacks this permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What is missing.
    pub permission: Permission,
    /// Where it is missing.
    pub resource: ResourcePath,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the permission {} on {} is missing", self.permission, self.resource)
    }
}

impl std::error::Error for Refused {}
