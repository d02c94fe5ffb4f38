//! The path of a resource: `organization=acme:account=main:application=invoices`.

use std::fmt;
use std::str::FromStr;

/// A path of `kind=name` segments. It addresses the node and everything beneath it; it need not be a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourcePath(String);

/// The text is not a path of `kind=name` segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPath;

impl ResourcePath {
    /// The root of the tenant with this slug.
    pub fn root(slug: &str) -> Self {
        Self(format!("organization={slug}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path from the root down to this one: each node above it, then itself.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + '_ {
        let ends = self.0.match_indices(':').map(|(at, _)| at).chain([self.0.len()]);
        ends.map(|end| Self(self.0[..end].to_owned()))
    }

    /// The path of the node above; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once(':').map(|(above, _)| Self(above.to_owned()))
    }

    /// Whether `other` is this node or lies beneath it, by whole segments.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

impl FromStr for ResourcePath {
    type Err = NotAPath;

    fn from_str(text: &str) -> Result<Self, NotAPath> {
        let word =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"=:".contains(&byte));
        let segment = |part: &str| part.split_once('=').is_some_and(|(kind, name)| word(kind) && word(name));
        (text.len() <= 1024 && text.split(':').all(segment)).then(|| Self(text.to_owned())).ok_or(NotAPath)
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seeded::{STORIES, Seeded};

    fn path(text: &str) -> ResourcePath {
        text.parse().unwrap()
    }

    #[test]
    fn a_path_covers_itself_and_what_is_beneath_by_whole_segments() {
        let invoices = path("organization=acme:application=invoices");
        assert!(ResourcePath::root("acme").covers(&invoices));
        assert!(invoices.covers(&invoices));
        assert!(invoices.covers(&path("organization=acme:application=invoices:order=7")));
        assert!(!invoices.covers(&path("organization=acme:application=invoices2")));
        assert!(!invoices.covers(&ResourcePath::root("acme")));
    }

    #[test]
    fn the_ancestors_of_a_path_begin_with_the_root_and_end_with_itself() {
        let path = path("organization=acme:account=main:application=x");
        let all: Vec<String> = path.ancestors().map(|path| path.to_string()).collect();
        assert_eq!(all, ["organization=acme", "organization=acme:account=main", path.as_str()]);
        assert_eq!(ResourcePath::root("acme").ancestors().count(), 1);
    }

    #[test]
    fn what_is_not_segments_is_refused() {
        for bad in ["", "organization", "organization=", "=acme", "a=b:", ":a=b", "a=b=c", "a=b c", "a=b\n"] {
            assert_eq!(bad.parse::<ResourcePath>(), Err(NotAPath), "{bad:?}");
        }
    }

    #[test]
    fn what_is_printed_is_read_and_lies_beneath_each_of_its_ancestors() {
        let letters: Vec<u8> = (0x21..=0x7e).filter(|byte| !b"=:".contains(byte)).collect();
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let segment = |_| format!("{}={}", chance.word(32, &letters), chance.word(60, &letters));
            let text = (0..=chance.below(10)).map(segment).collect::<Vec<_>>().join(":");
            let path = path(&text);
            assert_eq!((path.as_str(), path.to_string().parse()), (text.as_str(), Ok(path.clone())));
            assert!(path.ancestors().all(|above| above.covers(&path) && (above == path || !path.covers(&above))));
            assert_eq!(path.parent(), path.ancestors().filter(|above| *above != path).last());
            // One letter that no path has.
            let at = chance.below(text.len() + 1);
            let bad = format!("{}{}{}", &text[..at], chance.one(&[" ", "\n", "\0", "ü", "::"]), &text[at..]);
            assert_eq!(bad.parse::<ResourcePath>(), Err(NotAPath), "{bad:?}");
        }
    }
}
