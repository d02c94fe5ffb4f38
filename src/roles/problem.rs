//! What can be wrong with what was typed. The words for it live in the templates.

use crate::access::Permission;
use crate::access::permission::NotAnApplicationPermission;

pub use crate::base::text::TextProblem;

/// Why a text is no slug of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugProblem {
    /// Nothing was given, and nothing could be proposed from the name.
    Empty,
    /// Other characters, or too short, or too long.
    Malformed,
    /// A built-in role has it.
    BuiltIn,
    /// A page of the portal has this address.
    Reserved,
    /// A role of the tenant has it.
    Taken,
}

/// What is wrong with the application permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationProblem {
    /// A word that is none, and why.
    Word {
        /// The word, short enough to be shown.
        word: String,
        /// Why it is none.
        why: NotAnApplicationPermission,
    },
    /// More words that are none, which are not named.
    More {
        /// How many.
        count: usize,
    },
    /// There are too many.
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
}

/// Everything that is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// With the name.
    pub name: Option<TextProblem>,
    /// With the slug.
    pub slug: Option<SlugProblem>,
    /// With the description.
    pub description: Option<TextProblem>,
    /// With the application permissions.
    pub application: Vec<ApplicationProblem>,
    /// User managers may not give what contains this.
    pub assignable: Option<Permission>,
    /// The tenant has as many roles of its own as there can be: this many.
    pub full: Option<i64>,
}

impl Problems {
    /// How many there are.
    pub fn count(&self) -> usize {
        let fields = [
            self.name.is_some(),
            self.slug.is_some(),
            self.description.is_some(),
            self.assignable.is_some(),
            self.full.is_some(),
        ];
        fields.into_iter().filter(|wrong| *wrong).count() + self.application.len()
    }
}
