//! Why a verb on resources did not happen.

use std::fmt;

use crate::access::{CannotGive, Refused};
use crate::{db, web};

use super::Resource;

/// What can go wrong with a resource.
#[derive(Debug)]
pub enum ResourceError {
    /// The database refused.
    Db(db::Error),
    /// The actor lacks a permission.
    Refused(Refused),
    /// Moving it would give what the actor may not give.
    CannotGive(CannotGive),
    /// There is no such resource in the actor's tenant.
    NotFound,
    /// It is the organization itself.
    Root,
    /// It was changed or replaced since the form was opened. This is how it is now.
    Changed(Box<Resource>),
    /// The resource above it is not there.
    NoSuchParent,
    /// It would lie beneath itself.
    BeneathItself,
    /// There is one of this kind and name beneath the same parent.
    Taken,
    /// It, or what is beneath it, would lie too deep.
    TooDeep {
        /// How deep.
        levels: usize,
    },
    /// The tenant has as many resources as there can be.
    TreeFull,
}

impl From<db::Error> for ResourceError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Refused> for ResourceError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<CannotGive> for ResourceError {
    fn from(cannot: CannotGive) -> Self {
        Self::CannotGive(cannot)
    }
}

impl From<ResourceError> for web::Error {
    fn from(error: ResourceError) -> Self {
        match error {
            ResourceError::Db(error) => error.into(),
            ResourceError::Refused(refused) => refused.into(),
            ResourceError::CannotGive(cannot) => cannot.into(),
            ResourceError::NotFound => Self::not_found(),
            ResourceError::Root => Self::not_allowed(
                "The organization itself can be neither renamed, moved nor deleted: its name is its address. Nothing was changed.",
            ),
            ResourceError::Changed(_) | ResourceError::Taken | ResourceError::TreeFull => {
                Self::conflict(error.to_string())
            }
            other => Self::bad_request(other.to_string()),
        }
    }
}

impl fmt::Display for ResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::CannotGive(cannot) => cannot.fmt(f),
            Self::NotFound => f.write_str("There is no such resource."),
            Self::Root => f.write_str("The organization itself can be neither renamed, moved nor deleted."),
            Self::Changed(_) => f.write_str("The resource was changed meanwhile."),
            Self::NoSuchParent => f.write_str("There is no such resource to belong to."),
            Self::BeneathItself => f.write_str("A resource cannot lie beneath itself."),
            Self::Taken => f.write_str("There is a resource of this kind and name beneath the same one."),
            Self::TooDeep { levels } => write!(f, "It would lie {levels} levels deep."),
            Self::TreeFull => f.write_str("The organization has as many resources as there can be."),
        }
    }
}

impl std::error::Error for ResourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            Self::Refused(refused) => Some(refused),
            Self::CannotGive(cannot) => Some(cannot),
            _ => None,
        }
    }
}
