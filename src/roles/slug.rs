//! The name of a role in addresses, tokens and headers of the gateway. Systems compare it, so it is never changed.

use std::fmt;

use crate::access::BuiltIn;
use crate::tenants;

use super::problem::SlugProblem;

/// `[a-z][a-z0-9-]{1,62}`, and no word that means something else where the slug of a role of one's own could stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Checks the text; white space around it is no part of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SlugProblem> {
        let text = text.trim();
        let first = text.bytes().next().ok_or(SlugProblem::Empty)?;
        let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !first.is_ascii_lowercase() || !(2..=63).contains(&text.len()) || !text.bytes().all(rest) {
            return Err(SlugProblem::Malformed);
        }
        if text.parse::<BuiltIn>().is_ok() {
            return Err(SlugProblem::BuiltIn);
        }
        // The page that makes a role has this address.
        if text == "new" { Err(SlugProblem::Reserved) } else { Ok(Self(text.to_owned())) }
    }

    /// A slug proposed from the role's name, as the page's script proposes it; may still be refused.
    pub fn propose(name: &str) -> String {
        tenants::Slug::propose(name)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_and_names_no_built_in_role_and_no_page() {
        for good in ["ab", "clerk", "a1", "clerk-2", "newer", &"a".repeat(63)] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        assert_eq!(Slug::parse(" "), Err(SlugProblem::Empty));
        for bad in ["a", "1clerk", "-clerk", "Clerk", "clerk_x", "clerk.x", "cl erk", "é1", &"a".repeat(64)] {
            assert_eq!(Slug::parse(bad), Err(SlugProblem::Malformed), "{bad}");
        }
        for role in BuiltIn::ALL {
            assert_eq!(Slug::parse(role.slug()), Err(SlugProblem::BuiltIn));
        }
        assert_eq!(Slug::parse("new"), Err(SlugProblem::Reserved));
    }
}
