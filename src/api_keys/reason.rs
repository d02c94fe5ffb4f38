//! Why a key is disabled, in the words of whoever does it. Whoever holds the key reads it.

use crate::base::text::{TextProblem, check_line};

use super::problem::ReasonProblem;
use super::words;

const LONGEST: usize = 200;

/// A line of 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Checks the text; an empty one is no reason, which is as good.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Option<Self>, ReasonProblem> {
        if words::key_id_in(text).is_some() {
            return Err(ReasonProblem::Secret);
        }
        match check_line(text, LONGEST) {
            Ok(()) => Ok(Some(Self(text.trim().to_owned()))),
            Err(TextProblem::Empty) => Ok(None),
            Err(TextProblem::TooLong { length, .. }) => Err(ReasonProblem::TooLong { length }),
            Err(TextProblem::ControlCharacter) => Err(ReasonProblem::ControlCharacter),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_or_nothing() {
        assert_eq!(Reason::parse("  "), Ok(None));
        assert_eq!(Reason::parse(" moving house ").unwrap().unwrap().as_str(), "moving house");
        assert!(Reason::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Reason::parse(&"é".repeat(201)), Err(ReasonProblem::TooLong { length: 201 }));
        assert_eq!(Reason::parse("a\nb"), Err(ReasonProblem::ControlCharacter));
        let leaked = format!("leaked: ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
        assert_eq!(Reason::parse(&leaked), Err(ReasonProblem::Secret));
    }
}
