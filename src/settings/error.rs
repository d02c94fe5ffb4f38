//! Why the settings stay as they are.

use std::fmt;

use crate::access::Refused;
use crate::signing_keys::SigningKeyError;
use crate::{db, web};

/// What can go wrong with the settings.
#[derive(Debug)]
pub enum SettingsError {
    /// The database refused.
    Db(db::Error),
    /// The actor lacks a permission.
    Refused(Refused),
    /// Somebody else changed them meanwhile.
    Stale,
    /// The signing keys stay as they are.
    SigningKeys(SigningKeyError),
}

impl From<SigningKeyError> for SettingsError {
    fn from(error: SigningKeyError) -> Self {
        Self::SigningKeys(error)
    }
}

impl From<db::Error> for SettingsError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Refused> for SettingsError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<SettingsError> for web::Error {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Db(error) => error.into(),
            SettingsError::Refused(refused) => refused.into(),
            SettingsError::Stale => Self::conflict("Somebody else changed the settings meanwhile. Open them again."),
            SettingsError::SigningKeys(error) => error.into(),
        }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::Stale => f.write_str("somebody else changed the settings meanwhile"),
            Self::SigningKeys(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SettingsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            Self::Refused(refused) => Some(refused),
            Self::Stale => None,
            Self::SigningKeys(error) => Some(error),
        }
    }
}
