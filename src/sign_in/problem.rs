//! What can be wrong with what was typed. The words for it live in the templates.

pub use crate::base::text::TextProblem;
pub use crate::tenants::SlugProblem;
pub use crate::users::email::EmailProblem;
pub use crate::users::password::PasswordProblem;

/// Why nobody was signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// Address or password; never which of them.
    Wrong,
    /// Too many tries.
    Throttled {
        /// How long to wait.
        seconds: u64,
    },
    /// Too many people at once.
    Busy,
}

/// Why a set-up code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Nothing was given.
    Missing,
    /// Not the code of the last start.
    Wrong,
    /// Older than an hour.
    Expired,
}
