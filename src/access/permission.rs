//! Permissions: the portal's own, which are a closed set, and the tenant's, which are free words.

use std::fmt;
use std::str::FromStr;

/// What one may do in the portal. `noun:verb`, as in `api_keys:read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See API keys.
    ReadApiKeys,
    /// Create, change, delete API keys.
    ManageApiKeys,
    /// See users.
    ReadUsers,
    /// Invite, change, remove users.
    ManageUsers,
    /// Shape roles.
    ManageRoles,
    /// Shape the resource tree.
    ManageResources,
    /// Read the audit log.
    ReadAudit,
    /// Change the tenant's settings.
    ManageSettings,
    /// Ask whether a token is active.
    IntrospectTokens,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ReadApiKeys,
        Self::ManageApiKeys,
        Self::ReadUsers,
        Self::ManageUsers,
        Self::ManageRoles,
        Self::ManageResources,
        Self::ReadAudit,
        Self::ManageSettings,
        Self::IntrospectTokens,
    ];

    /// The word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadApiKeys => "api_keys:read",
            Self::ManageApiKeys => "api_keys:manage",
            Self::ReadUsers => "users:read",
            Self::ManageUsers => "users:manage",
            Self::ManageRoles => "roles:manage",
            Self::ManageResources => "resources:manage",
            Self::ReadAudit => "audit:read",
            Self::ManageSettings => "settings:manage",
            Self::IntrospectTokens => "tokens:introspect",
        }
    }

    /// Whether it counts on each resource by itself. What concerns people, roles and settings is held on the whole
    /// organization or not at all: there is nothing beneath the root that it could be about.
    pub const fn counts_beneath_the_root(self) -> bool {
        match self {
            Self::ReadApiKeys | Self::ManageApiKeys | Self::ManageResources | Self::IntrospectTokens => true,
            Self::ReadUsers | Self::ManageUsers | Self::ManageRoles | Self::ReadAudit | Self::ManageSettings => false,
        }
    }

    /// What the holder can do, in words: "You need a role that can …".
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::ReadApiKeys => "see API keys",
            Self::ManageApiKeys => "manage API keys",
            Self::ReadUsers => "see users",
            Self::ManageUsers => "manage users",
            Self::ManageRoles => "manage roles",
            Self::ManageResources => "manage resources",
            Self::ReadAudit => "read the audit log",
            Self::ManageSettings => "change the settings",
            Self::IntrospectTokens => "introspect tokens",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of the portal's permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPermission;

impl FromStr for Permission {
    type Err = NotAPermission;

    fn from_str(text: &str) -> Result<Self, NotAPermission> {
        Self::ALL.into_iter().find(|own| own.as_str() == text).ok_or(NotAPermission)
    }
}

/// Nouns that the portal does not use yet, and may want to: nobody else names a permission with them.
const KEPT_NOUNS: [&str; 8] =
    ["audit_events", "grants", "keystead", "organizations", "sessions", "signing_keys", "tenants", "webhooks"];

/// A permission of the tenant's own making: `noun:verb`, where the verb may be `*`. Never one of the portal's nouns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationPermission(String);

/// Why a text is no application permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnApplicationPermission {
    /// It is not `noun:verb` of lower-case letters, digits, dots, hyphens and underscores.
    Malformed,
    /// Its noun is one of the portal's, or kept for it.
    OfThePortal,
    /// Its noun is `*`.
    EveryNoun,
}

impl ApplicationPermission {
    /// The word itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether holding this one answers a question for `asked`.
    pub fn covers(&self, asked: &Self) -> bool {
        self == asked || self.0.strip_suffix('*').is_some_and(|noun| asked.0.starts_with(noun))
    }
}

impl fmt::Display for ApplicationPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ApplicationPermission {
    type Err = NotAnApplicationPermission;

    fn from_str(text: &str) -> Result<Self, NotAnApplicationPermission> {
        let (noun, verb) = text.split_once(':').ok_or(NotAnApplicationPermission::Malformed)?;
        let word = |part: &str| {
            !part.is_empty()
                && part.len() <= 64
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b))
        };
        let of_the_portal = KEPT_NOUNS.contains(&noun)
            || Permission::ALL.iter().any(|own| own.as_str().split(':').next() == Some(noun));
        if verb != "*" && !word(verb) {
            Err(NotAnApplicationPermission::Malformed)
        } else if noun == "*" {
            Err(NotAnApplicationPermission::EveryNoun)
        } else if of_the_portal {
            Err(NotAnApplicationPermission::OfThePortal)
        } else if word(noun) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnApplicationPermission::Malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portal_noun_or_a_star_is_no_application_permission() {
        use NotAnApplicationPermission::{EveryNoun, Malformed, OfThePortal};
        for (bad, why) in [
            ("api_keys:read", OfThePortal),
            ("users:*", OfThePortal),
            ("tokens:mint", OfThePortal),
            ("webhooks:*", OfThePortal),
            ("*:*", EveryNoun),
            ("*:read", EveryNoun),
            ("invoices", Malformed),
            ("invoices:", Malformed),
            (":read", Malformed),
            ("Invoices:read", Malformed),
            ("invoices:read:all", Malformed),
            ("invoices:re*", Malformed),
            ("in*:read", Malformed),
            ("a b:c", Malformed),
        ] {
            assert_eq!(bad.parse::<ApplicationPermission>(), Err(why), "{bad}");
        }
        assert!("invoices:read".parse::<ApplicationPermission>().is_ok());
    }

    #[test]
    fn a_star_covers_every_verb_of_its_noun_alone() {
        let all: ApplicationPermission = "invoices:*".parse().unwrap();
        assert!(all.covers(&"invoices:write".parse().unwrap()));
        assert!(!all.covers(&"invoices2:write".parse().unwrap()));
        let read: ApplicationPermission = "invoices:read".parse().unwrap();
        assert!(!read.covers(&"invoices:readall".parse().unwrap()));
    }
}
