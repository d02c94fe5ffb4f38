//! What is wrong with a text that is no key, in words that help more than the first thing that does not fit. It only explains: a
//! text that has to be explained is never accepted.

use crate::api_keys::client_id::ClientId;
use crate::base::text::is_hidden;

use super::malformed::{Around, Instead, Malformed};
use super::{BRAND, inside};

const QUOTES: [char; 10] = ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»'];
const BRACKETS: [char; 8] = ['<', '>', '(', ')', '[', ']', '{', '}'];
const SCHEMES: [&str; 5] = ["bearer", "basic", "apikey", "api-key", "token"];

/// What programs and people write where a value is missing, in lower case.
const PLACEHOLDERS: [&str; 17] = [
    "undefined",
    "null",
    "none",
    "nil",
    "nan",
    "changeme",
    "change-me",
    "change_me",
    "todo",
    "tbd",
    "xxx",
    "placeholder",
    "apikey",
    "api_key",
    "api-key",
    "your-api-key",
    "your_api_key",
];

/// What is wrong, where that can be said better.
pub(super) fn better(text: &str) -> Option<Malformed> {
    if text.trim().is_empty() {
        return Some(Malformed::Empty);
    }
    around(text).map(Malformed::Around).or_else(|| instead(text).map(Malformed::Instead))
}

/// What is around a text that begins like a key.
fn around(text: &str) -> Option<Around> {
    if text.contains('…') || text.contains("...") {
        return None;
    }
    if text.contains(is_invisible) {
        return text.replace(is_invisible, "").contains(BRAND).then_some(Around::Invisible);
    }
    if text.contains(r"ks\_") {
        return Some(Around::Backslashes);
    }
    if text.contains("ks%5F") || text.contains("ks%5f") {
        return Some(Around::PercentEncoding);
    }
    let (head, rest) = text.split_at(start(text)?);
    let tail = rest.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    // What else is behind a key is a wrong character of it.
    if !tail.chars().all(is_end) {
        return (!inside::keys(text).is_empty()).then_some(Around::Text);
    }
    let words = head.trim_end_matches(is_end).to_ascii_lowercase();
    let has = |marks: &[char]| head.contains(marks) || tail.contains(marks);
    if SCHEMES.iter().any(|scheme| words.ends_with(scheme)) && !head.trim_end().ends_with(['=', ':']) {
        Some(Around::Scheme)
    } else if head.contains(['=', ':']) {
        Some(Around::Name)
    } else if !words.is_empty() {
        Some(Around::Text)
    } else if has(&QUOTES) {
        Some(Around::Quotes)
    } else if has(&BRACKETS) {
        Some(Around::Brackets)
    } else if has(&[',', ';', '.', '=', ':', '&']) {
        Some(Around::Text)
    } else if has(&['\n', '\r']) {
        Some(Around::LineBreak)
    } else {
        (!head.is_empty() || !tail.is_empty()).then_some(Around::Spaces)
    }
}

/// Where a word begins like a key.
fn start(text: &str) -> Option<usize> {
    let in_a_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(BRAND).map(|(at, _)| at).find(|at| !text[..*at].ends_with(in_a_word))
}

/// White space, and what is written around a value.
fn is_end(letter: char) -> bool {
    letter.is_whitespace()
        || QUOTES.contains(&letter)
        || BRACKETS.contains(&letter)
        || matches!(letter, ',' | ';' | '.' | '=' | ':' | '&')
}

/// Other than the control characters of ASCII, of which some end a line.
fn is_invisible(letter: char) -> bool {
    !letter.is_ascii() && is_hidden(letter)
}

/// What the text is, where it is something else that people have of a key.
fn instead(text: &str) -> Option<Instead> {
    let bare = text.trim_matches(|letter: char| letter.is_whitespace() || QUOTES.contains(&letter));
    // The head of every JWT, in base64.
    let is_token = bare.starts_with("eyJ") && bare.bytes().filter(|byte| *byte == b'.').count() == 2;
    let is_hint = text.starts_with(BRAND) && (text.contains('…') || text.contains("..."));
    let is_unfilled = [("${", "}"), ("{{", "}}"), ("<", ">"), ("%", "%"), ("$", "")]
        .iter()
        .any(|(open, close)| bare.starts_with(open) && bare.ends_with(close));
    if is_token {
        Some(Instead::AccessToken)
    } else if is_hint {
        Some(Instead::Hint)
    } else if is_unfilled || PLACEHOLDERS.iter().any(|word| bare.eq_ignore_ascii_case(word)) {
        Some(Instead::Placeholder)
    } else if !text.starts_with(BRAND) && ClientId::parse(text).is_ok() {
        Some(Instead::ClientId)
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
        assert_eq!((said(""), said(" \n")), (Malformed::Empty, Malformed::Empty));
        assert_eq!(said("billing-sync"), Malformed::Instead(Instead::ClientId));
        assert_eq!(said("sk_live_ü"), Malformed::Prefix);
        assert_eq!(said("eyJh.eyJh.x"), Malformed::Instead(Instead::AccessToken));
        assert_eq!(said("ks_live_4Jq9…x9Fd"), Malformed::Instead(Instead::Hint));
        assert_eq!(said(&text[..69]), Malformed::Cut { length: 69, expected: 70 });
        assert_eq!(said(&format!("{text}0")), Malformed::TooLong { length: 71, expected: 70 });
        assert_eq!(said(&format!("{text}{text}")), Malformed::TooLong { length: 140, expected: 70 });
        assert_eq!(said("ks_"), Malformed::Cut { length: 3, expected: 70 });
        assert_eq!(said(&format!("ks_{}", "ü".repeat(67))), Malformed::Character);
        assert_eq!(said("tasks_of_today"), Malformed::Instead(Instead::ClientId));
        assert_eq!(parse(text, "test"), Err(Malformed::Environment { found: "live".into() }));
        for placeholder in [
            "undefined",
            "null",
            "None",
            "CHANGEME",
            "\"changeme\"",
            "your-api-key",
            "${API_KEY}",
            "$API_KEY",
            "{{ api_key }}",
            "<your key>",
            "%API_KEY%",
        ] {
            assert_eq!(said(placeholder), Malformed::Instead(Instead::Placeholder), "{placeholder}");
        }
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
            (format!("Authorization: Bearer {text}"), Around::Scheme),
            (format!("API_KEY={text}"), Around::Name),
            (format!("export API_KEY='{text}'"), Around::Name),
            (format!("X-API-Key: {text}"), Around::Name),
            (format!("{{\"key\":\"{text}\"}}"), Around::Name),
            (format!("<{text}>"), Around::Brackets),
            (format!("[{text}](x)"), Around::Text),
            (format!("{text},"), Around::Text),
            (format!("the key is {text}"), Around::Text),
            (format!("\u{feff}{text}"), Around::Invisible),
            (format!("{text}\u{200b}"), Around::Invisible),
            (format!("{}\u{200b}{}", &text[..30], &text[30..]), Around::Invisible),
            (text.replace('_', r"\_"), Around::Backslashes),
            (text.replace('_', "%5F"), Around::PercentEncoding),
            (format!("%22{}%22", text.replace('_', "%5f")), Around::PercentEncoding),
        ] {
            let malformed = parse(&sent, "live").expect_err(&sent);
            assert_eq!(malformed, Malformed::Around(around), "{sent:?}");
            assert!(!malformed.to_string().contains("ks_"), "{malformed}");
        }
    }
}
