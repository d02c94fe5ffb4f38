//! A role: a named set of permissions, built in or the tenant's own.

use crate::access::{Actor, BuiltIn, Grant, Permission, ResourcePath, RoleSet};

/// A role of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The database id.
    pub id: i64,
    /// Its name in addresses, tokens and headers; never changed.
    pub slug: String,
    /// Its name on screen.
    pub name: String,
    /// One sentence for those who choose it.
    pub description: String,
    /// Which one it is, where it is built in: then it cannot be changed.
    pub built_in: Option<BuiltIn>,
    /// Whether whoever manages users may give it without holding what it contains.
    pub assignable: bool,
    /// What it contains.
    pub permissions: RoleSet,
    /// Counts its changes.
    pub version: i64,
}

impl Role {
    /// What holding it on this resource means.
    pub fn on(&self, resource: &ResourcePath) -> Grant {
        Grant {
            role: self.slug.clone(),
            role_name: self.name.clone(),
            resource: resource.clone(),
            permissions: self.permissions.clone(),
            assignable: self.assignable,
        }
    }

    /// The first permission of the portal that it contains and the actor does not hold on the whole organization. Whoever
    /// shapes a role holds everything in it.
    pub fn beyond(&self, actor: &Actor) -> Option<Permission> {
        self.permissions.portal.iter().find(|permission| !actor.may(*permission, &actor.root))
    }
}

/// Who holds a role, each once whatever they hold it on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// Users, by e-mail address.
    pub users: Vec<Holding>,
    /// API keys, by client id.
    pub api_keys: Vec<Holding>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The e-mail address or the client id.
    pub label: String,
    /// The id in the holder's address.
    pub public_id: String,
}

/// How many hold a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: usize,
    /// API keys.
    pub api_keys: usize,
}
