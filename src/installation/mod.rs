//! The one installation: which secret it belongs to, and whether it is set up.

mod store;

pub use store::{complete, insert, keep_setup_code, load};

use crate::base::clock::Timestamp;

/// What the row says about setting up.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Which installation secret the stored MACs and seals were made with.
    pub secret_fingerprint: Vec<u8>,
    /// SHA-256 of the set-up code and the end of its life, while there is one.
    pub setup_code: Option<(Vec<u8>, Timestamp)>,
    /// Whether there has been a first administrator.
    pub is_set_up: bool,
}
