//! Why an installation was not set up.

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
