//! A resource: a node of the tenant's tree.

use crate::access::ResourcePath;

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
    /// Counts its changes.
    pub version: i64,
}
