//! What is known of a key that was deleted.

use crate::base::clock::Timestamp;

use super::ApiKey;

/// A deleted key, and how it came to that.
#[derive(Debug, Clone)]
pub struct Deleted {
    /// What is left of it.
    pub key: ApiKey,
    /// When it was deleted.
    pub at: Timestamp,
    /// By whom; unknown where the audit log does not tell.
    pub by: Option<String>,
}
