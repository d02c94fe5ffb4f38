//! The text of a key: `ks_live_4Jq9ZbT0kLw2_<43 base62><6 base62>`. Made, printed, and checked without any look-up.

mod diagnosis;
mod inside;
mod malformed;

use crate::base::base62;
use crate::base::hash::MacKey;
use crate::base::random::{self, Entropy};
use crate::base::secret::Secret;

use super::key_id::{EXAMPLE_ID, KEY_ID, is_key_id};

pub use inside::keys as keys_inside;
pub use malformed::{Around, Instead, Malformed};

const BRAND: &str = "ks_";
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;

/// A fresh secret with the id of its key.
pub struct Minted {
    /// The 12-character id, which belongs to the key.
    pub key_id: String,
    /// The whole text. Shown once.
    pub text: Secret,
}

/// Makes a key id and its first secret (256 bits).
pub fn mint(entropy: &dyn Entropy, environment: &str) -> Minted {
    let key_id = random::base62(entropy, KEY_ID);
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

/// How a key is shown after its creation: prefix, four characters of the id, the last four.
pub fn hint(environment: &str, key_id: &str, text: &Secret) -> String {
    let last = text.expose().len().saturating_sub(4);
    format!("{BRAND}{environment}_{}…{}", &key_id[..4], &text.expose()[last..])
}

/// What is stored of a secret.
pub fn mac(pepper: &MacKey, text: &str) -> [u8; 32] {
    pepper.mac(&[b"apikey/v1", text.as_bytes()])
}

/// Length, characters, prefix, environment, checksum, in this order; returns the key id.
///
/// # Errors
/// What is wrong.
pub fn parse<'a>(text: &'a str, environment: &str) -> Result<&'a str, Malformed> {
    exactly(text, environment).map_err(|found| diagnosis::better(text).unwrap_or(found))
}

/// [`parse`] for a key that came as a password. Some send it as the user name, and no password.
///
/// # Errors
/// What is wrong.
pub fn parse_password<'a>(user: &str, text: &'a str, environment: &str) -> Result<&'a str, Malformed> {
    if text.is_empty() && user.starts_with(BRAND) {
        return Err(Malformed::AsUserName);
    }
    parse(text, environment)
}

/// The key id of a key that was found inside a text.
pub fn key_id_of(key: &str) -> Option<&str> {
    key.split('_').nth(2)
}

/// No environment is longer than 16.
const LONGEST: usize = BRAND.len() + 16 + 1 + KEY_ID + 1 + RANDOM + CHECKSUM;

fn exactly<'a>(text: &'a str, environment: &str) -> Result<&'a str, Malformed> {
    if text.is_empty() {
        return Err(Malformed::Empty);
    }
    let Some(rest) = text.strip_prefix(BRAND) else { return Err(Malformed::Prefix) };
    let length = text.chars().count();
    let of_length = |expected: usize| {
        if length < expected { Malformed::Cut { length, expected } } else { Malformed::TooLong { length, expected } }
    };
    let expected = LONGEST - 16 + environment.len();
    // Beyond that nothing is worth looking at.
    if length > LONGEST {
        return Err(of_length(expected));
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(Malformed::Character);
    }
    let (found, rest) = rest.split_once('_').ok_or_else(|| of_length(expected))?;
    if length != LONGEST - 16 + found.len() {
        return Err(of_length(LONGEST - 16 + found.len().min(16)));
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
    if !has_checksum(text) {
        return Err(Malformed::Checksum);
    }
    Ok(key_id)
}

/// Whether a text that has the length of a key ends with the checksum of the rest.
fn has_checksum(text: &str) -> bool {
    let (body, checksum) = text.split_at(text.len() - CHECKSUM);
    base62::encode_u32(crc32fast::hash(body.as_bytes())) == checksum.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;
    use crate::base::seeded::{STORIES, Seeded};

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
    fn a_hint_shows_four_characters_of_the_id_and_the_last_four() {
        let text = Secret::new("ks_live_4Jq9ZbT0kLw2_restx9Fd".into());
        assert_eq!(hint("live", "4Jq9ZbT0kLw2", &text), "ks_live_4Jq9…x9Fd");
    }

    const OF_ENVIRONMENTS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

    #[test]
    fn whatever_is_printed_is_read_and_in_its_own_environment_alone() {
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let (environment, other) = (chance.word(16, OF_ENVIRONMENTS), chance.word(16, OF_ENVIRONMENTS));
            let minted = mint(&chance, &environment);
            let text = minted.text.expose();
            assert_eq!(parse(text, &environment), Ok(minted.key_id.as_str()), "{text}");
            let again = secret_for(&chance, &environment, &minted.key_id);
            assert_eq!(parse(again.expose(), &environment), Ok(minted.key_id.as_str()));
            assert_ne!(again.expose(), text);
            if other != environment {
                assert_eq!(parse(text, &other), Err(Malformed::Environment { found: environment }));
            }
        }
    }

    #[test]
    fn one_flipped_bit_anywhere_is_refused() {
        for seed in 0..20 {
            let chance = Seeded::new(seed);
            let environment = chance.word(16, OF_ENVIRONMENTS);
            let minted = mint(&chance, &environment);
            for bit in 0..minted.text.expose().len() * 8 {
                let mut bytes = minted.text.expose().as_bytes().to_vec();
                bytes[bit / 8] ^= 1 << (bit % 8);
                // With its highest bit a byte is no text any more, and comes in no header and no form.
                let Ok(flipped) = String::from_utf8(bytes) else { continue };
                assert!(parse(&flipped, &environment).is_err(), "bit {bit}: {flipped}");
            }
        }
    }

    #[test]
    fn no_other_text_is_a_key_and_what_is_told_of_it_is_short() {
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let text = match seed % 3 {
                0 => chance.text(100),
                1 => format!("ks_live_{}", chance.text(70)),
                _ => format!("ks_live_4Jq9ZbT0kLw2_{}", chance.word(49, b"0aZ_")),
            };
            let told = parse(&text, "live").expect_err(&text).to_string();
            assert!(told.len() < 200, "{told}");
        }
    }
}
