//! Why somebody's own account stays as it is.

use std::fmt;

use crate::{db, web};

/// What can go wrong with one's own account.
#[derive(Debug)]
pub(super) enum AccountError {
    /// The database refused.
    Db(db::Error),
    /// Only a person has an account.
    NotAPerson,
    /// There is no such session of theirs.
    NotFound,
    /// The password was changed from another browser at the same moment.
    Stale,
}

impl From<db::Error> for AccountError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<AccountError> for web::Error {
    fn from(error: AccountError) -> Self {
        let words = error.to_string();
        match error {
            AccountError::Db(error) => error.into(),
            AccountError::NotAPerson => Self::not_allowed(words),
            AccountError::NotFound => Self::not_found(),
            AccountError::Stale => Self::conflict(words),
        }
    }
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::NotAPerson => f.write_str("Only people have an account of their own."),
            Self::NotFound => f.write_str("There is no such session."),
            Self::Stale => {
                f.write_str("Your password was changed from another browser at the same moment. Sign in again.")
            }
        }
    }
}

impl std::error::Error for AccountError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
