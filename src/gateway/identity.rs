//! Whom a gateway is told that it has before it: the headers that it hands to the API behind it.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;

use crate::access::Grant;
use crate::access::permission::ApplicationPermission;

/// All headers together stay under this many bytes, as access tokens do: proxies have limits.
const LONGEST: usize = 4_096;

const TENANT: HeaderName = HeaderName::from_static("x-keystead-tenant");
const CLIENT_ID: HeaderName = HeaderName::from_static("x-keystead-client-id");
const KEY_ID: HeaderName = HeaderName::from_static("x-keystead-key-id");
const ROLES: HeaderName = HeaderName::from_static("x-keystead-roles");
const PERMISSIONS: HeaderName = HeaderName::from_static("x-keystead-permissions");
const OMITTED: HeaderName = HeaderName::from_static("x-keystead-grants-omitted");

/// A key that may pass.
#[derive(Debug)]
pub struct Identity {
    /// The tenant's slug.
    pub tenant: String,
    /// The key's client id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
    /// The slugs of the roles that count, sorted and separated by commas.
    roles: String,
    /// The application permissions that count, in the same way.
    permissions: String,
}

impl Identity {
    /// Of a key with the grants that count. A role stands for all that is in it, so whoever was narrowed to a part of theirs has
    /// none to show.
    pub fn new(tenant: String, client_id: String, key_id: String, grants: &[&Grant], is_narrowed: bool) -> Self {
        let roles = grants.iter().filter(|_| !is_narrowed).map(|grant| grant.role.as_str());
        let roles: BTreeSet<&str> = roles.collect();
        let permissions = grants.iter().flat_map(|grant| &grant.permissions.application);
        let permissions: BTreeSet<&str> = permissions.map(ApplicationPermission::as_str).collect();
        Self { tenant, client_id, key_id, roles: list(&roles), permissions: list(&permissions) }
    }

    /// The status that lets pass. Where the lists are too long, the permissions are left out, and then the roles, and a header says
    /// so. Those that are empty are there all the same, so that a gateway always has something to put in the place of what a
    /// client sent.
    pub fn answer(mut self, passed: StatusCode) -> HttpResponse {
        let length = |of: &Self| {
            let values = [&of.tenant, &of.client_id, &of.key_id, &of.roles, &of.permissions];
            // The names, and what is around them, are 180 bytes.
            values.iter().map(|value| value.len()).sum::<usize>() + 180
        };
        let is_too_long = length(&self) >= LONGEST;
        if is_too_long {
            self.permissions.clear();
        }
        if length(&self) >= LONGEST {
            self.roles.clear();
        }
        HttpResponse::build(passed)
            .insert_header((OMITTED, if is_too_long { "true" } else { "false" }))
            .insert_header((TENANT, self.tenant))
            .insert_header((CLIENT_ID, self.client_id))
            .insert_header((KEY_ID, self.key_id))
            .insert_header((ROLES, self.roles))
            .insert_header((PERMISSIONS, self.permissions))
            .finish()
    }
}

fn list(words: &BTreeSet<&str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(",")
}
