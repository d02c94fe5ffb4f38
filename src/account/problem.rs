//! What can be wrong with what somebody sends about their own account. The words for it live in the templates.

use crate::base::text::TextProblem;
use crate::users::problem::PasswordProblem;

/// What is wrong with what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountProblem {
    /// With the name.
    Name(TextProblem),
    /// There is no such time zone.
    TimeZone,
    /// The present password is not this one.
    WrongPassword,
    /// Too many tries.
    Throttled {
        /// How long to wait.
        seconds: u64,
    },
    /// With the new password.
    Password(PasswordProblem),
    /// The new password is the present one.
    SamePassword,
}

impl AccountProblem {
    /// Whether it belongs beside the present password.
    pub const fn is_about_current(&self) -> bool {
        matches!(self, Self::WrongPassword | Self::Throttled { .. })
    }

    /// Whether it belongs beside the new password.
    pub const fn is_about_new(&self) -> bool {
        matches!(self, Self::Password(_) | Self::SamePassword)
    }
}
