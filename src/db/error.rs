//! What can go wrong with a database, told apart as far as callers act differently on it.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database, or of what is stored in it.
#[derive(Debug)]
pub enum Error {
    /// No connection, no turn in time, a full disk: the truth is not known now. Answered with 503.
    Unavailable(String),
    /// A stored value that this program never writes, in this table and column.
    Corrupt(&'static str, &'static str),
    /// A uniqueness rule refused the row.
    Duplicate,
    /// Another transaction was in the way; the same one may go through when tried again.
    Conflict(String),
    /// Any other refusal of the database: a fault of this program.
    Query(DieselError),
}

impl Error {
    /// Whether the same transaction may succeed when it is run again.
    pub fn may_be_retried(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Duplicate,
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Conflict(error.to_string()),
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(_, info) if info.message().contains("deadlock detected") => {
                Self::Conflict(error.to_string())
            }
            DieselError::DatabaseError(_, info) if means_unavailable(info.message()) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Query(error),
        }
    }
}

/// Messages of libpq and SQLite that speak of the server, the disk or the queue, not of the query.
fn means_unavailable(message: &str) -> bool {
    const SIGNS: [&str; 16] = [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "SSL connection has been closed",
        "the database system is",
        "canceling statement due to",
        "No space left",
        "database or disk is full",
        "database is locked",
        "disk I/O error",
        "attempt to write a readonly database",
        "unable to open database file",
        "read-only transaction",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the database cannot be reached: {}", why.trim()),
            Self::Corrupt(table, column) => write!(f, "{table}.{column} holds a value that Keystead does not write"),
            Self::Duplicate => f.write_str("a row with these values exists"),
            Self::Conflict(why) => write!(f, "another transaction was in the way: {why}"),
            Self::Query(error) => write!(f, "the database refused: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Query(error) => Some(error),
            _ => None,
        }
    }
}
