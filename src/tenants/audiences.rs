//! Whom access tokens may be for (RFC 8707).

use url::Url;

/// Characters of an audience.
pub const LONGEST_AUDIENCE: usize = 1_024;
/// Audiences of a tenant.
pub const MOST_AUDIENCES: usize = 20;

/// The audiences that a tenant allows. None listed: any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audiences(Vec<String>);

/// What is wrong with a list of audiences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudienceProblem {
    /// A line is no absolute URI without a fragment, or too long.
    NoUri {
        /// Which, from 1.
        line: usize,
    },
    /// There are more than [`MOST_AUDIENCES`].
    TooMany {
        /// How many.
        count: usize,
    },
}

/// RFC 8707, section 2: an absolute URI without a fragment.
pub fn is_audience(text: &str) -> bool {
    // The parser would forgive spaces and line breaks, and tokens would carry them.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && text.len() <= LONGEST_AUDIENCE && Url::parse(text).is_ok_and(|url| url.fragment().is_none())
}

impl Audiences {
    /// From lines as people type them: one audience each, empty lines between them are left out, and the same is kept once.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, AudienceProblem> {
        let mut all: Vec<String> = Vec::new();
        for (at, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
            if !is_audience(line) {
                return Err(AudienceProblem::NoUri { line: at + 1 });
            }
            if !all.iter().any(|known| known == line) {
                all.push(line.to_owned());
            }
        }
        if all.len() > MOST_AUDIENCES {
            return Err(AudienceProblem::TooMany { count: all.len() });
        }
        Ok(Self(all))
    }

    /// As they are stored.
    pub(super) fn of_stored(lines: &str) -> Self {
        Self(lines.lines().map(str::to_owned).collect())
    }

    /// One a line.
    pub fn lines(&self) -> String {
        self.0.join("\n")
    }

    /// Each of them.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether a token may be for this one. URIs are compared letter by letter (RFC 3986, section 6.2.1).
    pub fn allow(&self, audience: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|allowed| allowed == audience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8707_2_an_audience_is_an_absolute_uri_without_a_fragment() {
        for good in ["https://api.acme.example", "https://api.acme.example/v1?x=1", "urn:acme:orders"] {
            assert!(is_audience(good), "{good}");
        }
        let long = format!("https://a.example/{}", "x".repeat(LONGEST_AUDIENCE));
        for bad in ["", "orders", "/v1", "https://a.example/#top", "https://a.example/ b", "https://ä.example", &long]
        {
            assert!(!is_audience(bad), "{bad}");
        }
    }

    #[test]
    fn a_list_has_one_on_each_line_and_none_means_any() {
        let some = Audiences::parse("\r\n https://a.example \r\n\r\nurn:b\r\nhttps://a.example").unwrap();
        assert_eq!(some.as_slice(), ["https://a.example", "urn:b"]);
        assert_eq!(Audiences::of_stored(&some.lines()), some);
        assert!(some.allow("urn:b") && !some.allow("urn:B") && !some.allow("https://a.example/"));
        let none = Audiences::parse(" \n").unwrap();
        assert!(none.allow("urn:b") && none.as_slice().is_empty() && Audiences::of_stored("") == none);
        assert_eq!(Audiences::parse("urn:a\n\nnot one"), Err(AudienceProblem::NoUri { line: 3 }));
        let many = (0..21).map(|number| format!("urn:a:{number}\n")).collect::<String>();
        assert_eq!(Audiences::parse(&many), Err(AudienceProblem::TooMany { count: 21 }));
    }
}
