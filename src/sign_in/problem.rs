//! What can be wrong with what was typed. The words for it live in the templates.

pub use crate::tenants::SlugProblem;
pub use crate::users::email::EmailProblem;
pub use crate::users::password::PasswordProblem;

/// Why nobody was signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// Address or password; never which of them.
    Wrong,
    /// Too many tries.
    Throttled {
        /// How long to wait.
        seconds: u64,
    },
    /// Too many people at once.
    Busy,
}

/// Why a set-up code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Nothing was given.
    Missing,
    /// Not the code of the last start.
    Wrong,
    /// Older than an hour.
    Expired,
}

/// Why a line of text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextProblem {
    /// Nothing was given.
    Empty,
    /// Too many characters.
    TooLong {
        /// How many there were.
        length: usize,
        /// How many there may be.
        most: usize,
    },
    /// A tab, a line break, an invisible character that changes direction.
    ControlCharacter,
}

/// Checks a line of text, trimmed, of at most `most` characters.
pub fn check_line(text: &str, most: usize) -> Result<(), TextProblem> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(TextProblem::Empty);
    }
    if length > most {
        return Err(TextProblem::TooLong { length, most });
    }
    if text.chars().any(crate::web::form::is_control) { Err(TextProblem::ControlCharacter) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_of_visible_text() {
        assert_eq!(check_line(" Ada Lovelace ", 20), Ok(()));
        assert_eq!(check_line("  ", 20), Err(TextProblem::Empty));
        assert_eq!(check_line("abcdef", 5), Err(TextProblem::TooLong { length: 6, most: 5 }));
        for bad in ["a\nb", "a\tb", "a\u{202e}b", "a\u{2028}b"] {
            assert_eq!(check_line(bad, 5), Err(TextProblem::ControlCharacter), "{bad:?}");
        }
    }
}
