//! What a form about a resource carries of it, so that it is noticed when the resource was changed or replaced meanwhile.

use std::fmt;
use std::str::FromStr;

use crate::base::clock::Timestamp;

/// Which node it was, and which of its versions. No secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When the node was added: another node at the same path has another moment.
    pub created_at: Timestamp,
    /// How often it had been changed.
    pub version: i64,
}

/// The text is no mark that we wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAMark;

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.created_at.micros(), self.version)
    }
}

impl FromStr for Mark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        let (created_at, version) = text.split_once('.').ok_or(NotAMark)?;
        let number = |text: &str| text.parse::<i64>().map_err(|_| NotAMark);
        Ok(Self { created_at: Timestamp::from_micros(number(created_at)?), version: number(version)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark { created_at: Timestamp::from_micros(1_795_444_320_000_000), version: 3 };
        assert_eq!(mark.to_string().parse(), Ok(mark));
        for bad in ["", ".", "1", "1.", ".1", "1.x", "1.2.3", "99999999999999999999.1"] {
            assert_eq!(bad.parse::<Mark>(), Err(NotAMark), "{bad}");
        }
    }
}
