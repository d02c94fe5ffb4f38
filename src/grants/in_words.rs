//! What grants let their holder do, in words.

use crate::access::{Grant, ResourcePath};

use super::form::beneath;

/// What one grant lets its holder do at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MayDo {
    /// Where: `Sales / Orders and everything beneath it`.
    pub place: String,
    /// The role's name.
    pub role: String,
    /// What: `read invoices and see API keys`. Empty where the role contains nothing.
    pub words: String,
    /// The same as systems read it: `invoices:read`.
    pub permissions: Vec<String>,
}

impl MayDo {
    /// What this grant gives.
    pub fn of(root: &ResourcePath, grant: &Grant) -> Self {
        let place = match grant.resource == *root {
            true => "the whole organization".to_owned(),
            false => format!("{} and everything beneath it", beneath(root, &grant.resource)),
        };
        let (own, portal) = (&grant.permissions.application, &grant.permissions.portal);
        let words: Vec<String> = own
            .iter()
            .map(|own| application(own.as_str()))
            .chain(portal.iter().map(|portal| portal.in_words().to_owned()))
            .collect();
        let permissions = own.iter().map(ToString::to_string).chain(portal.iter().map(|portal| portal.to_string()));
        Self { place, role: grant.role_name.clone(), words: listed(&words), permissions: permissions.collect() }
    }
}

/// `invoices:read` as `read invoices`. The words are the organization's own; this only puts them in their order.
fn application(permission: &str) -> String {
    let plain = |word: &str| word.replace(['_', '-'], " ");
    match permission.split_once(':') {
        Some(("*", "*")) => "do everything in your applications".to_owned(),
        Some((noun, "*")) => format!("do everything with {}", plain(noun)),
        Some(("*", verb)) => format!("{} everything", plain(verb)),
        Some((noun, verb)) => format!("{} {}", plain(verb), plain(noun)),
        None => permission.to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Permission, RoleSet};

    #[test]
    fn a_grant_says_where_and_what() {
        let root = ResourcePath::root("acme");
        let mut permissions = RoleSet::default();
        for own in ["invoices:read", "line_items:write", "reports:*"] {
            permissions.application.insert(own.parse().unwrap());
        }
        permissions.portal.insert(Permission::ReadApiKeys);
        let resource: ResourcePath = "organization=acme:namespace=sales:application=orders".parse().unwrap();
        let grant = Grant { role: "x".into(), role_name: "X".into(), resource, permissions, assignable: false };
        let may = MayDo::of(&root, &grant);
        assert_eq!(may.place, "namespace=sales / application=orders and everything beneath it");
        assert_eq!(may.words, "read invoices, write line items, do everything with reports and see API keys");
        assert_eq!(may.permissions, ["invoices:read", "line_items:write", "reports:*", "api_keys:read"]);
        let empty = MayDo::of(&root, &Grant { resource: root.clone(), permissions: RoleSet::default(), ..grant });
        assert_eq!((empty.place.as_str(), empty.words.as_str()), ("the whole organization", ""));
    }
}
