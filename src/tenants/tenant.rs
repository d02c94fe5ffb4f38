//! A tenant: one organization, with the policies for its keys.

use crate::access::{ResourcePath, TenantScope};

/// One organization.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// What a request in its name may touch.
    pub scope: TenantScope,
    /// Its name in addresses; never changed.
    pub slug: String,
    /// Its name on screen.
    pub organization: String,
    /// The life of a new key when nothing else is chosen, in days.
    pub default_key_days: i64,
    /// The longest life a key may have, in days; `None` for no limit.
    pub longest_key_days: Option<i64>,
    /// The life of an access token, in seconds.
    pub access_token_seconds: i64,
    /// Whom the holder of a dead key is told to ask, in one line; may be empty.
    pub contact: String,
    /// Counts the changes of its settings.
    pub version: i64,
}

impl Tenant {
    /// The root of its resource tree.
    pub fn root(&self) -> ResourcePath {
        ResourcePath::root(&self.slug)
    }
}
