//! A tenant: one organization, with the policies for its keys.

use crate::access::{ResourcePath, TenantScope};
use crate::base::clock::Timestamp;

use super::{Audiences, SigningAlgorithm};

/// The shortest life of an access token that can be set, in seconds.
pub const SHORTEST_TOKEN_SECONDS: i64 = 60;
/// The longest life of an access token that can be set, in seconds: an hour.
pub const LONGEST_TOKEN_SECONDS: i64 = 3_600;

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
    /// By which algorithm the next signing key signs.
    pub signing_algorithm: SigningAlgorithm,
    /// After how many days the next signing key is made by itself; `None` for never.
    pub signing_key_days: Option<i64>,
    /// Whom access tokens may be for.
    pub audiences: Audiences,
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

    /// When the schedule makes the next signing key, where the last one signs from this moment on; `None` for never.
    pub fn signing_key_after(&self, signs_from: Timestamp) -> Option<Timestamp> {
        self.signing_key_days.map(|days| signs_from.plus_days(days))
    }

    /// The life of an access token in minutes, as pages say it: rounded up.
    pub const fn access_token_minutes(&self) -> i64 {
        (self.access_token_seconds + 59) / 60
    }
}
