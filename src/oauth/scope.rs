//! Scopes are the application permissions of a key (RFC 6749, section 3.3).

use std::collections::BTreeSet;

use crate::access::Grant;
use crate::access::permission::ApplicationPermission;
use crate::web::Error;

use super::error::refuse;

/// What a token may say: everything the key holds, or the part that was asked for.
///
/// # Errors
/// `invalid_scope` for a text that is no scope, and for one that the key does not hold.
pub fn granted(grants: &[Grant], asked: Option<&str>) -> Result<BTreeSet<String>, Error> {
    let held: BTreeSet<&ApplicationPermission> =
        grants.iter().flat_map(|grant| &grant.permissions.application).collect();
    let Some(asked) = asked else { return Ok(held.into_iter().map(|held| held.as_str().to_owned()).collect()) };
    let word =
        |scope: &str| !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    let scopes: BTreeSet<&str> = asked.split(' ').collect();
    if !scopes.iter().all(|scope| word(scope)) {
        return Err(refuse("invalid_scope", "scope is a list of words, separated by single spaces."));
    }
    let is_held = |scope: &str| {
        scope.parse::<ApplicationPermission>().is_ok_and(|asked| held.iter().any(|held| held.covers(&asked)))
    };
    if !scopes.iter().all(|scope| is_held(scope)) {
        return Err(refuse("invalid_scope", "The key does not hold a permission that is asked for."));
    }
    Ok(scopes.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{ResourcePath, RoleSet};

    fn grants(permissions: &[&str]) -> Vec<Grant> {
        let application = permissions.iter().map(|permission| permission.parse().unwrap()).collect();
        let permissions = RoleSet { application, ..RoleSet::default() };
        vec![Grant {
            role: "sender".into(),
            role_name: "Sender".into(),
            resource: ResourcePath::root("acme"),
            permissions,
            assignable: false,
        }]
    }

    #[test]
    fn rfc_6749_3_3_nothing_asked_is_everything_held_and_more_than_held_is_refused() {
        let held = grants(&["orders:*", "invoices:read"]);
        assert_eq!(granted(&held, None).unwrap().into_iter().collect::<Vec<_>>(), ["invoices:read", "orders:*"]);
        assert_eq!(granted(&held, Some("orders:write")).unwrap().into_iter().collect::<Vec<_>>(), ["orders:write"]);
        for bad in ["invoices:write", "a\"b", " ", "orders:write  invoices:read", "api_keys:read"] {
            assert!(granted(&held, Some(bad)).is_err(), "{bad:?}");
        }
        assert!(granted(&[], None).unwrap().is_empty());
    }
}
