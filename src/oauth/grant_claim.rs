//! A grant as tokens and answers say it.

use serde::Serialize;

use crate::access::Grant;
use crate::access::permission::ApplicationPermission;

/// `{"resource", "role", "permissions"}`, with the application permissions alone: those of the portal are no business of an API.
#[derive(Debug, Serialize)]
pub struct GrantClaim<'a> {
    resource: &'a str,
    role: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<&'a str>>,
}

impl<'a> GrantClaim<'a> {
    /// All of it.
    pub fn full(grant: &'a Grant) -> Self {
        let permissions = grant.permissions.application.iter().map(ApplicationPermission::as_str).collect();
        Self { permissions: Some(permissions), ..Self::without_permissions(grant) }
    }

    /// The role alone, where there is no room for what it contains.
    pub fn without_permissions(grant: &'a Grant) -> Self {
        Self { resource: grant.resource.as_str(), role: &grant.role, permissions: None }
    }
}
