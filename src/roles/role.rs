//! A role: a named set of permissions, built in or the tenant's own.

use crate::access::{BuiltIn, Grant, ResourcePath, RoleSet};

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
}
