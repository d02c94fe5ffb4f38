//! Why a verb on roles did not happen.

use std::fmt;

use crate::access::{CannotGive, Refused};
use crate::{db, web};

use super::Role;

/// What can go wrong with a role.
#[derive(Debug)]
pub enum RoleError {
    /// The database refused.
    Db(db::Error),
    /// The actor lacks a permission.
    Refused(Refused),
    /// The role contains, or would contain, what the actor may not give.
    CannotGive(CannotGive),
    /// There is no such role in the actor's tenant.
    NotFound,
    /// The role is built in, so nobody changes it.
    BuiltIn(Box<Role>),
    /// A role of the tenant has this slug.
    SlugTaken,
    /// The tenant has as many roles of its own as there can be: this many.
    Full(i64),
    /// Somebody changed the role meanwhile: this is how it is now.
    Stale(Box<Role>),
}

impl From<db::Error> for RoleError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Refused> for RoleError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<CannotGive> for RoleError {
    fn from(cannot: CannotGive) -> Self {
        Self::CannotGive(cannot)
    }
}

impl From<RoleError> for web::Error {
    fn from(error: RoleError) -> Self {
        match error {
            RoleError::Db(error) => error.into(),
            RoleError::Refused(refused) => refused.into(),
            RoleError::CannotGive(cannot) => cannot.into(),
            RoleError::NotFound => Self::not_found(),
            RoleError::BuiltIn(_) => Self::not_allowed(error.to_string()),
            RoleError::SlugTaken | RoleError::Full(_) | RoleError::Stale(_) => Self::conflict(error.to_string()),
        }
    }
}

impl fmt::Display for RoleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::CannotGive(cannot) => cannot.fmt(f),
            Self::NotFound => f.write_str("There is no such role."),
            Self::BuiltIn(role) => {
                write!(f, "{} is built in, and nobody can change that. Copy it, and change the copy.", role.name)
            }
            Self::SlugTaken => f.write_str("A role of this organization has this slug."),
            Self::Full(most) => write!(f, "This organization has {most} roles of its own, which is the most."),
            Self::Stale(role) => write!(f, "{} was changed meanwhile.", role.name),
        }
    }
}

impl std::error::Error for RoleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            Self::Refused(refused) => Some(refused),
            Self::CannotGive(cannot) => Some(cannot),
            _ => None,
        }
    }
}
