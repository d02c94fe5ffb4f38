//! Which users a list shows.

use super::user::Status;

/// What somebody looks for. Everything that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name or of the e-mail address.
    pub search: Option<String>,
    /// What the account is.
    pub status: Option<Status>,
    /// The slug of a role that the user holds anywhere.
    pub role: Option<String>,
}

impl Filter {
    /// Whether it lets everybody through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
