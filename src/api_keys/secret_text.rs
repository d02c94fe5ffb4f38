//! The text of a key: `ks_live_4Jq9ZbT0kLw2_<43 base62><6 base62>`. Made, printed, and checked without any look-up.

use std::fmt;

use crate::base::base62;
use crate::base::hash::MacKey;
use crate::base::random::{self, Entropy};
use crate::base::secret::Secret;

const BRAND: &str = "ks_";
const ID: usize = 12;
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;

/// The id of the key that the documentation shows. No key has it.
pub const EXAMPLE_ID: &str = "0123456789AB";

/// A fresh secret with the id of its key.
pub struct Minted {
    /// The 12-character id, which belongs to the key.
    pub key_id: String,
    /// The whole text. Shown once.
    pub text: Secret,
}

/// Makes a key id and its first secret (256 bits).
pub fn mint(entropy: &dyn Entropy, environment: &str) -> Minted {
    let key_id = random::base62(entropy, ID);
    let text = secret_for(entropy, environment, &key_id);
    Minted { key_id, text }
}

/// A fresh secret (256 bits) for the key with this id.
pub fn secret_for(entropy: &dyn Entropy, environment: &str, key_id: &str) -> Secret {
    let mut text = String::with_capacity(80);
    text.extend([BRAND, environment, "_", key_id, "_"]);
    text.push_str(&random::base62(entropy, RANDOM));
    let checksum = base62::encode_u32(crc32fast::hash(text.as_bytes()));
    text.extend(checksum.map(char::from));
    Secret::new(text)
}

/// Whether the text looks like the id of a key.
pub fn is_key_id(text: &str) -> bool {
    text.len() == ID && base62::is_base62(text)
}

/// How a key is shown after its creation: prefix, four characters of the id, the last four.
pub fn hint(environment: &str, key_id: &str, text: &Secret) -> String {
    let last = text.expose().len().saturating_sub(4);
    format!("{BRAND}{environment}_{}…{}", &key_id[..4], &text.expose()[last..])
}

/// What is stored of a secret.
pub fn mac(pepper: &MacKey, text: &str) -> [u8; 32] {
    pepper.mac(&[b"apikey/v1", text.as_bytes()])
}

/// Why a text cannot be a key of this installation. Found without any look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// Nothing, or it does not begin like a key.
    Prefix,
    /// A character that no key has.
    Character,
    /// Too short or too long.
    Length {
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

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix => f.write_str("This is not a Keystead key: a key begins with ks_ and an environment."),
            Self::Character => f.write_str(
                "A key has only letters, digits and underscores. Look for quotes, spaces or a line break around it.",
            ),
            Self::Length { length, expected } => {
                write!(f, "The key has {length} characters instead of {expected}. It was cut, or something was added.")
            }
            Self::Environment { found } => {
                write!(f, "This is a key for the environment {found}, which is not this one.")
            }
            Self::Checksum => f.write_str("The checksum does not fit: at least one character of the key is wrong."),
            Self::Example => f.write_str("This is the example key of the documentation. It is never valid."),
        }
    }
}

/// Length, characters, prefix, environment, checksum, in this order; returns the key id.
///
/// # Errors
/// What is wrong.
pub fn parse<'a>(text: &'a str, environment: &str) -> Result<&'a str, Malformed> {
    let Some(rest) = text.strip_prefix(BRAND) else { return Err(Malformed::Prefix) };
    let length = text.chars().count();
    // No environment is longer than 16: beyond that nothing is worth looking at.
    let longest = BRAND.len() + 16 + 1 + ID + 1 + RANDOM + CHECKSUM;
    let expected = longest - 16 + environment.len();
    if length > longest {
        return Err(Malformed::Length { length, expected });
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Malformed::Character);
    }
    let (found, rest) = rest.split_once('_').ok_or(Malformed::Length { length, expected })?;
    if length != longest - 16 + found.len() {
        return Err(Malformed::Length { length, expected });
    }
    let (key_id, random) = rest.split_once('_').ok_or(Malformed::Character)?;
    if !is_key_id(key_id) || !base62::is_base62(random) {
        return Err(Malformed::Character);
    }
    if key_id == EXAMPLE_ID {
        return Err(Malformed::Example);
    }
    if found != environment {
        return Err(Malformed::Environment { found: found.to_owned() });
    }
    let (body, checksum) = text.split_at(text.len() - CHECKSUM);
    if base62::encode_u32(crc32fast::hash(body.as_bytes())) != checksum.as_bytes() {
        return Err(Malformed::Checksum);
    }
    Ok(key_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;

    const EXAMPLE: &str = "ks_test_0123456789AB_000000000000000000000000000000000000000000028Azp4";

    #[test]
    fn what_is_minted_can_be_read() {
        for environment in ["live", "test", "x", "sixteencharslong"] {
            let minted = mint(&SystemEntropy, environment);
            let text = minted.text.expose();
            assert_eq!(text.len(), 66 + environment.len());
            assert_eq!(parse(text, environment), Ok(minted.key_id.as_str()));
        }
    }

    #[test]
    fn the_example_has_the_documented_checksum_and_is_never_valid() {
        let (body, checksum) = EXAMPLE.split_at(64);
        assert_eq!(base62::encode_u32(crc32fast::hash(body.as_bytes())), checksum.as_bytes());
        assert_eq!(parse(EXAMPLE, "test"), Err(Malformed::Example));
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let minted = mint(&SystemEntropy, "live");
        for index in 0..minted.text.expose().len() {
            let mut bytes = minted.text.expose().as_bytes().to_vec();
            bytes[index] = if bytes[index] == b'a' { b'b' } else { b'a' };
            let wrong = String::from_utf8(bytes).unwrap();
            assert!(parse(&wrong, "live").is_err(), "position {index}");
        }
    }

    #[test]
    fn a_bad_key_is_told_why() {
        let minted = mint(&SystemEntropy, "live");
        let text = minted.text.expose();
        assert_eq!(parse("", "live"), Err(Malformed::Prefix));
        assert_eq!(parse("billing-sync", "live"), Err(Malformed::Prefix));
        assert_eq!(parse(&text[..69], "live"), Err(Malformed::Length { length: 69, expected: 70 }));
        assert_eq!(parse(&format!("{text}\n"), "live"), Err(Malformed::Character));
        assert_eq!(parse(&format!("{text}{text}"), "live"), Err(Malformed::Length { length: 140, expected: 70 }));
        assert_eq!(parse(text, "test"), Err(Malformed::Environment { found: "live".into() }));
        assert_eq!(parse("ks_", "live"), Err(Malformed::Length { length: 3, expected: 70 }));
        assert_eq!(parse(&format!("ks_{}", "ü".repeat(67)), "live"), Err(Malformed::Character));
    }

    #[test]
    fn a_hint_shows_four_characters_of_the_id_and_the_last_four() {
        let text = Secret::new("ks_live_4Jq9ZbT0kLw2_restx9Fd".into());
        assert_eq!(hint("live", "4Jq9ZbT0kLw2", &text), "ks_live_4Jq9…x9Fd");
    }
}
