//! What a text is that is no key: told without any look-up, so that whoever sent it can mend it.

use std::fmt;

use crate::api_keys::client_id::ClientId;

use super::BRAND;

/// Why a text cannot be a key of this installation. Found without any look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// There is nothing.
    Empty,
    /// It does not begin like a key.
    Prefix,
    /// It is what people write in the place of a key.
    Instead(Instead),
    /// A key, and something around it.
    Around(Around),
    /// A character that no key has.
    Character,
    /// Too short: it was cut.
    Cut {
        /// How many characters there were.
        length: usize,
        /// How many a key has.
        expected: usize,
    },
    /// Too long: something was added.
    TooLong {
        /// How many characters there were.
        length: usize,
        /// How many a key has.
        expected: usize,
    },
    /// A key of another environment.
    Environment {
        /// The environment in the text.
        found: String,
    },
    /// The checksum is not that of the rest: a character was mistyped.
    Checksum,
    /// The example of the documentation.
    Example,
}

/// What is sent in the place of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// Its client id.
    ClientId,
    /// An access token that it was given.
    AccessToken,
    /// The hint by which it is shown later.
    Hint,
}

/// What is sent around a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// Quotes of any kind.
    Quotes,
    /// A line break at an end.
    LineBreak,
    /// Spaces at an end.
    Spaces,
    /// The scheme of an `Authorization` header.
    Scheme,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The key is empty."),
            Self::Prefix => f.write_str("This is not a Keystead key: a key begins with ks_ and an environment."),
            Self::Instead(Instead::ClientId) => f.write_str(
                "This looks like an API Client ID. Send the key itself: a key begins with ks_ and an environment.",
            ),
            Self::Instead(Instead::AccessToken) => f.write_str(
                "This looks like an access token. Send the key itself: a key begins with ks_ and an environment.",
            ),
            Self::Instead(Instead::Hint) => f.write_str(
                "This is how the key is shown later, and not the key itself, which was shown once when it was made.",
            ),
            Self::Around(Around::Quotes) => f.write_str("There are quotes around the key. Send it without them."),
            Self::Around(Around::LineBreak) => {
                f.write_str("There is a line break at an end of the key. Send it without that.")
            }
            Self::Around(Around::Spaces) => f.write_str("There are spaces at an end of the key. Send it without them."),
            Self::Around(Around::Scheme) => {
                f.write_str("The word in front of the key is part of an Authorization header. Send the key alone here.")
            }
            Self::Character => f.write_str("A key has only letters, digits and underscores."),
            Self::Cut { length, expected } => {
                write!(f, "The key has {length} characters instead of {expected}. It was cut.")
            }
            Self::TooLong { length, expected } => {
                write!(f, "The key has {length} characters instead of {expected}. Something was added.")
            }
            Self::Environment { found } => {
                write!(f, "This is a key for the environment {found}, which is not this one.")
            }
            Self::Checksum => f.write_str("The checksum does not fit: at least one character of the key is wrong."),
            Self::Example => f.write_str("This is the example key of the documentation. It is never valid."),
        }
    }
}

/// What is wrong in words that help more than the first thing that does not fit.
pub(super) fn better(text: &str) -> Option<Malformed> {
    around(text).or_else(|| instead(text))
}

/// What is around a text that would begin like a key without it.
fn around(text: &str) -> Option<Malformed> {
    const QUOTES: [char; 9] = ['"', '\'', '`', '“', '”', '„', '‘', '’', '«'];
    const SCHEMES: [&str; 3] = ["bearer ", "basic ", "apikey "];
    let is_break = |letter| matches!(letter, '\n' | '\r');
    // A text of any length may come: only its ends are looked at.
    let inside = text.trim();
    let scheme =
        SCHEMES.iter().find(|scheme| inside.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)));
    let inside = scheme.map_or(inside, |scheme| inside[scheme.len()..].trim_start());
    let bare = inside.trim_matches(QUOTES);
    if !bare.starts_with(BRAND) || bare.len() == text.len() || bare.contains('…') {
        return None;
    }
    Some(Malformed::Around(match scheme {
        Some(_) => Around::Scheme,
        None if bare.len() < inside.len() => Around::Quotes,
        None if text.starts_with(is_break) || text.ends_with(is_break) => Around::LineBreak,
        None => Around::Spaces,
    }))
}

/// What the text is, where it is something else that people have of a key.
fn instead(text: &str) -> Option<Malformed> {
    // The name of the head of every JWT, in base64.
    let is_token = text.starts_with("eyJ") && text.bytes().filter(|byte| *byte == b'.').count() == 2;
    let is_hint = text.starts_with(BRAND) && (text.contains('…') || text.contains("..."));
    if is_token {
        Some(Malformed::Instead(Instead::AccessToken))
    } else if is_hint {
        Some(Malformed::Instead(Instead::Hint))
    } else if !text.starts_with(BRAND) && ClientId::parse(text).is_ok() {
        Some(Malformed::Instead(Instead::ClientId))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::{mint, parse};
    use super::*;
    use crate::base::random::SystemEntropy;

    #[test]
    fn a_bad_key_is_told_why() {
        let minted = mint(&SystemEntropy, "live");
        let text = minted.text.expose();
        let said = |text: &str| parse(text, "live").unwrap_err();
        assert_eq!(said(""), Malformed::Empty);
        assert_eq!(said("billing-sync"), Malformed::Instead(Instead::ClientId));
        assert_eq!(said("sk_live_ü"), Malformed::Prefix);
        assert_eq!(said("eyJh.eyJh.x"), Malformed::Instead(Instead::AccessToken));
        assert_eq!(said("ks_live_4Jq9…x9Fd"), Malformed::Instead(Instead::Hint));
        assert_eq!(said(&text[..69]), Malformed::Cut { length: 69, expected: 70 });
        assert_eq!(said(&format!("{text}0")), Malformed::TooLong { length: 71, expected: 70 });
        assert_eq!(said(&format!("{text}{text}")), Malformed::TooLong { length: 140, expected: 70 });
        assert_eq!(said("ks_"), Malformed::Cut { length: 3, expected: 70 });
        assert_eq!(said(&format!("ks_{}", "ü".repeat(67))), Malformed::Character);
        assert_eq!(parse(text, "test"), Err(Malformed::Environment { found: "live".into() }));
    }

    #[test]
    fn what_is_around_a_key_is_named() {
        let minted = mint(&SystemEntropy, "live");
        let text = minted.text.expose();
        for (sent, around) in [
            (format!("{text}\n"), Around::LineBreak),
            (format!("{text}\r\n"), Around::LineBreak),
            (format!("\n{text}"), Around::LineBreak),
            (format!("{text} "), Around::Spaces),
            (format!("\t{text}"), Around::Spaces),
            (format!("\"{text}\""), Around::Quotes),
            (format!("“{text}”\n"), Around::Quotes),
            (format!("'{}", &text[..60]), Around::Quotes),
            (format!("Bearer {text}"), Around::Scheme),
            (format!("bearer  \"{text}\""), Around::Scheme),
        ] {
            assert_eq!(parse(&sent, "live"), Err(Malformed::Around(around)), "{sent:?}");
        }
    }
}
