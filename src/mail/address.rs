//! Where a letter goes, or comes from. Stricter than what people may sign in with: it stands in SMTP commands and headers.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::Host;

use crate::base::text::is_hidden;

/// An e-mail address. Its host is ASCII: a name with other letters is written as DNS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(lettre::Address);

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAddress;

impl Address {
    /// What stands after the @.
    pub fn host(&self) -> &str {
        self.0.domain()
    }

    pub(super) fn inner(&self) -> &lettre::Address {
        &self.0
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let (name, host) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let is_plain =
            |letter: char| !letter.is_whitespace() && !is_hidden(letter) && !"<>()[],;:\\\"@".contains(letter);
        if !name.chars().all(is_plain) {
            return Err(NotAnAddress);
        }
        let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = literal.map_or_else(|| name_of_host(host), literal_host).ok_or(NotAnAddress)?;
        lettre::Address::new(name, host).map(Self).map_err(|_| NotAnAddress)
    }
}

fn name_of_host(text: &str) -> Option<String> {
    match Host::parse(text) {
        Ok(Host::Domain(name)) => Some(name),
        _ => None,
    }
}

/// What stands between the brackets where a host has no name (RFC 5321, 4.1.3).
fn literal_host(text: &str) -> Option<String> {
    match text.strip_prefix("IPv6:") {
        Some(address) => address.parse::<Ipv6Addr>().ok().map(|address| format!("[IPv6:{address}]")),
        None => text.parse::<Ipv4Addr>().ok().map(|address| format!("[{address}]")),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_at_a_host() {
        for (good, host) in [
            ("ops@acme.example", "acme.example"),
            ("o+x@localhost", "localhost"),
            ("jürgen@Müller.example", "xn--mller-kva.example"),
            ("keystead@[192.0.2.7]", "[192.0.2.7]"),
            ("keystead@[IPv6:2001:db8::7]", "[IPv6:2001:db8::7]"),
        ] {
            assert_eq!(good.parse::<Address>().map(|address| address.host().to_owned()), Ok(host.to_owned()), "{good}");
        }
    }

    #[test]
    fn nothing_else_gets_into_a_command_or_a_header() {
        for bad in [
            "",
            "ops",
            "@acme.example",
            "ops@",
            "a b@c.example",
            "a@b@c.example",
            "<a@b.example>",
            "a@b.example>",
            "a@b..example",
            "a@192.0.2.7",
            "a@[acme]",
            "a@[192.0.2.7]\r\n",
            "a@[192.0.2.7\r\n]",
            "a@b.example\r\nBcc: x@y.example",
            "a@b.example\n",
            "\"a\r\nBcc: x@y.example\"@b.example",
            "\"a\"@b.example",
            "a\r\nRCPT TO:<x@y.example>@b.example",
            "a\u{0}@b.example",
            "a\u{202e}@b.example",
            "a@b.example,c@d.example",
        ] {
            assert_eq!(bad.parse::<Address>(), Err(NotAnAddress), "{bad:?}");
        }
    }
}
