//! How long a key is published before it signs and after it has signed, and where in its life it is.

use crate::base::clock::Timestamp;
use crate::tenants::{LONGEST_TOKEN_SECONDS, SigningAlgorithm};

/// So long may clients and proxies keep the published keys, in seconds.
pub const MAY_BE_KEPT_SECONDS: i64 = 300;

/// So long is a new key published before it signs, in seconds: twice as long as the published keys may be kept. Once because
/// whoever fetched them just before does not know the new key until then, and once more for answers that a proxy between kept
/// as long, and for clocks that differ.
pub const AHEAD_SECONDS: i64 = 2 * MAY_BE_KEPT_SECONDS;

/// What verifiers forgive beyond the end of a token (a minute, as a rule), and a minute by which clocks may differ, in seconds.
const LEEWAY_SECONDS: i64 = 120;

/// So long does a key stay published after it has signed for the last time, in seconds. By the longest life that can be set,
/// and not by the one that is: that may be raised until then.
pub(super) const AFTERWARDS_SECONDS: i64 = LONGEST_TOKEN_SECONDS + LEEWAY_SECONDS;

/// A key that is published now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentKey {
    /// Its id.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// Where in its life it is.
    pub stage: Stage,
}

/// Where in its life a published key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It will sign.
    Next {
        /// From then on.
        from: Timestamp,
    },
    /// It signs.
    Signs {
        /// Since then.
        since: Timestamp,
        /// Until then, where the next one is known.
        until: Option<Timestamp>,
    },
    /// It has signed; tokens of it may still live.
    Retired {
        /// When it stopped.
        since: Timestamp,
        /// How long it stays published.
        until: Timestamp,
    },
}
