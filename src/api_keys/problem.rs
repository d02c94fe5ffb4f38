//! What can be wrong with what was typed. The words for it live in the templates.

use crate::grants::form::RowProblem;

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

/// One thing that is wrong with the panel of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditProblem {
    /// With the name.
    Name(NameProblem),
    /// With a row "role on resource".
    Row {
        /// Its number, from 0.
        number: usize,
        /// What is wrong with it.
        problem: RowProblem,
    },
    /// The end is not offered.
    Expiry,
    /// Somebody else saved meanwhile.
    Stale,
}
