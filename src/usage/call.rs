//! One check in which a key was presented by whoever holds it, and the rows that come of it.

use std::net::IpAddr;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;

/// The code of a check that accepted the key.
pub const ACCEPTED: &str = "VALID";

/// Codes of checks that found the key, or this secret of it, dead.
const DEAD: [&str; 4] = ["DELETED", "DISABLED", "EXPIRED", "ROTATED"];

/// A check in which the right secret of a key, or an access token that it was given, was presented. Whoever guesses makes none.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The key's tenant.
    pub tenant: TenantScope,
    /// The key's database id.
    pub api_key: i64,
    /// The database id of the secret that was presented; an access token does not say by which one it was got.
    pub secret: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// From which address, where it is known.
    pub address: Option<IpAddr>,
    /// The answer: `VALID`, or why not.
    pub code: &'static str,
}

impl Call {
    /// Whether the key was accepted.
    pub fn is_accepted(&self) -> bool {
        self.code == ACCEPTED
    }

    /// Whether the key, or this secret of it, is dead.
    pub fn is_of_the_dead(&self) -> bool {
        DEAD.contains(&self.code)
    }
}

/// When, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// From which address, where it is known.
    pub address: Option<IpAddr>,
}

/// What is added to one row of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The first and the last accepted use of the key.
    Use {
        /// The first.
        first: Seen,
        /// The last.
        last: Seen,
    },
    /// Accepted uses of one secret.
    Secret {
        /// Its database id.
        secret: i64,
        /// The last.
        last: Seen,
        /// How many.
        calls: i64,
    },
    /// Answers in an hour since 1970.
    Hour {
        /// The hour.
        hour: i64,
        /// The answer.
        code: &'static str,
        /// How many.
        calls: i64,
    },
    /// Answers on a day since 1970.
    Day {
        /// The day.
        day: i64,
        /// The answer.
        code: &'static str,
        /// How many.
        calls: i64,
    },
    /// Accepted uses from one address on a day; without an address, all others together.
    From {
        /// The day.
        day: i64,
        /// The address.
        address: Option<IpAddr>,
        /// How many.
        calls: i64,
        /// The last.
        last_at: Timestamp,
    },
    /// Calls with a dead key.
    Dead {
        /// The last answer.
        code: &'static str,
        /// How many.
        calls: i64,
        /// The first.
        first_at: Timestamp,
        /// The last.
        last: Seen,
    },
}

/// An addition that is not written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The key's tenant.
    pub tenant: TenantScope,
    /// The key's database id.
    pub api_key: i64,
    /// What is added.
    pub what: What,
}
