//! The rules for choosing a password (NIST SP 800-63B: length, and nothing that is easily guessed).

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zxcvbn::{Score, zxcvbn};

use crate::base::secret::Secret;

/// Fewest code points.
pub const SHORTEST: usize = 15;
/// Most code points, so that hashing stays cheap.
pub const LONGEST: usize = 128;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Nothing was given.
    Empty,
    /// Fewer than [`SHORTEST`] code points.
    TooShort {
        /// How many there were.
        length: usize,
    },
    /// More than [`LONGEST`] code points.
    TooLong {
        /// How many there were.
        length: usize,
    },
    /// Among the passwords that are tried first, or made of them: lists of passwords and words, repetitions, runs.
    Common,
    /// Consists of little more than the organization, the name, the address or the product.
    ContainsContext,
}

/// Sentences that everybody knows. The library knows words and passwords, and takes these for chance.
const FAMOUS: [&str; 5] = [
    "correct horse battery staple",
    "the quick brown fox",
    "may the force be with you",
    "to be or not to be",
    "lorem ipsum dolor sit amet",
];

/// How many characters the library looks at in one go: its time grows with their square.
const PIECE: usize = 48;

/// Signs that it reads as one and the same letter, a row for each. Its time grows with the number of ways to read a text,
/// which somebody could bring to hundreds.
const LOOKALIKES: [&str; 7] = ["4@", "({[<", "69", "1!|", "1|7", "$5", "+7"];
/// In how many ways a text may be read to be looked at. One with more holds half a dozen different signs besides all digits,
/// and counts as hard to guess.
const MOST_READINGS: usize = 64;

/// Checks a password that somebody chooses. `context` are the words an attacker would try first.
///
/// # Errors
/// What is wrong with it.
pub fn check(password: &Secret, context: &[&str]) -> Result<(), PasswordProblem> {
    let text = password.expose();
    let length = text.chars().count();
    if length == 0 {
        return Err(PasswordProblem::Empty);
    }
    if length < SHORTEST {
        return Err(PasswordProblem::TooShort { length });
    }
    if length > LONGEST {
        return Err(PasswordProblem::TooLong { length });
    }
    let folded_text = folded(text);
    if [&folded_text, &without_marks(text)].into_iter().any(|text| is_made_of(text, context)) {
        return Err(PasswordProblem::ContainsContext);
    }
    let once = each_word_once(&folded_text);
    if is_guessed_soon(&folded_text) || once.is_some_and(|once| is_guessed_soon(&once)) {
        return Err(PasswordProblem::Common);
    }
    Ok(())
}

/// Whether little is left of the text without the words of the context, with their marks and without them.
fn is_made_of(text: &str, context: &[&str]) -> bool {
    let words = context.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).chain(["keystead"]);
    let mut known: Vec<String> = words.flat_map(|word| [folded(word), without_marks(word)]).collect();
    known.retain(|word| word.chars().count() >= 3);
    // "Acme" must not break "acmeworks".
    known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = known.iter().fold(text.to_owned(), |rest, word| rest.replace(word, ""));
    let between = |letter: char| letter.is_ascii_punctuation() || letter.is_whitespace();
    let left = rest.trim_matches(between);
    rest != text && (is_guessed_soon(left) || each_word_once(left).is_some_and(|once| is_guessed_soon(&once)))
}

/// The text with each word once, where one comes several times. Digits at its end make no word another one.
fn each_word_once(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut seen = HashSet::new();
    let digit = |letter: char| letter.is_ascii_digit();
    let stem = |word| Some(str::trim_end_matches(word, digit)).filter(|stem| !stem.is_empty()).unwrap_or(word);
    let once: Vec<&str> = words.iter().copied().filter(|word| seen.insert(stem(*word))).collect();
    (once.len() < words.len()).then(|| once.join(" "))
}

/// As passwords are compared, and whatever the case.
fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

/// As [`folded`], with the base letters alone: "Müller" and "Muller" are the same word.
fn without_marks(text: &str) -> String {
    text.nfkd().filter(|letter| !is_combining_mark(*letter)).nfkc().collect::<String>().to_lowercase()
}

/// Whether somebody who tries words, passwords, names, dates and runs of keys in the order of their frequency needs fewer
/// than 10^8 tries. That is where the library calls a password too weak; against the portal, which lets an account be tried
/// twice a minute, it is a century.
fn is_guessed_soon(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let famous: Vec<String> =
        FAMOUS.iter().flat_map(|words| [" ", "", "-"].map(|between| words.replace(' ', between))).collect();
    let famous: Vec<&str> = famous.iter().map(String::as_str).collect();
    // A text is at least as hard to guess as any piece of it.
    let mut pieces = repeated(&letters).chunks(PIECE).map(|piece| piece.iter().collect::<String>());
    pieces.all(|piece| readings(&piece) <= MOST_READINGS && zxcvbn(&piece, &famous).score() < Score::Three)
}

fn readings(text: &str) -> usize {
    LOOKALIKES.iter().map(|signs| signs.chars().filter(|sign| text.contains(*sign)).count().max(1)).product()
}

