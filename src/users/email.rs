//! E-mail addresses: what a person signs in with.

use crate::base::text::is_hidden;

/// A plausible address. Whether it reaches somebody, only a mail can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailProblem {
    /// Nothing was given.
    Empty,
    /// Not `name@host`.
    Malformed,
}

impl Email {
    /// Checks the text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, EmailProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailProblem::Empty);
        }
        let (name, host) = text.rsplit_once('@').ok_or(EmailProblem::Malformed)?;
        let printable = text
            .chars()
            .all(|letter| !is_hidden(letter) && !letter.is_whitespace() && !"<>()[],;:\\\"".contains(letter));
        let host_is_name = !host.is_empty()
            && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        let fits = text.len() <= 254 && !name.is_empty() && name.len() <= 64 && !name.contains('@');
        (printable && host_is_name && fits).then(|| Self(text.to_owned())).ok_or(EmailProblem::Malformed)
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the host: what somebody is called until they say it themselves.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// As it is compared.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// How addresses are compared.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for good in ["ops@acme.example", " ops@acme.example ", "o+x@localhost", "jürgen@müller.example"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        assert_eq!(Email::parse("  "), Err(EmailProblem::Empty));
        for bad in [
            "ops",
            "@acme.example",
            "ops@",
            "a b@c.d",
            "a@b..c",
            "a@-b.c",
            "a@b@c.d",
            "<a@b.c>",
            "a\u{200b}@b.c",
            "\u{202e}a@b.c",
            "a@b.c\r\nBcc: x@y.z",
        ] {
            assert_eq!(Email::parse(bad), Err(EmailProblem::Malformed), "{bad}");
        }
        assert_eq!(Email::parse("Ops@Acme.Example").unwrap().folded(), "ops@acme.example");
    }
}
