//! What a gateway wants to know of a key: whether it may do this, there.

use crate::access::permission::ApplicationPermission;
use crate::access::{Grant, Permission, ResourcePath, grant};

/// A permission and a resource, as far as they are asked for.
#[derive(Debug, Clone, Default)]
pub struct Question {
    permission: Option<AnyPermission>,
    resource: Option<ResourcePath>,
}

#[derive(Debug, Clone)]
enum AnyPermission {
    Portal(Permission),
    Application(ApplicationPermission),
}

impl Question {
    /// Reads both.
    ///
    /// # Errors
    /// What is wrong, in words that begin with the parameter's name.
    pub fn parse(permission: Option<&str>, resource: Option<&str>) -> Result<Self, &'static str> {
        let permission = permission.map(any_permission).transpose()?;
        let resource = resource.map(str::parse).transpose();
        let resource =
            resource.map_err(|_| "resource is not a path such as organization=acme:application=invoices.")?;
        Ok(Self { permission, resource })
    }

    /// Whether the grants hold the permission there; without a resource, on the root. Nothing asked is held by everybody.
    pub fn is_held_by(&self, grants: &[Grant], root: &ResourcePath) -> bool {
        let resource = self.resource.as_ref().unwrap_or(root);
        match &self.permission {
            None => true,
            Some(AnyPermission::Portal(permission)) => grant::hold(grants, *permission, resource),
            Some(AnyPermission::Application(permission)) => grant::hold_application(grants, permission, resource),
        }
    }

    /// The grants that count where it is asked: on the resource, and without one on the root.
    pub fn there<'a>(&self, grants: &'a [Grant], root: &ResourcePath) -> Vec<&'a Grant> {
        let resource = self.resource.as_ref().unwrap_or(root);
        grants.iter().filter(|grant| grant.resource.covers(resource)).collect()
    }

    /// The permission as it was asked for.
    pub fn permission(&self) -> Option<&str> {
        self.permission.as_ref().map(|permission| match permission {
            AnyPermission::Portal(permission) => permission.as_str(),
            AnyPermission::Application(permission) => permission.as_str(),
        })
    }
}

fn any_permission(text: &str) -> Result<AnyPermission, &'static str> {
    if let Ok(portal) = text.parse() {
        return Ok(AnyPermission::Portal(portal));
    }
    match text.parse() {
        Ok(own) if !text.ends_with('*') => Ok(AnyPermission::Application(own)),
        _ => Err("permission is not one such as invoices:read."),
    }
}
