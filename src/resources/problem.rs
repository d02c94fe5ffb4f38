//! What can be wrong with what was typed. The words for it live in the templates.

/// Why a text is no kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KindProblem {
    /// Nothing was given.
    Empty,
    /// More than 32 characters.
    TooLong {
        /// How many there were.
        length: usize,
    },
    /// A character other than `a-z 0-9 _ -`.
    Character {
        /// The first such character.
        found: String,
    },
    /// The first character is no letter.
    Beginning {
        /// What it is.
        found: String,
    },
}

/// Why a text is no name, or not for this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameProblem {
    /// Nothing was given.
    Empty,
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
    /// There is one of this kind and name beneath the same parent.
    Taken,
    /// The organization has as many resources as there can be.
    TreeFull,
}

/// Why a resource cannot belong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentProblem {
    /// Nothing was given.
    Empty,
    /// The tenant has no such resource.
    Unknown,
    /// It is the moved resource, or lies beneath it.
    BeneathItself,
    /// It, or what is beneath it, would lie deeper than 10 levels.
    TooDeep {
        /// How deep it would lie.
        levels: usize,
    },
}
