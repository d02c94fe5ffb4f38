//! Why somebody may not give a role. Whether they may is asked of the [`super::Actor`].

use std::fmt;

use super::permission::{ApplicationPermission, Permission};
use super::resource_path::ResourcePath;

/// What a giver would have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// This permission of the portal.
    Portal(Permission),
    /// Managing API keys, which is what gives permissions like this one.
    Application(ApplicationPermission),
    /// Managing API keys, which is what gives a role that contains nothing: it may contain something tomorrow, and gateways
    /// know it by its name today.
    Empty,
    /// Managing API keys, which is what gives roles to API keys.
    Key,
}

impl Missing {
    /// The portal's permission that the giver lacks.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Portal(permission) => *permission,
            Self::Application(_) | Self::Empty | Self::Key => Permission::ManageApiKeys,
        }
    }
}

/// The actor may not give this role on this resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannotGive {
    /// The role's slug.
    pub slug: String,
    /// The role's name.
    pub role: String,
    /// Where it would hold.
    pub resource: ResourcePath,
    /// What is missing.
    pub missing: Missing,
}

impl fmt::Display for CannotGive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, resource) = (&self.role, &self.resource);
        match &self.missing {
            Missing::Portal(permission) => {
                write!(f, "The role “{role}” contains {permission}, which you do not hold on {resource}.")
            }
            Missing::Application(permission) => {
                write!(
                    f,
                    "The role “{role}” contains {permission}, which is given by whoever manages API keys on {resource}."
                )
            }
            Missing::Key => write!(f, "Users who manage API keys on {resource} give API keys a role there."),
            Missing::Empty => write!(f, "The role “{role}” is given by whoever manages API keys on {resource}."),
        }
    }
}

impl std::error::Error for CannotGive {}

#[cfg(test)]
mod tests {
    use super::super::{Actor, BuiltIn, Grant, RoleSet, TenantScope, Who};
    use super::*;

    const ROOT: &str = "organization=acme";
    const BILLING: &str = "organization=acme:namespace=billing";
    const SALES: &str = "organization=acme:namespace=sales";

    fn built_in(role: BuiltIn, resource: &str) -> Grant {
        Grant {
            role: role.slug().into(),
            role_name: role.name().into(),
            resource: resource.parse().unwrap(),
            permissions: role.permissions(),
            assignable: role.assignable_by_user_managers(),
        }
    }

    fn own(permissions: &[&str], resource: &str) -> Grant {
        let mut set = RoleSet::default();
        for text in permissions {
            match text.parse::<Permission>() {
                Ok(portal) => drop(set.portal.insert(portal)),
                Err(_) => drop(set.application.insert(text.parse().unwrap())),
            }
        }
        Grant {
            role: "own".into(),
            role_name: "Own".into(),
            resource: resource.parse().unwrap(),
            permissions: set,
            assignable: false,
        }
    }

    fn holder(who: Who, grants: Vec<Grant>) -> Actor {
        let root = ROOT.parse().unwrap();
        Actor { who, label: "somebody".into(), tenant: TenantScope::from_row(1), root, grants }
    }

    fn user(role: BuiltIn, resource: &str) -> Actor {
        holder(Who::User(1), vec![built_in(role, resource)])
    }

    #[test]
    fn a_portal_permission_is_given_by_whoever_holds_it_there_or_above() {
        let ops = user(BuiltIn::Ops, BILLING);
        assert_eq!(ops.require_to_give(&built_in(BuiltIn::Ops, BILLING)), Ok(()));
        assert_eq!(ops.require_to_give(&built_in(BuiltIn::Developer, &format!("{BILLING}:application=x"))), Ok(()));
        for elsewhere in [SALES, ROOT] {
            let refused = ops.require_to_give(&built_in(BuiltIn::Developer, elsewhere)).unwrap_err();
            assert_eq!(refused.missing.permission(), Permission::ReadApiKeys);
            assert_eq!(refused.resource.as_str(), elsewhere);
        }
        let refused = ops.require_to_give(&own(&["api_keys:read", "users:read"], BILLING)).unwrap_err();
        assert_eq!(refused.missing, Missing::Portal(Permission::ReadUsers));
    }

