//! Errors as these clients read them.

use actix_web::http::StatusCode;

use crate::api_keys::ApiKeyError;
use crate::db;
use crate::web::Error;
use crate::web::error::Kind;

/// What 401 asks for.
const CHALLENGE: &str = "Bearer realm=\"keystead\"";

/// 401.
pub fn unauthenticated(words: &'static str) -> Error {
    let challenge = CHALLENGE.to_owned();
    Error::new(Kind::Credential { status: StatusCode::UNAUTHORIZED, challenge }, words)
}

/// An error of the OAuth side: HTTP Basic works there, and does not here.
pub fn of_oauth(mut error: Error) -> Error {
    if let Kind::OAuth { status, .. } = error.kind {
        error.kind = match status {
            StatusCode::UNAUTHORIZED => Kind::Credential { status, challenge: CHALLENGE.to_owned() },
            _ => Kind::BadRequest,
        };
    }
    error
}

/// An error of a verb on keys. To these clients a key that was deleted is like one that never was.
pub fn of_verb(error: ApiKeyError) -> Error {
    match error {
        ApiKeyError::AlreadyDeleted(_) => Error::not_found(),
        error => error.into(),
    }
}

/// Why a request did not happen inside of its transaction.
#[derive(Debug)]
pub enum Failure {
    /// The verb refused.
    Verb(ApiKeyError),
    /// The answer is known already.
    Answer(Error),
}

impl From<ApiKeyError> for Failure {
    fn from(error: ApiKeyError) -> Self {
        Self::Verb(error)
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::Verb(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Answer(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Verb(error) => of_verb(error),
            Failure::Answer(error) => error,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Verb(error) => error.fmt(f),
            Self::Answer(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {
    // The database says by its own error whether a transaction may be tried again.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Verb(error) => Some(error),
            Self::Answer(_) => None,
        }
    }
}
