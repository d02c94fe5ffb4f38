//! Whom an access token is for: the claim `aud` (RFC 7519, section 4.1.3), from the `resource` parameters of the request (RFC 8707,
//! section 2).

use serde::{Deserialize, Serialize};

use crate::tenants::{self, Audiences, LONGEST_AUDIENCE};
use crate::web::Error;

use super::error::refuse;

/// Most resources of one token.
pub const MOST_RESOURCES: usize = 10;

/// One, as a string, or several, as an array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// The only one.
    One(String),
    /// Each of them.
    Several(Vec<String>),
}

impl Audience {
    /// The resources that a client asks for, each once, in its order; `None` for none.
    ///
    /// # Errors
    /// `invalid_target` for what is no absolute URI without a fragment, for more than [`MOST_RESOURCES`], and for more than
    /// [`LONGEST_AUDIENCE`] bytes in all: a token has to fit into a header.
    pub fn requested(resources: Vec<String>) -> Result<Option<Self>, Error> {
        if !resources.iter().all(|resource| tenants::is_audience(resource)) {
            return Err(refuse("invalid_target", "resource is an absolute URI without a fragment."));
        }
        let mut distinct: Vec<String> = Vec::new();
        for resource in resources {
            if !distinct.contains(&resource) {
                distinct.push(resource);
            }
        }
        if distinct.len() > MOST_RESOURCES || distinct.iter().map(String::len).sum::<usize>() > LONGEST_AUDIENCE {
            let words = "A token is for at most 10 resources, of 1024 bytes in all. Ask for one token for each.";
            return Err(refuse("invalid_target", words));
        }
        let only = if distinct.len() == 1 { distinct.pop() } else { None };
        Ok(only.map(Self::One).or_else(|| (!distinct.is_empty()).then_some(Self::Several(distinct))))
    }

    /// Checks that the issuer may give a token for each of them. The issuer itself is always allowed, whatever the organization
    /// lists, but only alone: with a token that others get as well, they could act here in the name of the client (RFC 9068,
    /// section 5).
    ///
    /// # Errors
    /// `invalid_target`.
    pub fn require(&self, issuer: &str, allowed: &Audiences) -> Result<(), Error> {
        if self.is_only(issuer) {
            return Ok(());
        }
        if self.includes(issuer) {
            let words = "A token for the issuer itself is for no other resource. Ask for a token of its own.";
            return Err(refuse("invalid_target", words));
        }
        if !self.as_slice().iter().all(|resource| allowed.allow(resource)) {
            return Err(refuse("invalid_target", "The organization does not allow tokens for this resource."));
        }
        Ok(())
    }

    /// Whether it is one of them.
    pub fn includes(&self, audience: &str) -> bool {
        self.as_slice().iter().any(|own| own == audience)
    }

    /// Whether there is no other.
    pub fn is_only(&self, audience: &str) -> bool {
        matches!(self.as_slice(), [only] if only == audience)
    }

    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::Several(all) => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://keys.acme.example/acme";

    fn requested(resources: &[&str]) -> Option<Audience> {
        Audience::requested(resources.iter().map(ToString::to_string).collect()).unwrap()
    }

    #[test]
    fn rfc_7519_4_1_3_one_is_a_string_and_several_are_an_array() {
        assert_eq!(requested(&[]), None);
        for (asked, claim) in [
            (&["urn:a"][..], json!("urn:a")),
            (&["urn:a", "urn:a"], json!("urn:a")),
            (&["urn:b", "urn:a", "urn:b"], json!(["urn:b", "urn:a"])),
        ] {
            let audience = requested(asked).unwrap();
            assert_eq!(serde_json::to_value(&audience).unwrap(), claim);
            assert_eq!(serde_json::from_value::<Audience>(claim).unwrap(), audience);
        }
        let several = requested(&["urn:a", "urn:b"]).unwrap();
        assert!(several.includes("urn:a") && several.includes("urn:b") && !several.includes("urn:"));
        assert!(!several.is_only("urn:a") && requested(&["urn:a"]).unwrap().is_only("urn:a"));
        let none = Audience::Several(Vec::new());
        assert!(!none.includes("") && !none.is_only(""));
    }

    #[test]
    fn rfc_8707_2_each_resource_is_allowed_or_none_is() {
        let (any, some) = (Audiences::default(), Audiences::parse("urn:a\nurn:b").unwrap());
        let may = |resources: &[&str], allowed| requested(resources).unwrap().require(ISSUER, allowed).is_ok();
        assert!(may(&["urn:a", "urn:c"], &any) && may(&["urn:a", "urn:b"], &some) && may(&[ISSUER], &some));
        for refused in [&["urn:a", "urn:c"][..], &["urn:c"], &["urn:a", ISSUER]] {
            assert!(!may(refused, &some), "{refused:?}");
        }
        assert!(!may(&["urn:a", ISSUER], &any), "others could act here with it");
    }

    #[test]
    fn there_is_room_for_all_of_them_in_a_header() {
        let asked = |count: usize, length: usize| {
            let resources = (0..count).map(|number| format!("urn:{number}:{}", "x".repeat(length - 6)));
            Audience::requested(resources.collect()).is_ok()
        };
        assert!(asked(MOST_RESOURCES, 100) && asked(1, LONGEST_AUDIENCE));
        assert!(!asked(MOST_RESOURCES + 1, 10) && !asked(2, 600));
        let again = vec!["urn:a".to_owned(); 100];
        assert!(Audience::requested(again).is_ok_and(|audience| audience == Some(Audience::One("urn:a".into()))));
    }
}