    #[test]
    fn an_application_permission_is_given_by_whoever_manages_api_keys_there() {
        let manager = user(BuiltIn::ManageApiCredentials, BILLING);
        assert_eq!(manager.require_to_give(&own(&["invoices:write"], BILLING)), Ok(()));
        assert!(manager.require_to_give(&own(&["invoices:write"], SALES)).is_err());
        assert!(manager.require_to_give(&own(&["invoices:write", "audit:read"], BILLING)).is_err());
        // Holding it is not enough: whoever may send invoices does not hand that out.
        let sender = holder(Who::User(1), vec![own(&["invoices:write"], ROOT)]);
        assert!(sender.require_to_give(&own(&["invoices:write"], ROOT)).is_err());
        assert!(user(BuiltIn::ManageUsers, ROOT).require_to_give(&own(&["invoices:write"], ROOT)).is_err());
    }

    #[test]
    fn user_managers_give_the_roles_that_are_marked_for_it_and_no_other() {
        let manager = user(BuiltIn::ManageUsers, ROOT);
        for role in BuiltIn::ALL {
            let marked = matches!(role, BuiltIn::ManageApiCredentials | BuiltIn::Member | BuiltIn::ManageUsers);
            assert_eq!(manager.require_to_give_user(&built_in(role, BILLING)).is_ok(), marked, "{role}");
        }
        let member = user(BuiltIn::Member, ROOT);
        assert!(member.require_to_give_user(&built_in(BuiltIn::ManageApiCredentials, ROOT)).is_err());
        // The mark is about users: to a key they give what they hold. And it is about managing users, not a part of them.
        assert!(manager.require_to_give(&built_in(BuiltIn::ManageApiCredentials, BILLING)).is_err());
        let beneath = user(BuiltIn::ManageUsers, BILLING);
        assert!(beneath.require_to_give_user(&built_in(BuiltIn::ManageApiCredentials, BILLING)).is_err());
        assert!(manager.require_to_give_user(&built_in(BuiltIn::Member, "organization=globex")).is_err());
    }

    #[test]
    fn a_role_without_permissions_is_given_by_whoever_manages_api_keys_there() {
        let manager = user(BuiltIn::ManageApiCredentials, BILLING);
        assert_eq!(manager.require_to_give(&own(&[], BILLING)), Ok(()));
        for elsewhere in [SALES, ROOT] {
            assert_eq!(manager.require_to_give(&own(&[], elsewhere)).unwrap_err().missing, Missing::Empty);
        }
        assert!(user(BuiltIn::ManageUsers, ROOT).require_to_give_user(&own(&[], ROOT)).is_err());
        assert!(
            manager.may_give_somewhere(&own(&[], ROOT)) && !manager.may_give_somewhere(&own(&["audit:read"], ROOT))
        );
    }

    #[test]
    fn an_api_key_gives_what_it_holds_and_the_shell_everything_in_its_organization() {
        assert!(holder(Who::ApiKey(1), vec![]).require_to_give(&built_in(BuiltIn::Developer, ROOT)).is_err());
        let key = holder(Who::ApiKey(1), vec![built_in(BuiltIn::ManageApiCredentials, BILLING)]);
        assert_eq!(key.require_to_give(&built_in(BuiltIn::ManageApiCredentials, BILLING)), Ok(()));
        assert!(key.require_to_give(&built_in(BuiltIn::Ops, BILLING)).is_err());
        let shell = holder(Who::Shell, vec![]);
        assert_eq!(shell.require_to_give(&built_in(BuiltIn::Admin, ROOT)), Ok(()));
        assert!(shell.require_to_give(&built_in(BuiltIn::Admin, "organization=globex")).is_err());
    }

    #[test]
    fn pages_about_people_open_on_the_whole_organization_alone() {
        let beneath = user(BuiltIn::Admin, BILLING);
        for permission in Permission::ALL {
            assert_eq!(beneath.may_open(permission), permission.counts_beneath_the_root(), "{permission}");
            assert!(user(BuiltIn::Admin, ROOT).may_open(permission));
            assert!(!user(BuiltIn::Member, ROOT).may_open(permission));
        }
    }
}
