//! Why a verb on keys did not happen.

use std::fmt;

use crate::access::{CannotGive, Refused};
use crate::grants::GrantsError;
use crate::{db, web};

use super::ApiKey;
use super::deleted::Deleted;
use super::problem::ExpiryProblem;
use super::tag::MOST_TAGS;

/// What can go wrong with a key.
#[derive(Debug)]
pub enum ApiKeyError {
    /// The database refused.
    Db(db::Error),
    /// The actor lacks a permission.
    Refused(Refused),
    /// There is no such key in the actor's tenant.
    NotFound,
    /// The key was deleted before.
    AlreadyDeleted(Box<Deleted>),
    /// The key is in use, and its client id was not typed.
    NotConfirmed,
    /// A key of the tenant has this client id.
    ClientIdTaken,
    /// A deleted key had this client id, and held what is not the actor's to give. These users can use it, and others.
    ClientIdKept(Vec<String>),
    /// The same form made this key before. Its secret is not shown again.
    AlreadyCreated(Box<ApiKey>),
    /// Somebody else changed the key meanwhile; it is like this now.
    Stale(Box<ApiKey>),
    /// The newest secret was used, and so was not lost.
    SecretUsed,
    /// No rotation of the key is going on, or not any more.
    NotRotating(Box<ApiKey>),
    /// The key holds what is not the actor's to give again.
    CannotGive(CannotGive),
    /// A role or a resource that was asked for does not exist, or is not the actor's to give.
    Grants(GrantsError),
    /// The key would hold nothing any more, and then not be the actor's to manage.
    LastGrant(Refused),
    /// The actor is the key itself, and nobody changes what they hold themselves.
    OwnGrants,
    /// The key cannot end then.
    Expiry(ExpiryProblem),
    /// The key has as many tags as it may have.
    TooManyTags,
}

impl From<db::Error> for ApiKeyError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Refused> for ApiKeyError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<CannotGive> for ApiKeyError {
    fn from(cannot: CannotGive) -> Self {
        Self::CannotGive(cannot)
    }
}

impl From<GrantsError> for ApiKeyError {
    fn from(error: GrantsError) -> Self {
        match error {
            GrantsError::Db(error) => Self::Db(error),
            other => Self::Grants(other),
        }
    }
}

impl From<ApiKeyError> for web::Error {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::Db(error) => error.into(),
            ApiKeyError::Refused(refused) | ApiKeyError::LastGrant(refused) => refused.into(),
            ApiKeyError::NotFound => Self::not_found(),
            ApiKeyError::AlreadyDeleted(deleted) => Self::gone((*deleted).into()),
            ApiKeyError::CannotGive(cannot) | ApiKeyError::Grants(GrantsError::CannotGive(cannot)) => cannot.into(),
            ApiKeyError::OwnGrants => Self::not_allowed(error.to_string()),
            ApiKeyError::Stale(_) => Self::conflict("Somebody else changed this key meanwhile. Open it again."),
            ApiKeyError::NotRotating(_) => Self::conflict("No rotation of this key is going on. Open it again."),
            other => Self::bad_request(other.to_string()),
        }
    }
}

impl From<Deleted> for web::error::Gone {
    fn from(deleted: Deleted) -> Self {
        let Deleted { key, at, by } = deleted;
        Self { name: key.client_id, at, by, href: format!("/api-keys/{}", key.key_id), typed: Vec::new() }
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::NotFound => f.write_str("there is no such key"),
            Self::AlreadyDeleted(_) => f.write_str("the key was deleted before"),
            Self::NotConfirmed => f.write_str("the key is in use, and its client id was not typed"),
            Self::ClientIdTaken => f.write_str("the client id is in use"),
            Self::ClientIdKept(_) => f.write_str("a deleted key had the client id, and others may use it again"),
            Self::AlreadyCreated(_) => f.write_str("this form made a key before"),
            Self::Stale(_) => f.write_str("somebody else changed the key meanwhile"),
            Self::SecretUsed => f.write_str("the newest secret of the key was used"),
            Self::NotRotating(_) => f.write_str("no rotation of the key is going on"),
            Self::CannotGive(cannot) => cannot.fmt(f),
            Self::Grants(error) => error.fmt(f),
            Self::LastGrant(_) => f.write_str(
                "A key without grants is managed by its creator and by users who manage API keys on the whole organization. \
                 Leave this key a grant, or delete it.",
            ),
            Self::OwnGrants => f.write_str("A key cannot change what it holds itself."),
            Self::Expiry(_) => f.write_str("the key cannot end then"),
            Self::TooManyTags => write!(f, "A key can have {MOST_TAGS} tags."),
        }
    }
}

impl std::error::Error for ApiKeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            Self::Refused(refused) => Some(refused),
            _ => None,
        }
    }
}
