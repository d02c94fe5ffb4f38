//! What can be wrong with what was typed. The words for it live in the templates.

use crate::base::zone::Day;
use crate::grants::form::RowProblem;
use crate::rate_limits::LimitProblem;

/// Why a text is no API Client ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientIdProblem {
    /// Nothing was given.
    Empty,
    /// Fewer than 3 characters.
    TooShort {
        /// How many there were.
        length: usize,
    },
    /// More than 64 characters.
    TooLong {
        /// How many there were.
        length: usize,
    },
    /// A character other than `A-Z a-z 0-9 . _ -`.
    Character {
        /// The first such character.
        found: String,
    },
    /// A key of the tenant has it, whatever the case.
    Taken,
    /// A deleted key had it, and held what the user may not give.
    Kept {
        /// The e-mail addresses of some users who can use it, separated by commas.
        users: String,
    },
    /// It holds a secret, which would be shown to everybody.
    Secret,
}

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameProblem {
    /// More than 100 characters.
    TooLong {
        /// How many there were.
        length: usize,
    },
    /// A tab, a line break, an invisible character that changes direction.
    ControlCharacter,
    /// It holds a secret, which would be shown to everybody.
    Secret,
}

/// Why a key that is in use is not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmProblem {
    /// It was not in use when the question was asked.
    UsedMeanwhile,
    /// Nothing was typed.
    Empty,
    /// Something else was typed.
    Different,
}

/// Why a text is no reason for disabling a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonProblem {
    /// More than 200 characters.
    TooLong {
        /// How many there were.
        length: usize,
    },
    /// A tab, a line break, an invisible character that changes direction.
    ControlCharacter,
    /// It holds a secret, which would be shown to everybody.
    Secret,
}

/// Why a text is no list of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressProblem {
    /// An entry is no IP address, with or without a prefix.
    NotAnAddress {
        /// Its line, from 1.
        line: usize,
        /// What it says.
        text: String,
    },
    /// The part after the slash is no number from 0 to `most`.
    Prefix {
        /// Its line, from 1.
        line: usize,
        /// What it says.
        text: String,
        /// 32 or 128.
        most: u8,
    },
    /// There are too many of them.
    TooMany {
        /// How many.
        count: usize,
    },
}

/// Why a pair is no tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagProblem {
    /// There is nothing before the colon.
    NoKey,
    /// More than 32 characters before it.
    KeyTooLong {
        /// How many there were.
        length: usize,
    },
    /// A character other than `a-z 0-9 . _ -` before it.
    KeyCharacter {
        /// The key.
        key: String,
        /// The first such character.
        found: String,
    },
    /// The key begins with none of `a-z 0-9`.
    KeyBeginning {
        /// The key.
        key: String,
    },
    /// There is nothing after the colon.
    NoValue {
        /// The key.
        key: String,
    },
    /// More than 64 characters after it.
    ValueTooLong {
        /// The key.
        key: String,
        /// How many there were.
        length: usize,
    },
    /// A tab, a line break, an invisible character.
    ValueHidden {
        /// The key.
        key: String,
    },
    /// Another tag of the same key stands above.
    Twice {
        /// The key.
        key: String,
    },
    /// It is one more than a key may have.
    OneTooMany,
    /// What stands before the colon holds a secret, which would be shown to everybody.
    SecretKey,
    /// The same, behind it.
    SecretValue,
}

impl TagProblem {
    /// The field of the row that it belongs to, as names and ids have it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoValue { .. } | Self::ValueTooLong { .. } | Self::ValueHidden { .. } | Self::SecretValue => "value",
            _ => "key",
        }
    }
}

/// Why a key cannot end then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiryProblem {
    /// It is none of what the organization offers.
    NotOffered,
    /// The text is no day.
    NotADay,
    /// The day is over.
    Past {
        /// Which.
        day: Day,
    },
    /// The organization's longest life ends before.
    TooLate {
        /// Which.
        day: Day,
        /// The last one that is allowed.
        last: Day,
    },
}

/// One thing that is wrong with what a key is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyProblem {
    /// With the client id.
    ClientId(ClientIdProblem),
    /// With the name.
    Name(NameProblem),
    /// With a row "role on resource".
    Row {
        /// Its number, from 0.
        number: usize,
        /// What is wrong with it.
        problem: RowProblem,
    },
    /// With the end.
    Expiry(ExpiryProblem),
    /// With a tag.
    Tag {
        /// Its number, from 0.
        number: usize,
        /// What is wrong with it.
        problem: TagProblem,
    },
    /// With the allowed addresses.
    Addresses(AddressProblem),
    /// With a rate limit.
    Limit(LimitProblem),
    /// The key holds what is not this person's to give, so they cannot widen what it is good for.
    BeyondYours(String),
    /// Somebody else saved meanwhile.
    Stale,
}
