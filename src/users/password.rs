//! The rules for choosing a password (NIST SP 800-63B: length, and nothing that is easily guessed).

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
    /// One of the passwords that are tried first: repetitions, runs, well-known phrases.
    Common,
    /// Consists of little more than the organization, the name, the address or the product.
    ContainsContext,
}

/// Well-known phrases of fifteen characters and more.
const COMMON: [&str; 14] = [
    "passwordpassword",
    "password12345678",
    "123456789012345",
    "1234567890123456",
    "qwertyuiopasdfgh",
    "qwertyuiop12345",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "iloveyouiloveyou",
    "letmeinletmeinletmein",
    "changemechangeme",
    "adminadminadmin",
    "administrator123",
    "thequickbrownfox",
];

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
    let folded = text.to_lowercase();
    if COMMON.contains(&folded.as_str()) || is_repetition(&folded) || is_run(&folded) {
        return Err(PasswordProblem::Common);
    }
    // What is left without the words that are known must still be hard to guess.
    let mut rest = folded;
    for word in context.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).chain(["keystead"]) {
        if word.chars().count() >= 4 {
            rest = rest.replace(&word.to_lowercase(), "");
        }
    }
    if rest.chars().count() < 8 { Err(PasswordProblem::ContainsContext) } else { Ok(()) }
}

/// Up to five letters, over and over again.
fn is_repetition(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=5).any(|period| letters.iter().zip(letters.iter().skip(period)).all(|(left, right)| left == right))
}

/// Each letter the one after, or before, the last.
fn is_run(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    codes.windows(2).all(|two| two[1] == two[0] + 1) || codes.windows(2).all(|two| two[0] == two[1] + 1)
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
        ] {
            assert_eq!(verdict(common), Err(PasswordProblem::Common), "{common}");
        }
        for context in ["acmeworks keystead", "ada lovelace acme 1", "KeysteadKeystead1"] {
            assert_eq!(verdict(context), Err(PasswordProblem::ContainsContext), "{context}");
        }
        assert_eq!(verdict("keystead guards the north gate"), Ok(()));
    }
}
