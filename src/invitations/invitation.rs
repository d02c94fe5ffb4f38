//! What a link is, and how long it is good.

use std::str::FromStr;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;

/// How long a link is good for: a day (OWASP ASVS 5.0, 6.4.1).
pub const LIFE_SECONDS: i64 = 24 * 60 * 60;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The first password, which makes the account work.
    Activation,
    /// Another password.
    PasswordReset,
}

impl Purpose {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::PasswordReset => "password_reset",
        }
    }
}

impl FromStr for Purpose {
    type Err = ();

    fn from_str(stored: &str) -> Result<Self, ()> {
        [Self::Activation, Self::PasswordReset].into_iter().find(|purpose| purpose.as_str() == stored).ok_or(())
    }
}

/// A link that was made and not used yet, without its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The user's tenant.
    pub tenant: TenantScope,
    /// The user's database id.
    pub user: i64,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub created_at: Timestamp,
    /// Kind of whoever made it, and their database id.
    pub created_by: (String, Option<i64>),
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A link that was just made. The only place where its code is.
#[derive(Debug)]
pub struct Issued {
    /// `ksi_` and 43 base-62 digits: 256 bits.
    pub code: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
}
