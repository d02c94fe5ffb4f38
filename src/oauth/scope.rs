//! Scopes are the application permissions of a key (RFC 6749, section 3.3).

use std::collections::BTreeSet;

use crate::access::permission::ApplicationPermission;
use crate::access::{Grant, PermissionSet};
use crate::web::Error;

use super::error::refuse;

/// What a token may do: everything that its key holds, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    words: BTreeSet<ApplicationPermission>,
    is_narrowed: bool,
}

impl Scope {
    /// Everything that the key holds, or the part that was asked for.
    ///
    /// # Errors
    /// `invalid_scope` for a text that is no scope, and for one that the key does not hold.
    pub fn granted(grants: &[Grant], asked: Option<&str>) -> Result<Self, Error> {
        let held: BTreeSet<ApplicationPermission> =
            grants.iter().flat_map(|grant| &grant.permissions.application).cloned().collect();
        let Some(asked) = asked else { return Ok(Self { words: held, is_narrowed: false }) };
        let letters =
            |word: &str| !word.is_empty() && word.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        if !asked.split(' ').all(letters) {
            return Err(refuse("invalid_scope", "scope is a list of words, separated by single spaces."));
        }
        let is_held = |word: &ApplicationPermission| held.iter().any(|held| held.covers(word));
        let words: Option<BTreeSet<ApplicationPermission>> =
            asked.split(' ').map(|word| word.parse().ok().filter(is_held)).collect();
        let words =
            words.ok_or_else(|| refuse("invalid_scope", "The key does not hold a permission that is asked for."))?;
        // Also where all is asked for: a scope has no portal permissions, and what the key is given later was not asked for.
        Ok(Self { words, is_narrowed: true })
    }

    /// What a token of ours says of its scope.
    pub fn of_token(text: &str, is_narrowed: bool) -> Self {
        Self { words: text.split(' ').filter_map(|word| word.parse().ok()).collect(), is_narrowed }
    }

    /// Whether the token may do less than its key.
    pub const fn is_narrowed(&self) -> bool {
        self.is_narrowed
    }

    /// What of these grants is in the scope. A scope has no portal permissions, so a narrowed token has none either, and no role
    /// of which nothing is left.
    pub fn narrow(&self, grants: Vec<Grant>) -> Vec<Grant> {
        if !self.is_narrowed {
            return grants;
        }
        let narrowed = |mut grant: Grant| {
            let held = &grant.permissions.application;
            let shared = self.words.iter().flat_map(|word| held.iter().filter_map(|held| both(word, held)));
            grant.permissions.application = shared.cloned().collect();
            grant.permissions.portal = PermissionSet::default();
            grant
        };
        grants.into_iter().map(narrowed).filter(|grant| !grant.permissions.application.is_empty()).collect()
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words.iter().map(ApplicationPermission::as_str).collect::<Vec<_>>().join(" "))
    }
}

/// What two permissions have in common: the narrower one, if one covers the other.
fn both<'a>(one: &'a ApplicationPermission, other: &'a ApplicationPermission) -> Option<&'a ApplicationPermission> {
    if other.covers(one) {
        Some(one)
    } else if one.covers(other) {
        Some(other)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{BuiltIn, ResourcePath};
    use crate::base::seeded::{STORIES, Seeded};

    fn grants(permissions: &[&str]) -> Vec<Grant> {
        let mut held = BuiltIn::Ops.permissions();
        held.application = permissions.iter().map(|permission| permission.parse().unwrap()).collect();
        vec![Grant {
            role: "sender".into(),
            role_name: "Sender".into(),
            resource: ResourcePath::root("acme"),
            permissions: held,
            assignable: false,
        }]
    }

    #[test]
    fn rfc_6749_3_3_nothing_asked_is_everything_held_and_more_than_held_is_refused() {
        let held = grants(&["orders:*", "invoices:read"]);
        let granted = |asked| Scope::granted(&held, asked).map(|scope| (scope.to_string(), scope.is_narrowed()));
        assert_eq!(granted(None).unwrap(), ("invoices:read orders:*".into(), false));
        assert_eq!(granted(Some("orders:* invoices:read")).unwrap(), ("invoices:read orders:*".into(), true));
        assert_eq!(granted(Some("orders:write")).unwrap(), ("orders:write".into(), true));
        for bad in ["invoices:write", "a\"b", " ", "orders:write  invoices:read", "api_keys:read"] {
            assert!(granted(Some(bad)).is_err(), "{bad:?}");
        }
        assert_eq!(Scope::granted(&[], None).unwrap().to_string(), "");
    }

    #[test]
    fn a_narrowed_token_may_do_what_both_it_and_its_key_may() {
        let narrow = |scope: &str, held: &[&str]| -> Vec<String> {
            let narrowed = Scope::of_token(scope, true).narrow(grants(held));
            assert!(narrowed.iter().all(|grant| grant.permissions.portal.is_empty()));
            let left = narrowed.iter().flat_map(|grant| &grant.permissions.application);
            left.map(ToString::to_string).collect()
        };
        assert_eq!(narrow("orders:write", &["orders:*", "invoices:read"]), ["orders:write"]);
        assert_eq!(narrow("orders:*", &["orders:read"]), ["orders:read"], "the role was made smaller");
        assert!(Scope::of_token("orders:write", true).narrow(grants(&["orders:read"])).is_empty(), "no role is left");
        assert!(Scope::of_token("", true).narrow(grants(&["orders:read"])).is_empty());
        let whole = Scope::of_token("orders:write", false).narrow(grants(&["orders:*"]));
        assert_eq!(whole, grants(&["orders:*"]), "what was not narrowed follows the key");
    }

    #[test]
    fn rfc_6749_3_3_what_is_printed_is_read_and_asked_for_again_it_is_granted() {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789_-.";
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            // No noun of the portal's begins with an x.
            let word = |_| match chance.below(4) {
                0 => format!("x{}:*", chance.word(20, LETTERS)),
                _ => format!("x{}:{}", chance.word(20, LETTERS), chance.word(20, LETTERS)),
            };
            let words: Vec<String> = (0..=chance.below(6)).map(word).collect();
            let held = grants(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let whole = Scope::granted(&held, None).unwrap();
            assert_eq!(Scope::of_token(&whole.to_string(), false), whole);
            let asked = Scope::granted(&held, Some(&whole.to_string())).unwrap();
            assert_eq!((&asked.words, asked.is_narrowed), (&whole.words, true));
            let part = Scope::granted(&held, Some(chance.one(&words).as_str())).unwrap();
            assert_eq!(Scope::of_token(&part.to_string(), part.is_narrowed()), part);
            // Whatever is asked, no more is granted than is held.
            let any = chance.text(20);
            if let Ok(granted) = Scope::granted(&held, Some(&any)) {
                assert!(granted.words.iter().all(|word| whole.words.iter().any(|held| held.covers(word))), "{any:?}");
            }
        }
    }
}
