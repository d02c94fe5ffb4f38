//! What a role contains: portal permissions and application permissions, kept apart.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::permission::{ApplicationPermission, Permission};
use super::permission_set::PermissionSet;

/// The permissions of one role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleSet {
    /// The portal's.
    pub portal: PermissionSet,
    /// The tenant's own.
    pub application: BTreeSet<ApplicationPermission>,
}

impl RoleSet {
    /// How many permissions there are.
    pub fn len(&self) -> usize {
        self.portal.len() + self.application.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is here and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self {
            portal: self.portal.without(other.portal),
            application: self.application.difference(&other.application).cloned().collect(),
        }
    }

    /// The words of all of them, the portal's first.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let portal = self.portal.iter().map(|permission| permission.as_str());
        portal.chain(self.application.iter().map(ApplicationPermission::as_str))
    }
}

/// A role that exists in every tenant; its permissions are defined here, not in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// Everything.
    Admin,
    /// Keys and resources.
    Ops,
    /// Sees keys.
    Developer,
    /// Sees keys, introspects tokens.
    Ci,
    /// Reads everything.
    Auditor,
    /// Keys alone.
    ManageApiCredentials,
    /// Users alone.
    ManageUsers,
    /// The own account alone.
    Member,
}

impl BuiltIn {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 8] = [
        Self::Admin,
        Self::Ops,
        Self::Developer,
        Self::Ci,
        Self::Auditor,
        Self::ManageApiCredentials,
        Self::ManageUsers,
        Self::Member,
    ];

    /// The slug, which is also what the database keeps.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Ops => "ops",
            Self::Developer => "developer",
            Self::Ci => "ci",
            Self::Auditor => "auditor",
            Self::ManageApiCredentials => "manage-api-credentials",
            Self::ManageUsers => "manage-users",
            Self::Member => "member",
        }
    }

    /// The name on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Ops => "Ops",
            Self::Developer => "Developer",
            Self::Ci => "CI",
            Self::Auditor => "Auditor",
            Self::ManageApiCredentials => "Manage API credentials",
            Self::ManageUsers => "Manage users",
            Self::Member => "Member",
        }
    }

    /// One sentence for those who choose a role.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Admin => "Everything in this organization.",
            Self::Ops => "Manages API keys and resources, reads the audit log.",
            Self::Developer => "Sees API keys.",
            Self::Ci => "Sees API keys and introspects tokens.",
            Self::Auditor => "Sees API keys, users and the audit log; changes nothing.",
            Self::ManageApiCredentials => "Creates, changes and deletes API keys.",
            Self::ManageUsers => "Invites, changes and removes users.",
            Self::Member => "Signs in and sees the own account.",
        }
    }

    /// Whether whoever manages users may give it without holding it.
    pub const fn assignable_by_user_managers(self) -> bool {
        matches!(self, Self::ManageApiCredentials | Self::Member)
    }

    /// What it contains.
    pub fn permissions(self) -> RoleSet {
        use Permission as P;
        let portal: &[P] = match self {
            Self::Admin => &P::ALL,
            Self::Ops => &[P::ReadApiKeys, P::ManageApiKeys, P::ManageResources, P::ReadAudit],
            Self::Developer => &[P::ReadApiKeys],
            Self::Ci => &[P::ReadApiKeys, P::IntrospectTokens],
            Self::Auditor => &[P::ReadApiKeys, P::ReadUsers, P::ReadAudit],
            Self::ManageApiCredentials => &[P::ReadApiKeys, P::ManageApiKeys],
            Self::ManageUsers => &[P::ReadUsers, P::ManageUsers],
            Self::Member => &[],
        };
        RoleSet { portal: portal.iter().copied().collect(), application: BTreeSet::new() }
    }

    /// The built-in roles that contain a permission.
    pub fn holding(permission: Permission) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |role| role.permissions().portal.contains(permission))
    }
}

/// The text is not the slug of a built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBuiltIn;

impl FromStr for BuiltIn {
    type Err = NotBuiltIn;

    fn from_str(slug: &str) -> Result<Self, NotBuiltIn> {
        Self::ALL.into_iter().find(|role| role.slug() == slug).ok_or(NotBuiltIn)
    }
}

impl fmt::Display for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managing_api_keys_is_for_admins_ops_and_credential_managers() {
        let names: Vec<_> = BuiltIn::holding(Permission::ManageApiKeys).map(BuiltIn::name).collect();
        assert_eq!(names, ["Admin", "Ops", "Manage API credentials"]);
    }

    #[test]
    fn a_slug_names_one_role() {
        for role in BuiltIn::ALL {
            assert_eq!(role.slug().parse(), Ok(role));
        }
    }
}
