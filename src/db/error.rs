//! What can go wrong with a database, told apart as far as callers act differently on it.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the database, or of what is stored in it.
#[derive(Debug)]
pub enum Error {
    /// No connection, no turn in time, a full disk, and whatever else a database says that is no statement about its rows:
    /// answered with 503.
    Unavailable(String),
    /// The database answers, but this program must not use it as it is. Found at start.
    Refused(String),
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
            DieselError::DatabaseError(
                DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::RestrictViolation
                | DatabaseErrorKind::ExclusionViolation,
                _,
            ) => Self::Query(error),
            // Hundreds of codes, and none of them says anything about the rows that were asked for.
            DieselError::DatabaseError(_, info) => Self::Unavailable(info.message().to_owned()),
            DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Query(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the database cannot be asked: {}", why.trim()),
            Self::Refused(why) => write!(f, "the database cannot be used: {why}"),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: DatabaseErrorKind, message: &str) -> Error {
        DieselError::DatabaseError(kind, Box::new(message.to_owned())).into()
    }

    #[test]
    fn only_a_constraint_is_an_answer_and_everything_else_means_try_again() {
        for message in [
            "prepared statement \"__diesel_stmt_3\" does not exist",
            "prepared statement \"__diesel_stmt_3\" already exists",
            "cached plan must not change result type",
            "sorry, too many clients already",
            "no more connections allowed (max_client_conn)",
            "query_wait_timeout",
            "server_login_retry",
            "out of memory",
            "out of shared memory",
            "the database system is in recovery mode",
            "canceling statement due to statement timeout",
            "database or disk is full",
            "un message dans la langue du serveur",
        ] {
            assert!(matches!(of(DatabaseErrorKind::Unknown, message), Error::Unavailable(_)), "{message}");
        }
        for kind in [DatabaseErrorKind::ReadOnlyTransaction, DatabaseErrorKind::UnableToSendCommand] {
            assert!(matches!(of(kind, "x"), Error::Unavailable(_)));
        }
        assert!(matches!(of(DatabaseErrorKind::UniqueViolation, "x"), Error::Duplicate));
        for kind in [DatabaseErrorKind::ForeignKeyViolation, DatabaseErrorKind::CheckViolation] {
            assert!(matches!(of(kind, "x"), Error::Query(_)));
        }
        assert!(of(DatabaseErrorKind::Unknown, "deadlock detected").may_be_retried());
    }
}
