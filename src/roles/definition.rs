//! What a role shall be: its name, its description, what it contains, who may give it. Parsed from what was typed; not
//! yet anybody's to make.

use std::collections::BTreeSet;

use crate::access::permission::ApplicationPermission;
use crate::access::{Permission, PermissionSet, RoleSet};
use crate::base::text::{TextProblem, check_line, is_hidden};

use super::problem::{ApplicationProblem, Problems};

/// Characters of a name.
pub const LONGEST_NAME: usize = 60;
/// Characters of a description.
const LONGEST_DESCRIPTION: usize = 200;
/// Application permissions in one role.
const MOST_APPLICATION: usize = 200;
/// Bad words that are named; a whole page of them helps nobody.
const MOST_NAMED: usize = 20;

/// Permissions that let their holder raise themselves or others: never in a role that is given without holding it.
const NEVER_ASSIGNABLE: [Permission; 3] =
    [Permission::ManageUsers, Permission::ManageRoles, Permission::ManageSettings];

/// A definition as somebody typed it.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// The name.
    pub name: &'a str,
    /// The description.
    pub description: &'a str,
    /// The portal permissions that are ticked.
    pub portal: PermissionSet,
    /// The application permissions, with spaces, commas or line ends between them.
    pub application: &'a str,
    /// Whether user managers may give it.
    pub assignable: bool,
}

/// A definition that holds together. Only [`Definition::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) permissions: RoleSet,
    pub(super) assignable: bool,
}

impl Definition {
    /// Checks everything that can be checked without knowing who asks.
    ///
    /// # Errors
    /// All that is wrong, not only the first.
    pub fn parse(typed: Typed<'_>) -> Result<Self, Problems> {
        let (application, bad) = application_permissions(typed.application);
        let description = check_line(typed.description, LONGEST_DESCRIPTION).err();
        let never = NEVER_ASSIGNABLE.into_iter().find(|permission| typed.portal.contains(*permission));
        let problems = Problems {
            name: check_line(typed.name, LONGEST_NAME).err(),
            description: description.filter(|problem| *problem != TextProblem::Empty),
            application: bad,
            assignable: never.filter(|_| typed.assignable),
            ..Problems::default()
        };
        if problems.count() > 0 {
            return Err(problems);
        }
        Ok(Self {
            name: typed.name.trim().to_owned(),
            description: typed.description.trim().to_owned(),
            permissions: RoleSet { portal: typed.portal, application },
            assignable: typed.assignable,
        })
    }
}

/// The words of a text, each once, and what is wrong with them.
fn application_permissions(text: &str) -> (BTreeSet<ApplicationPermission>, Vec<ApplicationProblem>) {
    let words: BTreeSet<&str> =
        text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let (mut good, mut bad) = (BTreeSet::new(), Vec::new());
    for word in words {
        match word.parse() {
            Ok(permission) => drop(good.insert(permission)),
            Err(why) => bad.push(ApplicationProblem::Word { word: shown(word), why }),
        }
    }
    if bad.len() > MOST_NAMED + 1 {
        let count = bad.len() - MOST_NAMED;
        bad.truncate(MOST_NAMED);
        bad.push(ApplicationProblem::More { count });
    }
    if good.len() > MOST_APPLICATION {
        bad.push(ApplicationProblem::TooMany { count: good.len(), most: MOST_APPLICATION });
    }
    (good, bad)
}

/// A word for a message: its beginning, with what nobody can see written out.
fn shown(word: &str) -> String {
    const LONGEST: usize = 64;
    let mut shown = String::new();
    for letter in word.chars().take(LONGEST) {
        if is_hidden(letter) { shown.extend(letter.escape_unicode()) } else { shown.push(letter) }
    }
    if word.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::permission::NotAnApplicationPermission as Not;

    fn typed(application: &str, portal: PermissionSet) -> Typed<'_> {
        Typed { name: " Clerk ", description: "", portal, application, assignable: true }
    }

    #[test]
    fn words_stand_between_spaces_commas_and_lines_and_count_once() {
        let none = PermissionSet::default();
        let clerk = Definition::parse(typed("b:read, a:read\r\n\tb:read ,,a:*", none)).unwrap();
        assert_eq!(clerk.permissions.words().collect::<Vec<_>>(), ["a:*", "a:read", "b:read"]);
        assert_eq!(clerk.name, "Clerk");
        assert!(Definition::parse(typed("", none)).unwrap().permissions.is_empty());
    }

    #[test]
    fn each_bad_word_is_named_with_its_reason() {
        let (good, bad) = application_permissions("users:* *:* a:read invoices in\u{200b}v:x");
        assert_eq!(good.len(), 1);
        let word = |word: &str, why| ApplicationProblem::Word { word: word.into(), why };
        let malformed = [word("invoices", Not::Malformed), word("in\\u{200b}v:x", Not::Malformed)];
        assert_eq!(bad[0], word("*:*", Not::EveryNoun));
        assert_eq!(bad[1..3], malformed);
        assert_eq!(bad[3..], [word("users:*", Not::OfThePortal)]);
    }

    #[test]
    fn a_page_of_bad_words_is_cut_short() {
        let text = (0..1_000).map(|number| format!("bad{number}")).collect::<Vec<_>>().join(" ");
        let (_, bad) = application_permissions(&text);
        assert_eq!((bad.len(), &bad[20]), (21, &ApplicationProblem::More { count: 980 }));
        let long = shown(&"x".repeat(70));
        assert_eq!(long, format!("{}…", "x".repeat(64)));
    }

    #[test]
    fn two_hundred_are_the_most() {
        let none = PermissionSet::default();
        let text = |count: usize| (0..count).map(|number| format!("a:v{number}\n")).collect::<String>();
        assert!(Definition::parse(typed(&text(200), none)).is_ok());
        let problems = Definition::parse(typed(&text(201), none)).unwrap_err();
        assert_eq!(problems.application, [ApplicationProblem::TooMany { count: 201, most: 200 }]);
    }

    #[test]
    fn what_raises_its_holder_is_not_assignable() {
        for permission in Permission::ALL {
            let portal = PermissionSet::from_iter([permission]);
            let problem = Definition::parse(typed("", portal)).err().and_then(|problems| problems.assignable);
            let raises = matches!(permission.as_str(), "users:manage" | "roles:manage" | "settings:manage");
            assert_eq!(problem, raises.then_some(permission));
            let not_marked = Typed { assignable: false, ..typed("", portal) };
            assert!(Definition::parse(not_marked).is_ok());
        }
    }
}
