//! What can be wrong with what was typed about a user. The words for it live in the templates.

pub use super::email::EmailProblem;
pub use super::password::PasswordProblem;
pub use crate::base::text::TextProblem;
pub use crate::grants::form::RowProblem;

/// One thing that is wrong with the form of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserProblem {
    /// With the e-mail address.
    Email(EmailProblem),
    /// The organization has a user with this address.
    EmailTaken {
        /// The id in that user's address.
        public_id: String,
        /// That user has not chosen a password yet.
        is_invited: bool,
    },
    /// With the name.
    Name(TextProblem),
    /// With a row "role on resource".
    Row {
        /// Its number, from 0.
        number: usize,
        /// What is wrong with it.
        problem: RowProblem,
    },
    /// A ticked role was deleted meanwhile.
    RoleGone,
    /// Nobody would be left who administers the organization.
    LastAdministrator,
    /// Somebody else saved meanwhile.
    Stale,
}