/// What a text repeats over and over again, if it does; it is hardly easier to guess than the whole.
fn repeated(letters: &[char]) -> &[char] {
    let repeats = |period: &usize| letters.iter().zip(letters.iter().skip(*period)).all(|(left, right)| left == right);
    (1..=letters.len() / 2).find(repeats).map_or(letters, |period| &letters[..period])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), PasswordProblem> {
        check(&Secret::new(text.into()), &["Acme Works", "Ada Lovelace", "ada@acme.example"])
    }

    #[test]
    fn fifteen_code_points_are_enough_and_fourteen_are_not() {
        assert_eq!(verdict(""), Err(PasswordProblem::Empty));
        assert_eq!(verdict("fourteen chars"), Err(PasswordProblem::TooShort { length: 14 }));
        assert_eq!(verdict("fifteen letters"), Ok(()));
        assert_eq!(verdict("🐎🔋📎🦆🌵🍉🚲🎻🧵🪁🧊🫖🪐🌋🧭"), Ok(()));
        assert_eq!(verdict(&"ab cd ef gh ".repeat(11)), Err(PasswordProblem::TooLong { length: 132 }));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "PasswordPassword",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "abcdefghijklmnopq",
            "correct horse battery staple",
            "CorrectHorseBatteryStaple",
            "Correct-Horse-Battery-Staple1",
            "thequickbrownfox",
            "Password123456789",
            "Ｐａｓｓｗｏｒｄ１２３４５６７８９",
            "qwertyuiop123456",
            "1234567890qwertyuiop",
            "summer2026summer2026",
            "1q2w3e4r5t6y7u8i",
            "q1w2e3r4t5y6u7i8o9p0",
            "zaq12wsxcde34rfv",
            "P@ssw0rdP@ssw0rd",
            "letmeinletmeinletmein",
            "!@#$%^&*()_+{}|",
            "administrator123",
            "Welcome123456789",
            "ilovemyfamily2024",
            "password password password",
            "password password",
            "welcome welcome",
            "iloveyou iloveyou",
            "Password-password!",
            "password1 password2",
            "парольпарольпароль",
            "абвгдежзийклмноп",
            "🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎🐎",
        ] {
            assert_eq!(verdict(common), Err(PasswordProblem::Common), "{common}");
        }
        for context in [
            "acmeworks keystead",
            "ada lovelace acme 1",
            "KeysteadKeystead1",
            "keystead-password-acme",
            "ＡＣＭＥ works 2026 acme",
            "Acme Works 2026",
            "AcmeWorks-2026!",
        ] {
            assert_eq!(verdict(context), Err(PasswordProblem::ContainsContext), "{context}");
        }
    }

    #[test]
    fn an_organization_and_a_year_are_refused_with_marks_and_without_them() {
        for (organization, password) in [
            ("Müller & Söhne", "Muller Sohne 2026"),
            ("Müller & Söhne", "MüllerSöhne2026"),
            ("IBM Österreich", "IBM Osterreich 2026"),
            ("Nordwind Logistik GmbH", "Nordwind Logistik 2026"),
        ] {
            let verdict = check(&Secret::new(password.into()), &[organization]);
            assert_eq!(verdict, Err(PasswordProblem::ContainsContext), "{password}");
        }
    }

    #[test]
    fn a_sentence_in_any_language_is_accepted() {
        for good in [
            "the north gate squeaks",
            "a long walk by the river",
            "keystead guards the north gate",
            "jfq8 zm2k wd5t pn7x",
            "4@({[<69!|17$5+",
            "fünfzehn Zeichen, ganz leicht",
            "Привет, как дела сегодня?",
            "密码很长而且没有人知道它是什么吧",
            "これはとても長いパスワードです",
            "كلمة المرور الطويلة جدا",
            "👩‍🔬👨🏽‍🌾🧕🏿👮‍♂️🦹‍♀️🐎🔋",
        ] {
            assert_eq!(verdict(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_long_password_is_looked_at_to_its_end() {
        for common in
            ["a", "abc", "letmein", "password", "summer2026", "administrator", "correct horse battery staple "]
        {
            let long: String = common.repeat(128).chars().take(128).collect();
            assert_eq!(verdict(&long), Err(PasswordProblem::Common), "{long}");
        }
        let chance = "jfq8zm2kwd5tpn7xhr4c9vby";
        assert_eq!(verdict(&format!("{}{chance}", "a".repeat(104))), Ok(()));
        assert_eq!(verdict(&format!("{chance}{}", "a".repeat(104))), Ok(()));
        assert_eq!(verdict(&"the north gate squeaks, ".repeat(5)), Ok(()));
    }

    #[test]
    fn no_text_is_too_odd_to_be_looked_at() {
        let odd = [
            "\0",
            "\n",
            "\r\n",
            "\t ",
            "\u{301}",
            "e\u{301}",
            "\u{200d}",
            "\u{202e}",
            "\u{feff}",
            "\u{fffd}",
            "\u{10ffff}",
            "\u{e000}",
            "İ",
            "ı",
            "ß",
            "ﬁ",
            "ǅ",
            "ﷺ",
            "١٢",
            "०१",
            "߀",
            "𝟘𝟙",
            "👩‍👩‍👧",
            "🇩🇪",
            "19/11/2026",
            "1.1.91",
            "20261119",
            "4@({[<69!|17$5+%8",
            "p@$$w0rd",
            "!@#$%^&*()",
            "\\",
            "\"",
            "'",
            "<b>",
            "%00",
            "日本",
            "12",
            "q2",
            "a",
        ];
        for two in odd.windows(2) {
            for (text, count) in [(two[0].to_owned(), 128), (two.concat(), 16), (two.concat(), 64)] {
                let text = text.repeat(count).chars().take(LONGEST).collect();
                let _ = check(&Secret::new(text), &[two[0], two[1]]);
            }
        }
    }
}
