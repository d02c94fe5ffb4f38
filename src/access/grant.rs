//! A grant: which role on which resource. Additive, inherited downwards; no grant, no access.

use super::permission::{ApplicationPermission, Permission};
use super::permission_set::PermissionSet;
use super::resource_path::ResourcePath;
use super::role_set::RoleSet;

/// A role that somebody holds on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role's slug, as tokens and headers carry it.
    pub role: String,
    /// The role's name on screen.
    pub role_name: String,
    /// The node it holds on, and everything beneath.
    pub resource: ResourcePath,
    /// What the role contains at this moment.
    pub permissions: RoleSet,
    /// Whether whoever manages users may give the role without holding what it contains.
    pub assignable: bool,
}

/// Whether the grants hold a portal permission on the resource. A wildcard never does.
pub fn hold(grants: &[Grant], permission: Permission, resource: &ResourcePath) -> bool {
    grants.iter().any(|grant| grant.permissions.portal.contains(permission) && grant.resource.covers(resource))
}

/// All portal permissions that the grants hold on the resource.
pub fn held(grants: &[Grant], resource: &ResourcePath) -> PermissionSet {
    let there = grants.iter().filter(|grant| grant.resource.covers(resource));
    there.fold(PermissionSet::default(), |held, grant| held.and(grant.permissions.portal))
}

/// Whether the grants hold an application permission on the resource.
pub fn hold_application(grants: &[Grant], permission: &ApplicationPermission, resource: &ResourcePath) -> bool {
    grants
        .iter()
        .filter(|grant| grant.resource.covers(resource))
        .any(|grant| grant.permissions.application.iter().any(|held| held.covers(permission)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::BuiltIn;

    fn grant(role: BuiltIn, resource: &str) -> Grant {
        Grant {
            role: role.slug().into(),
            role_name: role.name().into(),
            resource: resource.parse().unwrap(),
            permissions: role.permissions(),
            assignable: role.assignable_by_user_managers(),
        }
    }

    #[test]
    fn a_grant_holds_on_its_node_and_beneath_and_nowhere_else() {
        let grants = [grant(BuiltIn::Ops, "organization=acme:account=main")];
        let holds = |path: &str| hold(&grants, Permission::ManageApiKeys, &path.parse().unwrap());
        assert!(holds("organization=acme:account=main"));
        assert!(holds("organization=acme:account=main:application=x"));
        assert!(!holds("organization=acme"));
        assert!(!holds("organization=acme:account=other"));
    }

    #[test]
    fn no_grant_is_no_access_and_an_application_wildcard_is_no_portal_permission() {
        let root = ResourcePath::root("acme");
        assert!(!hold(&[], Permission::ReadApiKeys, &root));
        let mut own = grant(BuiltIn::Member, "organization=acme");
        own.permissions.application.insert("invoices:*".parse().unwrap());
        assert!(!hold(std::slice::from_ref(&own), Permission::ReadApiKeys, &root));
        assert!(hold_application(&[own], &"invoices:read".parse().unwrap(), &root));
    }
}
