//! A resource: a node of the tenant's tree, and how far a tree may grow.

use crate::access::ResourcePath;
use crate::base::clock::Timestamp;
use crate::db;

use super::{Mark, ResourceError, Segment};

/// How deep a tree may be, the organization included.
pub const LEVELS: usize = 10;
/// How long a path can be, in characters, as its levels and their words allow.
pub const LONGEST_PATH: usize = 1_000;
/// How many nodes a tree may have, the organization included.
pub const MOST: usize = 10_000;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The database id.
    pub id: i64,
    /// The node above it; `None` for the tenant's root.
    pub parent_id: Option<i64>,
    /// What kind of thing it is: `application`.
    pub kind: String,
    /// Which one: `invoices`.
    pub name: String,
    /// Where it is, from the root down.
    pub path: ResourcePath,
    /// When it was added.
    pub created_at: Timestamp,
    /// Counts its changes, those of its place included.
    pub version: i64,
}

impl Resource {
    /// Whether it is the organization itself.
    pub const fn is_root(&self) -> bool {
        self.parent_id.is_none()
    }

    /// What a form about it carries, to notice that it is another one by now.
    pub const fn mark(&self) -> Mark {
        Mark { created_at: self.created_at, version: self.version }
    }

    /// Where a node beneath this one is.
    ///
    /// # Errors
    /// [`ResourceError::TooDeep`].
    pub fn beneath(&self, segment: &Segment) -> Result<ResourcePath, ResourceError> {
        require_levels(levels(&self.path) + 1)?;
        // A test knows how long the longest path is: it is one.
        let path = format!("{}:{segment}", self.path).parse();
        path.map_err(|_| db::Error::Corrupt("resources", "path").into())
    }
}

/// How deep a path is; 1 for the organization.
pub fn levels(path: &ResourcePath) -> usize {
    path.ancestors().count()
}

/// Whether a tree may be so deep.
///
/// # Errors
/// [`ResourceError::TooDeep`].
pub fn require_levels(levels: usize) -> Result<(), ResourceError> {
    if levels > LEVELS { Err(ResourceError::TooDeep { levels }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(path: &ResourcePath) -> Resource {
        let (id, parent_id, created_at, version) = (1, Some(1), Timestamp::from_micros(0), 1);
        Resource { id, parent_id, kind: "scope".into(), name: "x".into(), path: path.clone(), created_at, version }
    }

    #[test]
    fn a_tree_is_ten_levels_deep_and_no_path_in_it_is_too_long() {
        let longest = Segment::parse(&"k".repeat(32), &"n".repeat(64)).unwrap();
        let mut path = ResourcePath::root(&"s".repeat(63));
        for level in 2..=LEVELS {
            path = node(&path).beneath(&longest).unwrap();
            assert_eq!(levels(&path), level);
        }
        assert!(path.as_str().len() <= LONGEST_PATH, "{}", path.as_str().len());
        let deeper = node(&path).beneath(&longest);
        assert!(matches!(deeper, Err(ResourceError::TooDeep { levels: 11 })), "{deeper:?}");
    }
}
