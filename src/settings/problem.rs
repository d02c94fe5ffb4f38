//! What can be wrong with the settings. The words for it live in the templates.

use crate::base::text::TextProblem;
use crate::tenants::AudienceProblem;
use crate::web::page::Moment;

/// One thing that is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsProblem {
    /// The default life is no number of days from 1 to [`super::problem::MOST_DAYS`].
    DefaultDays,
    /// The longest life is none.
    LongestDays,
    /// Neither a limit nor none was chosen.
    NoChoice,
    /// A number of days was typed, and no limit chosen.
    NoLimitButDays,
    /// The default life is longer than the longest.
    DefaultIsLonger {
        /// The default, in days.
        default: i64,
        /// The longest, in days.
        longest: i64,
    },
    /// With the contact.
    Contact(TextProblem),
    /// Somebody else saved meanwhile.
    Stale,
}

/// The longest life that can be set, in days: ten years.
pub const MOST_DAYS: i64 = 3_650;

impl SettingsProblem {
    /// The id of the field that it belongs to.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::DefaultDays | Self::DefaultIsLonger { .. } => "default-days",
            Self::LongestDays => "longest-days",
            Self::NoChoice | Self::NoLimitButDays => "limit-none",
            Self::Contact(_) => "contact",
            Self::Stale => "now",
        }
    }
}

/// One thing that is wrong with what was typed about access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenProblem {
    /// The life is no number of seconds from [`crate::tenants::SHORTEST_TOKEN_SECONDS`] to
    /// [`crate::tenants::LONGEST_TOKEN_SECONDS`].
    Seconds,
    /// The algorithm is none of those that are offered.
    Algorithm,
    /// Another algorithm needs a new key, and the last one does not sign yet.
    UnderWay {
        /// When it begins to.
        from: Moment,
    },
    /// The time between two signing keys is no number of days from 0 to [`super::problem::MOST_DAYS`].
    Days,
    /// With the audiences.
    Audiences(AudienceProblem),
    /// Somebody else saved meanwhile.
    Stale,
}

impl TokenProblem {
    /// The id of the field that it belongs to.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Seconds => "token-seconds",
            Self::Algorithm | Self::UnderWay { .. } => "algorithm",
            Self::Days => "signing-key-days",
            Self::Audiences(_) => "audiences",
            Self::Stale => "tokens-now",
        }
    }
}
