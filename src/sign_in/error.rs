//! Why an installation was not set up, and why a link was not accepted.

use std::fmt;

use crate::db;

use super::problem::CodeProblem;

/// Why an installation was not set up.
#[derive(Debug)]
pub enum SetUpError {
    /// The database refused.
    Db(db::Error),
    /// There has been a first administrator before.
    Done,
    /// The code is not good.
    Code(CodeProblem),
    /// There is no first organization yet, so there is no further one.
    NotSetUp,
    /// An organization has this slug.
    SlugTaken,
}

impl From<db::Error> for SetUpError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl fmt::Display for SetUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::Done => f.write_str("this installation has an administrator already"),
            Self::Code(_) => f.write_str("the set-up code is not valid"),
            Self::NotSetUp => {
                f.write_str("this installation is not set up yet: make the first organization with keystead init")
            }
            Self::SlugTaken => f.write_str("an organization has this slug already: choose another one"),
        }
    }
}

impl std::error::Error for SetUpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Why a link was not accepted.
#[derive(Debug)]
pub enum AcceptError {
    /// The database refused.
    Db(db::Error),
    /// Never made, used, replaced, too old, for an address that belongs to somebody else, or not its maker's to give any more.
    NotGood,
}

impl From<db::Error> for AcceptError {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Db(error) => error.fmt(f),
            Self::NotGood => f.write_str("the link is not good any more"),
        }
    }
}

impl std::error::Error for AcceptError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
