//! A tag: `env:prod`, to find and group keys by.

use std::fmt;

use crate::base::text::is_hidden;

use super::problem::TagProblem;
use super::words;

/// Most tags of one key.
pub const MOST_TAGS: usize = 5;

const LONGEST_KEY: usize = 32;
const LONGEST_VALUE: usize = 64;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What kind of mark: `env`.
    pub key: String,
    /// Which: `prod`.
    pub value: String,
}

impl Tag {
    /// Checks both parts. The key is folded to small letters; white space around either is no part of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(key: &str, value: &str) -> Result<Self, TagProblem> {
        if words::key_id_in(key).is_some() {
            return Err(TagProblem::SecretKey);
        }
        if words::key_id_in(value).is_some() {
            return Err(TagProblem::SecretValue);
        }
        let (key, value) = (key.trim().to_lowercase(), value.trim());
        let (key_length, length) = (key.chars().count(), value.chars().count());
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if key.is_empty() {
            return Err(TagProblem::NoKey);
        }
        if key_length > LONGEST_KEY {
            return Err(TagProblem::KeyTooLong { length: key_length });
        }
        if let Some(found) = key.chars().find(|letter| !is_plain(*letter) && !"._-".contains(*letter)) {
            let found = if is_hidden(found) { found.escape_unicode().collect() } else { found.to_string() };
            return Err(TagProblem::KeyCharacter { key, found });
        }
        if !key.starts_with(is_plain) {
            return Err(TagProblem::KeyBeginning { key });
        }
        if value.is_empty() {
            return Err(TagProblem::NoValue { key });
        }
        if length > LONGEST_VALUE {
            return Err(TagProblem::ValueTooLong { key, length });
        }
        if value.chars().any(is_hidden) {
            return Err(TagProblem::ValueHidden { key });
        }
        Ok(Self { key, value: value.to_owned() })
    }

    /// Reads `key:value`. A value may hold further colons.
    ///
    /// # Errors
    /// As [`Tag::new`].
    pub fn parse(text: &str) -> Result<Self, TagProblem> {
        let (key, value) = text.split_once(':').unwrap_or((text, ""));
        Self::new(key, value)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_key_in_small_letters_and_a_visible_value() {
        for (text, tag) in [
            ("env:prod", "env:prod"),
            (" ENV : Prod EU ", "env:Prod EU"),
            ("a.b_c-1:x:y", "a.b_c-1:x:y"),
            ("9:é", "9:é"),
        ] {
            assert_eq!(Tag::parse(text).unwrap().to_string(), tag);
        }
        let (key, value) = ("k".repeat(32), "v".repeat(64));
        assert!(Tag::new(&key, &value).is_ok());
        assert_eq!(Tag::new(&format!("{key}k"), "x"), Err(TagProblem::KeyTooLong { length: 33 }));
        assert_eq!(Tag::new("k", &format!("{value}v")), Err(TagProblem::ValueTooLong { key: "k".into(), length: 65 }));
    }

    #[test]
    fn what_is_no_tag_is_named() {
        let character = |key: &str, found: &str| TagProblem::KeyCharacter { key: key.into(), found: found.into() };
        assert_eq!(Tag::parse(""), Err(TagProblem::NoKey));
        assert_eq!(Tag::parse(":prod"), Err(TagProblem::NoKey));
        assert_eq!(Tag::parse("env"), Err(TagProblem::NoValue { key: "env".into() }));
        assert_eq!(Tag::parse("env: "), Err(TagProblem::NoValue { key: "env".into() }));
        assert_eq!(Tag::parse("env prod:x"), Err(character("env prod", " ")));
        assert_eq!(Tag::parse("größe:x"), Err(character("größe", "ö")));
        assert_eq!(Tag::parse("a\u{7f}:x"), Err(character("a\u{7f}", "\\u{7f}")));
        let secret = format!("ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
        assert_eq!(Tag::parse(&secret), Err(TagProblem::SecretKey));
        assert_eq!(Tag::parse(&format!("env:{secret}")), Err(TagProblem::SecretValue));
        assert_eq!(Tag::parse("-env:x"), Err(TagProblem::KeyBeginning { key: "-env".into() }));
        for bad in ["a\tb", "a\nb", "a\u{202e}b", "a\u{200b}"] {
            assert_eq!(Tag::new("env", bad), Err(TagProblem::ValueHidden { key: "env".into() }), "{bad:?}");
        }
    }
}
