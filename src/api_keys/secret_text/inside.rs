//! The keys inside a text, whatever is around them: for what ends keys, never for what lets them pass.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{BRAND, CHECKSUM, KEY_ID, RANDOM, has_checksum, is_key_id};
use crate::base::base62;
use crate::base::text::is_hidden;

/// Every key in a text, of whatever environment, each once: what the rule for scanners finds, where the checksum fits. Also keys
/// that were written percent-encoded, with backslashes, or with a line break of a mail in the middle.
pub fn keys(text: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = plain(text).map(str::to_owned).collect();
    let unescaped = unescaped(text);
    if unescaped != text {
        found.extend(plain(&unescaped).map(str::to_owned));
    }
    found
}

/// Those that are written as they are. Letters or digits in front do not matter: in a log they may be those of `\n` or `%22`.
fn plain(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(BRAND).filter_map(|(at, _)| begins_with_key(&text[at..]))
}

fn begins_with_key(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(BRAND)?;
    let environment = rest.find('_').filter(|length| (1..=16).contains(length))?;
    let length = BRAND.len() + environment + 1 + KEY_ID + 1 + RANDOM + CHECKSUM;
    let key = text.get(..length)?;
    let (key_id, random) = key[BRAND.len() + environment + 1..].split_once('_')?;
    let is_environment = rest[..environment].bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (is_environment && is_key_id(key_id) && base62::is_base62(random) && has_checksum(key)).then_some(key)
}

/// The text without percent-encoding, backslashes, invisible characters, and the soft line breaks of quoted-printable mails
/// (RFC 2045, section 6.7).
fn unescaped(text: &str) -> String {
    let decoded: Cow<'_, str> = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let is_kept = |letter: &char| *letter != '\\' && (letter.is_ascii() || !is_hidden(*letter));
    decoded.replace("=\r\n", "").replace("=\n", "").chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use super::super::mint;
    use super::*;
    use crate::base::random::SystemEntropy;

    #[test]
    fn keys_are_found_whatever_is_around_them() {
        let (live, test) = (mint(&SystemEntropy, "live"), mint(&SystemEntropy, "test"));
        let (live, test) = (live.text.expose(), test.text.expose());
        for text in [
            live.to_owned(),
            format!("{live}\n"),
            format!("\"{live}\""),
            format!("Bearer {live}"),
            format!("API_KEY={live}"),
            format!("{{\"a\":{{\"key\":\"{live}\"}}}}"),
            format!("https://api.example/?key={live}&x=1"),
            format!("%22{}%22", live.replace('_', "%5F")),
            live.replace('_', r"\_"),
            format!(r"first line\n{live}\nlast line"),
            format!("{}\u{200b}{}", &live[..40], &live[40..]),
            format!("> {}=\r\n{}", &live[..40], &live[40..]),
            format!("{live} and again {live}"),
            format!("ks_live_ ks_{live}"),
        ] {
            assert_eq!(keys(&text).into_iter().collect::<Vec<_>>(), [live], "{text}");
        }
        assert_eq!(keys(&format!("{live}{test}\n{test}")), BTreeSet::from([live.to_owned(), test.to_owned()]));
    }

    #[test]
    fn what_is_no_key_is_not_found() {
        let minted = mint(&SystemEntropy, "live");
        let text = minted.text.expose();
        let wrong = format!("{}{}", &text[..69], if text.ends_with('0') { '1' } else { '0' });
        let loud = text.replace("live", "LIVE");
        for text in ["", "ks_", "ks_live_", "ks_live_ü", "ks__x_", &text[..69], &wrong, &loud, "%", "%5", "ks%5F"] {
            assert!(keys(text).is_empty(), "{text}");
        }
    }
}
