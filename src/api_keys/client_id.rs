//! The API Client ID and the name of a key, as people choose them.

use super::problem::{ClientIdProblem, NameProblem};
use super::words;
use crate::base::text::is_hidden;

const SHORTEST: usize = 3;
const LONGEST: usize = 64;
const LONGEST_NAME: usize = 100;

/// The OAuth `client_id`: 3 to 64 of `[A-Za-z0-9._-]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// Checks the text; white space around it is no part of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ClientIdProblem> {
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            return Err(ClientIdProblem::Empty);
        }
        if words::key_id_in(text).is_some() {
            return Err(ClientIdProblem::Secret);
        }
        if length > LONGEST {
            return Err(ClientIdProblem::TooLong { length });
        }
        if let Some(found) = text.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"._-".contains(*letter)) {
            let found = if is_hidden(found) { found.escape_unicode().collect() } else { found.to_string() };
            return Err(ClientIdProblem::Character { found });
        }
        if length < SHORTEST {
            return Err(ClientIdProblem::TooShort { length });
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared within a tenant.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// The descriptive name of a key; what is left empty is called by its client id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Checks the text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, client_id: &str) -> Result<Self, NameProblem> {
        let text = text.trim();
        let length = text.chars().count();
        if length > LONGEST_NAME {
            return Err(NameProblem::TooLong { length });
        }
        if text.chars().any(is_hidden) {
            return Err(NameProblem::ControlCharacter);
        }
        if words::key_id_in(text).is_some() {
            return Err(NameProblem::Secret);
        }
        Ok(Self(if text.is_empty() { client_id } else { text }.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_letters_digits_dots_hyphens_and_underscores() {
        for good in ["abc", "billing-sync", "A.b_c-1", &"x".repeat(64), "  padded "] {
            assert!(ClientId::parse(good).is_ok(), "{good}");
        }
        assert_eq!(ClientId::parse(""), Err(ClientIdProblem::Empty));
        assert_eq!(ClientId::parse("ab"), Err(ClientIdProblem::TooShort { length: 2 }));
        assert_eq!(ClientId::parse(&"x".repeat(10_000)), Err(ClientIdProblem::TooLong { length: 10_000 }));
        for (bad, found) in
            [("a b", " "), ("abc\u{7f}", "\\u{7f}"), ("billing/sync", "/"), ("küche", "ü"), ("a:b", ":")]
        {
            assert_eq!(ClientId::parse(bad), Err(ClientIdProblem::Character { found: found.into() }));
        }
        let secret = format!("ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
        for text in [&secret, &secret[..40], &format!("is {secret}")] {
            assert_eq!(ClientId::parse(text), Err(ClientIdProblem::Secret));
        }
    }

    #[test]
    fn an_empty_name_is_the_client_id() {
        assert_eq!(Name::parse(" ", "billing-sync").unwrap().as_str(), "billing-sync");
        let secret = format!("ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
        assert_eq!(Name::parse(&secret, "x").unwrap_err(), NameProblem::Secret);
        assert_eq!(Name::parse("a\u{202e}b", "x").unwrap_err(), NameProblem::ControlCharacter);
        assert_eq!(Name::parse(&"é".repeat(101), "x").unwrap_err(), NameProblem::TooLong { length: 101 });
    }
}
