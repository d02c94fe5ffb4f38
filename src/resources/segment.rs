//! A segment of a path, `kind=name`, as people type it.

use std::fmt;

use crate::base::text::is_hidden;

use super::problem::{KindProblem, NameProblem};

/// Kinds that are offered. Any other word will do.
pub const KINDS: [&str; 5] = ["organization", "account", "namespace", "application", "scope"];

const LONGEST_KIND: usize = 32;
const LONGEST_NAME: usize = 64;

/// A kind and a name: the last part of a resource's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    kind: String,
    name: String,
}

/// What is wrong with the two words of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentProblems {
    /// With the kind.
    pub kind: Option<KindProblem>,
    /// With the name.
    pub name: Option<NameProblem>,
}

impl Segment {
    /// Checks both words; white space around them is no part of them.
    ///
    /// # Errors
    /// What is wrong with either.
    pub fn parse(kind: &str, name: &str) -> Result<Self, SegmentProblems> {
        let (kind, name) = (kind.trim(), name.trim());
        let problems = SegmentProblems { kind: check_kind(kind).err(), name: check_name(name).err() };
        if problems == SegmentProblems::default() {
            Ok(Self { kind: kind.to_owned(), name: name.to_owned() })
        } else {
            Err(problems)
        }
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Which one.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.kind, self.name)
    }
}

/// `[a-z][a-z0-9_-]{0,31}`
fn check_kind(text: &str) -> Result<(), KindProblem> {
    let length = text.chars().count();
    let Some(first) = text.chars().next() else { return Err(KindProblem::Empty) };
    if length > LONGEST_KIND {
        return Err(KindProblem::TooLong { length });
    }
    let may_stand = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-".contains(letter);
    if let Some(found) = text.chars().find(|letter| !may_stand(*letter)) {
        return Err(KindProblem::Character { found: visible(found) });
    }
    if first.is_ascii_lowercase() { Ok(()) } else { Err(KindProblem::Beginning { found: visible(first) }) }
}

/// `[A-Za-z0-9._-]{1,64}`
fn check_name(text: &str) -> Result<(), NameProblem> {
    let length = text.chars().count();
    if length == 0 {
        return Err(NameProblem::Empty);
    }
    if length > LONGEST_NAME {
        return Err(NameProblem::TooLong { length });
    }
    match text.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"._-".contains(*letter)) {
        Some(found) => Err(NameProblem::Character { found: visible(found) }),
        None => Ok(()),
    }
}

fn visible(letter: char) -> String {
    if is_hidden(letter) { letter.escape_unicode().collect() } else { letter.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ResourcePath;

    #[test]
    fn a_segment_is_a_part_of_a_path() {
        for (kind, name) in [("application", "invoices"), ("a", "Z"), ("k1_-", "._-9"), (" scope ", " x ")] {
            let segment = Segment::parse(kind, name).unwrap();
            assert_eq!(segment.to_string(), format!("{}={}", kind.trim(), name.trim()));
            assert!(format!("organization=acme:{segment}").parse::<ResourcePath>().is_ok());
        }
        assert!(Segment::parse(&"k".repeat(32), &"n".repeat(64)).is_ok());
        assert!(KINDS.iter().all(|kind| Segment::parse(kind, "x").is_ok()));
    }

    #[test]
    fn what_is_none_is_refused_with_the_reason() {
        let kind = |text: &str| Segment::parse(text, "x").unwrap_err().kind.unwrap();
        assert_eq!(kind(" "), KindProblem::Empty);
        assert_eq!(kind(&"k".repeat(33)), KindProblem::TooLong { length: 33 });
        assert_eq!(kind("1st"), KindProblem::Beginning { found: "1".into() });
        for (text, found) in [("App", "A"), ("a b", " "), ("a=b", "="), ("a:b", ":"), ("k\u{e4}se", "ä"), ("a.b", ".")]
        {
            assert_eq!(kind(text), KindProblem::Character { found: found.into() });
        }
        let name = |text: &str| Segment::parse("scope", text).unwrap_err().name.unwrap();
        assert_eq!(name(""), NameProblem::Empty);
        assert_eq!(name(&"n".repeat(65)), NameProblem::TooLong { length: 65 });
        for (text, found) in [("a b", " "), ("a=b", "="), ("a:b", ":"), ("a/b", "/"), ("a\u{202e}b", "\\u{202e}")] {
            assert_eq!(name(text), NameProblem::Character { found: found.into() });
        }
        let both = Segment::parse("", "").unwrap_err();
        assert!(both.kind.is_some() && both.name.is_some());
    }
}
