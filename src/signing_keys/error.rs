//! Why the signing keys stay as they are.

use std::fmt;

use crate::access::Refused;
use crate::base::clock::Timestamp;
use crate::web::moment;
use crate::{db, web};

/// What can go wrong with the signing keys.
#[derive(Debug)]
pub enum SigningKeyError {
    /// The database refused.
    Db(db::Error),
    /// The actor lacks a permission.
    Refused(Refused),
    /// The key that was made last does not sign yet.
    UnderWay {
        /// When it begins to.
        from: Timestamp,
    },
    /// Another key was made since somebody looked.
    Stale,
}

impl From<db::Error> for SigningKeyError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Refused> for SigningKeyError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<SigningKeyError> for web::Error {
    fn from(error: SigningKeyError) -> Self {
        match error {
            SigningKeyError::Db(error) => error.into(),
            SigningKeyError::Refused(refused) => refused.into(),
            SigningKeyError::UnderWay { from } => Self::conflict(format!(
                "A rotation is under way: the new key begins to sign on {}. Rotate again after that.",
                moment::in_words(from)
            )),
            SigningKeyError::Stale => {
                Self::conflict("Another signing key was made meanwhile. Open the settings again.")
            }
        }
    }
}

impl fmt::Display for SigningKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::UnderWay { from } => {
                write!(f, "a rotation is under way: the new key begins to sign on {}", moment::in_words(*from))
            }
            Self::Stale => f.write_str("another signing key was made meanwhile"),
        }
    }
}

impl std::error::Error for SigningKeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            Self::Refused(refused) => Some(refused),
            Self::UnderWay { .. } | Self::Stale => None,
        }
    }
}
