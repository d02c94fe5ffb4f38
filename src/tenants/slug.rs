//! The tenant's name in addresses. Issuer and subject of tokens hang on it, so it is never changed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `[a-z][a-z0-9-]{1,62}`, and no word that an address begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

/// Why a text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugProblem {
    /// Nothing was given.
    Empty,
    /// Other characters, or too short, or too long.
    Malformed,
    /// The first segment of one of Keystead's own addresses, or kept for a later one.
    Reserved,
}

/// The first segments of all addresses, those that exist and those that will or may. A test holds them against the routes.
const RESERVED: [&str; 38] = [
    "account",
    "admin",
    "api",
    "api-keys",
    "app",
    "assets",
    "audit",
    "auth",
    "claim",
    "compat",
    "docs",
    "events",
    "gateway",
    "health",
    "healthz",
    "help",
    "invitations",
    "login",
    "logout",
    "metrics",
    "oauth",
    "oauth2",
    "oidc",
    "passkeys",
    "readyz",
    "resources",
    "roles",
    "saml",
    "scim",
    "settings",
    "setup",
    "sso",
    "static",
    "status",
    "support",
    "users",
    "webhooks",
    "www",
];

impl Slug {
    /// Checks the text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SlugProblem> {
        let first = text.bytes().next().ok_or(SlugProblem::Empty)?;
        let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !first.is_ascii_lowercase() || !(2..=63).contains(&text.len()) || !text.bytes().all(rest) {
            return Err(SlugProblem::Malformed);
        }
        if Self::is_reserved(text) { Err(SlugProblem::Reserved) } else { Ok(Self(text.to_owned())) }
    }

    /// Whether an address of Keystead's own begins with this word, now or later.
    pub fn is_reserved(word: &str) -> bool {
        RESERVED.contains(&word)
    }

    /// A slug proposed from the organization's name, as the page's script proposes it; may still be refused.
    pub fn propose(organization: &str) -> String {
        let letters = organization.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
        let mut slug = String::new();
        for letter in letters {
            match letter {
                'a'..='z' => slug.push(letter),
                '0'..='9' if !slug.is_empty() => slug.push(letter),
                'ß' => slug.push_str("ss"),
                _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
        }
        slug.truncate(63);
        slug.trim_end_matches('-').to_owned()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_and_begins_with_a_letter() {
        for good in ["ab", "acme", "a1", "acme-2", &"a".repeat(63)] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        assert_eq!(Slug::parse(""), Err(SlugProblem::Empty));
        for bad in ["a", "1acme", "-acme", "Acme", "acme_x", "acme.x", "ac me", "é1", &"a".repeat(64)] {
            assert_eq!(Slug::parse(bad), Err(SlugProblem::Malformed), "{bad}");
        }
        for reserved in ["login", "api", "oauth2", "www", "api-keys", "setup"] {
            assert_eq!(Slug::parse(reserved), Err(SlugProblem::Reserved), "{reserved}");
        }
    }

    #[test]
    fn a_slug_is_proposed_from_the_name() {
        assert_eq!(Slug::propose("Acme Works, Inc."), "acme-works-inc");
        assert_eq!(Slug::propose("  42 Müller & Söhne "), "muller-sohne");
        assert_eq!(Slug::propose("株式会社"), "");
    }
}
