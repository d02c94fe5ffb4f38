//! A person who can sign in to the portal, or is invited to.

use std::str::FromStr;

use crate::base::clock::Timestamp;

/// A user, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The database id. Not for addresses.
    pub id: i64,
    /// The id in addresses.
    pub public_id: String,
    /// What they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// When they were added.
    pub created_at: Timestamp,
    /// By whom, as that was called then.
    pub created_by: String,
    /// When they chose their first password.
    pub activated_at: Option<Timestamp>,
    /// When the account was switched off, if it is.
    pub disabled_at: Option<Timestamp>,
    /// When they signed in last.
    pub last_signed_in_at: Option<Timestamp>,
    /// When they chose their password, as far as that is known.
    pub password_changed_at: Option<Timestamp>,
    /// Counts its changes, those of what they hold included.
    pub version: i64,
}

/// What an account is, in one word. The first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Switched off.
    Inactive,
    /// Has no password yet.
    Invited,
    /// None of the above.
    Active,
}

impl Status {
    /// All of them, as the filter offers them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Inactive];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Inactive => "inactive",
        }
    }

    /// The word on screen.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Invited => "Invited",
            Self::Inactive => "Inactive",
        }
    }
}

impl FromStr for Status {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(())
    }
}

impl User {
    /// What the account is.
    pub const fn status(&self) -> Status {
        if self.disabled_at.is_some() {
            Status::Inactive
        } else if self.activated_at.is_none() {
            Status::Invited
        } else {
            Status::Active
        }
    }
}
