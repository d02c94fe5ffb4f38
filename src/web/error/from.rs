//! What errors of other layers are to whoever asked.

use crate::access::{CannotGive, Refused};
use crate::base::password::PasswordError;
use crate::db;

use super::{Error, Kind};

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Unavailable(_) | db::Error::Conflict(_) | db::Error::Refused(_) => Self::unavailable(error),
            _ => Self::internal(error),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        let detail = format!("The permission {} is needed on {}.", refused.permission, refused.resource);
        Self::new(Kind::Forbidden(refused), detail)
    }
}

impl From<CannotGive> for Error {
    fn from(cannot: CannotGive) -> Self {
        let detail = cannot.to_string();
        let refused = Refused { permission: cannot.missing.permission(), resource: cannot.resource };
        Self::new(Kind::CannotGive(refused), detail)
    }
}

impl From<PasswordError> for Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => {
                Self::new(Kind::Unavailable, "Too many people are signing in at once. Try again in a few seconds.")
                    .because(error)
            }
            PasswordError::Unusable => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;

    use super::*;

    #[test]
    fn an_outage_is_503_and_a_fault_is_500_and_neither_shows_its_cause() {
        let outage = Error::from(db::Error::Unavailable("password=hunter2".into()));
        assert_eq!(outage.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!outage.detail.contains("hunter2"));
        assert_eq!(Error::from(db::Error::Corrupt("roles", "built_in")).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
