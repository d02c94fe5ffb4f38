//! What a line of text may hold.

/// Characters that a line must not hold: controls, line and paragraph separators, and the invisible ones that change the
/// direction of what follows or make two different texts look alike.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text of a file or of standard input without the byte order mark that some editors and shells put before it.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
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
    /// A tab, a line break, an invisible character.
    ControlCharacter,
}

/// Checks a line of text, trimmed, of 1 to `most` characters.
///
/// # Errors
/// What is wrong with it.
pub fn check_line(text: &str, most: usize) -> Result<(), TextProblem> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(TextProblem::Empty);
    }
    if length > most {
        return Err(TextProblem::TooLong { length, most });
    }
    if text.chars().any(is_hidden) { Err(TextProblem::ControlCharacter) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_of_visible_text() {
        assert_eq!(check_line(" Ada Lovelace ", 20), Ok(()));
        assert_eq!(check_line("  ", 20), Err(TextProblem::Empty));
        assert_eq!(check_line("abcdef", 5), Err(TextProblem::TooLong { length: 6, most: 5 }));
        for bad in ["a\nb", "a\tb", "a\u{202e}b", "a\u{2028}b", "a\u{200b}b", "a\u{feff}b", "a\u{61c}b"] {
            assert_eq!(check_line(bad, 5), Err(TextProblem::ControlCharacter), "{bad:?}");
        }
    }
}
