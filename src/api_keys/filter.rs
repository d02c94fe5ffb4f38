//! Which keys a list shows, and in which order. Pure.

use std::fmt;
use std::str::FromStr;

use crate::access::ResourcePath;

use super::api_key::{Status, Tag};
use super::key_id::is_key_id;
use super::words;

/// What somebody looks for. Everything that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// How a word of the client id or of the name, the key id, or the end of a secret begins.
    pub search: Option<Search>,
    /// A tag that the key has.
    pub tag: Option<Tag>,
    /// What the key is.
    pub status: Option<Standing>,
    /// The slug of a role that the key holds anywhere.
    pub role: Option<String>,
    /// A resource on which, or beneath which, the key holds a role.
    pub resource: Option<ResourcePath>,
    /// Only those that whoever looks made.
    pub mine: bool,
}

impl Filter {
    /// Whether it lets every key through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What was typed into the search field, as it may be shown again: a secret became the id of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    shown: String,
    beginning: String,
}

impl Search {
    /// Most characters that are looked for.
    const LONGEST: usize = 100;

    /// `None` where nothing is left to look for.
    pub fn parse(typed: &str) -> Option<Self> {
        let shown: String = match words::key_id_in(typed) {
            Some(key_id) => key_id.to_owned(),
            None => typed.trim().chars().take(Self::LONGEST).collect(),
        };
        let beginning = words::beginning(&shown);
        (!beginning.is_empty()).then_some(Self { shown, beginning })
    }

    /// The text for the search field. Never a secret.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The text, where it may be the id of a key: typed as such, or what a secret became.
    pub fn key_id(&self) -> Option<&str> {
        Some(self.shown.as_str()).filter(|text| is_key_id(text))
    }

    /// Whether what was typed held a secret, which must not be seen again.
    pub fn hides(typed: &str) -> bool {
        words::key_id_in(typed).is_some()
    }

    /// What the word that finds the key begins with.
    pub fn beginning(&self) -> &str {
        &self.beginning
    }
}

/// [`Status`] as a filter: each key that is listed has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// In use, and not about to end.
    Active,
    /// Ends within 14 days.
    Expiring,
    /// Nobody has used it.
    NeverUsed,
    /// Its time is over.
    Expired,
    /// Paused.
    Disabled,
}

impl Standing {
    /// In the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Active, Self::Expiring, Self::NeverUsed, Self::Expired, Self::Disabled];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expiring => "expiring",
            Self::NeverUsed => "never-used",
            Self::Expired => "expired",
            Self::Disabled => "disabled",
        }
    }

    /// The words on screen.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Expiring => "Expiring soon",
            Self::NeverUsed => "Never used",
            Self::Expired => "Expired",
            Self::Disabled => "Disabled",
        }
    }

    /// The standing of a key with this status; a deleted key has none.
    pub const fn of(status: Status) -> Option<Self> {
        match status {
            Status::Active => Some(Self::Active),
            Status::Expiring { .. } => Some(Self::Expiring),
            Status::NeverUsed => Some(Self::NeverUsed),
            Status::Expired => Some(Self::Expired),
            Status::Disabled => Some(Self::Disabled),
            Status::Deleted => None,
        }
    }
}

impl FromStr for Standing {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == word).ok_or(())
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The order in which keys were made.
    Created,
    /// The name; small and capital letters are the same.
    Name,
    /// The last use. What was never used comes before everything else.
    LastUsed,
    /// The end. What never ends comes after everything else.
    Expires,
}

/// An order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// What it is sorted by.
    pub by: By,
    /// The greatest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: By::Created, descending: true }
    }
}

impl Sort {
    /// The order of a list about which nobody said anything: the newest first, or what ends next where the list is about ends.
    pub fn usual(filter: &Filter) -> Self {
        match filter.status {
            Some(Standing::Expiring) => Self { by: By::Expires, descending: false },
            Some(Standing::Expired) => Self { by: By::Expires, descending: true },
            _ => Self::default(),
        }
    }

    /// The order after a click on the head of this column.
    pub fn clicked(self, by: By) -> Self {
        let first = matches!(by, By::Created | By::LastUsed);
        Self { by, descending: if self.by == by { !self.descending } else { first } }
    }
}

impl By {
    const ALL: [Self; 4] = [Self::Created, Self::Name, Self::LastUsed, Self::Expires];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Name => "name",
            Self::LastUsed => "last-used",
            Self::Expires => "expires",
        }
    }
}

/// `name`, or `-name` for the greatest first.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.by.as_str())
    }
}

impl FromStr for Sort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let by = By::ALL.into_iter().find(|by| by.as_str() == word).ok_or(())?;
        Ok(Self { by, descending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_printed() {
        for by in By::ALL {
            for descending in [true, false] {
                let sort = Sort { by, descending };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
        assert_eq!("--name".parse::<Sort>(), Err(()));
        assert_eq!("".parse::<Sort>(), Err(()));
    }

    #[test]
    fn a_second_click_turns_the_order_around() {
        let newest = Sort::default();
        assert_eq!(newest.clicked(By::Created).to_string(), "created");
        assert_eq!(newest.clicked(By::Name).to_string(), "name");
        assert_eq!(newest.clicked(By::Name).clicked(By::Name).to_string(), "-name");
        assert_eq!(newest.clicked(By::LastUsed).to_string(), "-last-used");
    }

    #[test]
    fn a_secret_that_is_looked_for_is_not_kept() {
        let secret = format!("ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
        for typed in [secret.clone(), format!("  \"{secret}\"\n"), format!("Authorization: Bearer {secret}")] {
            let search = Search::parse(&typed).unwrap();
            assert_eq!((search.as_str(), search.beginning()), ("4Jq9ZbT0kLw2", "4jq9zbt0klw2"));
        }
        assert_eq!(Search::parse("ks_live_4Jq9…x9Fd").unwrap().beginning(), "4jq9");
        assert_eq!(Search::parse(" ERP orders ").unwrap().beginning(), "erp-orders");
        assert_eq!(Search::parse("  "), None);
        assert_eq!(Search::parse("-._"), None);
    }
}
