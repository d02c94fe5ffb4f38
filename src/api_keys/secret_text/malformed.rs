//! What a text is that is no key: told without any look-up, so that whoever sent it can mend it.

use std::fmt;

/// Why a text cannot be a key of this installation. Found without any look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// There is nothing.
    Empty,
    /// It does not begin like a key.
    Prefix,
    /// It is what people write in the place of a key.
    Instead(Instead),
    /// A key, and something around it.
    Around(Around),
    /// The key stands where the user name belongs, and there is no password.
    AsUserName,
    /// A character that no key has.
    Character,
    /// Too short: it was cut.
    Cut {
        /// How many characters there were.
        length: usize,
        /// How many a key has.
        expected: usize,
    },
    /// Too long: something was added.
    TooLong {
        /// How many characters there were.
        length: usize,
        /// How many a key has.
        expected: usize,
    },
    /// A key of another environment.
    Environment {
        /// The environment in the text.
        found: String,
    },
    /// The checksum is not that of the rest: a character was mistyped.
    Checksum,
    /// The example of the documentation.
    Example,
}

/// What is sent in the place of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// Its client id.
    ClientId,
    /// An access token that it was given.
    AccessToken,
    /// The hint by which it is shown later.
    Hint,
    /// What a program or a template has where nothing was filled in: `undefined`, `changeme`, `${API_KEY}`.
    Placeholder,
}

/// What is sent around a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// Quotes of any kind.
    Quotes,
    /// A line break at an end.
    LineBreak,
    /// Spaces at an end.
    Spaces,
    /// The scheme of an `Authorization` header.
    Scheme,
    /// The name of a variable, a field or a header.
    Name,
    /// Brackets of any kind.
    Brackets,
    /// A byte order mark, a zero-width space or the like, at an end or inside.
    Invisible,
    /// Backslashes in front of its underscores.
    Backslashes,
    /// `%5F` instead of its underscores.
    PercentEncoding,
    /// Other text.
    Text,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The key is empty."),
            Self::Prefix => f.write_str("This is not a Keystead key: a key begins with ks_ and an environment."),
            Self::Instead(Instead::ClientId) => f.write_str(
                "This looks like an API Client ID. Send the key itself: a key begins with ks_ and an environment.",
            ),
            Self::Instead(Instead::AccessToken) => f.write_str(
                "This looks like an access token. Send the key itself: a key begins with ks_ and an environment.",
            ),
            Self::Instead(Instead::Hint) => f.write_str(
                "This is how the key is shown later, and not the key itself, which was shown once when it was made.",
            ),
            Self::Instead(Instead::Placeholder) => {
                f.write_str("This is a placeholder: nothing was filled in where the key belongs.")
            }
            Self::Around(around) => f.write_str(around.message()),
            Self::AsUserName => f.write_str(
                "The key was sent as the user name. Send the client id as user name, and the key as password.",
            ),
            Self::Character => f.write_str("A key has only letters, digits and underscores."),
            Self::Cut { length, expected } => {
                write!(f, "The key has {length} characters instead of {expected}. It was cut.")
            }
            Self::TooLong { length, expected } => {
                write!(f, "The key has {length} characters instead of {expected}. Something was added.")
            }
            Self::Environment { found } => {
                write!(f, "This is a key for the environment {found}, which is not this one.")
            }
            Self::Checksum => f.write_str("The checksum does not fit: at least one character of the key is wrong."),
            Self::Example => f.write_str("This is the example key of the documentation. It is never valid."),
        }
    }
}

impl Around {
    const fn message(self) -> &'static str {
        match self {
            Self::Quotes => "There are quotes around the key. Send it without them.",
            Self::LineBreak => "There is a line break at an end of the key. Send it without that.",
            Self::Spaces => "There are spaces at an end of the key. Send it without them.",
            Self::Scheme => "The word in front of the key is part of an Authorization header. Send the key alone here.",
            Self::Name => "There is the name of a variable or a field in front of the key. Send the key alone.",
            Self::Brackets => "There are brackets around the key. Send it without them.",
            Self::Invisible => {
                "There is an invisible character in the key, such as a byte order mark. Copy the key again without it."
            }
            Self::Backslashes => "There are backslashes in the key. Send it without them.",
            Self::PercentEncoding => "The key is percent-encoded (%5F). Send it decoded.",
            Self::Text => "There is other text around the key. Send the key alone.",
        }
    }
}
