//! E-mail addresses: what a person signs in with.

use unicode_normalization::UnicodeNormalization;

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
        let host = idna::domain_to_ascii(host).map_err(|_| EmailProblem::Malformed)?;
        let host_is_name = !host.is_empty()
            && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        let fits = name.len() + 1 + host.len() <= 254 && !name.is_empty() && name.len() <= 64 && !name.contains('@');
        let (host, _) = idna::domain_to_unicode(&host);
        let shown = format!("{}@{host}", name.nfc());
        (printable && host_is_name && fits).then_some(Self(shown)).ok_or(EmailProblem::Malformed)
    }

    /// As it is shown: the name as it was typed, the host in the letters of its language.
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

/// How addresses are compared: in lower case, the host as DNS has it (UTS 46), whichever way the browser sent it.
pub fn fold(text: &str) -> String {
    let text = text.trim().nfc().collect::<String>().to_lowercase();
    let ascii = text.rsplit_once('@').and_then(|(name, host)| {
        let host = idna::domain_to_ascii(host).ok()?;
        Some(format!("{name}@{host}"))
    });
    ascii.unwrap_or(text)
}

/// The forms in which a folded address may be stored: earlier versions kept the host in the letters of its language.
pub(super) fn stored_forms(folded: &str) -> Vec<String> {
    let mut forms = vec![folded.to_owned()];
    if let Some((name, host)) = folded.rsplit_once('@') {
        forms.push(format!("{name}@{}", idna::domain_to_unicode(host).0));
    }
    forms.dedup();
    forms
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

    #[test]
    fn a_host_is_the_same_in_both_of_its_spellings() {
        for typed in [
            "Ops@München.example",
            "ops@xn--mnchen-3ya.example",
            "OPS@XN--MNCHEN-3YA.EXAMPLE",
            "ops@mu\u{308}nchen.example",
        ] {
            let email = Email::parse(typed).unwrap();
            assert_eq!(email.folded(), "ops@xn--mnchen-3ya.example", "{typed}");
            assert_eq!(fold(typed), email.folded());
            assert!(email.as_str().ends_with("@münchen.example"), "{typed}");
            assert_eq!(stored_forms(&email.folded()), ["ops@xn--mnchen-3ya.example", "ops@münchen.example"]);
        }
        assert_eq!(stored_forms("ops@acme.example"), ["ops@acme.example"]);
    }
}
