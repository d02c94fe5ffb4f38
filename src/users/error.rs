//! Why a verb on users did not happen.

use std::fmt;

use crate::access::{CannotGive, Refused};
use crate::grants::GrantsError;
use crate::{db, web};

use super::user::User;

/// What can go wrong with a user.
#[derive(Debug)]
pub enum UserError {
    /// The database refused.
    Db(db::Error),
    /// The actor lacks a permission.
    Refused(Refused),
    /// There is no such user in the actor's tenant.
    NotFound,
    /// The tenant has a user with this address.
    AlreadyThere(Box<User>),
    /// Nobody changes their own roles, or switches themselves off.
    OwnAccount,
    /// The user holds a role that is not the actor's to give.
    HoldsMore(CannotGive),
    /// One of the wanted grants cannot be given.
    Grants(GrantsError),
    /// Somebody else saved meanwhile.
    Stale,
    /// The account is switched off.
    Inactive,
    /// Nobody would be left who administers the organization.
    LastAdministrator,
}

impl From<db::Error> for UserError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Refused> for UserError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<GrantsError> for UserError {
    fn from(error: GrantsError) -> Self {
        match error {
            GrantsError::Db(error) => Self::Db(error),
            other => Self::Grants(other),
        }
    }
}

impl From<UserError> for web::Error {
    fn from(error: UserError) -> Self {
        let words = error.to_string();
        match error {
            UserError::Db(error) => error.into(),
            UserError::Refused(refused) => refused.into(),
            UserError::HoldsMore(cannot) | UserError::Grants(GrantsError::CannotGive(cannot)) => cannot.into(),
            UserError::NotFound => Self::not_found(),
            UserError::OwnAccount => Self::not_allowed(words),
            UserError::LastAdministrator | UserError::Stale | UserError::Inactive | UserError::AlreadyThere(_) => {
                Self::conflict(words)
            }
            UserError::Grants(_) => Self::bad_request(words),
        }
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::NotFound => f.write_str("There is no such user."),
            Self::AlreadyThere(user) => write!(f, "{} is a user of this organization already.", user.email),
            Self::OwnAccount => f.write_str(
                "Nobody changes their own roles, switches themselves off or deletes themselves. Ask another administrator.",
            ),
            Self::HoldsMore(cannot) => write!(f, "This user holds more than you may give. {cannot}"),
            Self::Grants(error) => error.fmt(f),
            Self::Stale => f.write_str("Somebody else changed this user meanwhile."),
            Self::Inactive => f.write_str("The account is switched off. Switch it on first."),
            Self::LastAdministrator => f.write_str(
                "This is the last administrator who can sign in. Give the role “Admin” on the whole organization to somebody else first.",
            ),
        }
    }
}

impl std::error::Error for UserError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
