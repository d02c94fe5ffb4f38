//! Where the mail server is, how the way to it is kept safe, and who signs in there. Holds a password, so neither it nor what
//! is said about a wrong one is ever printed.

use std::fmt;
use std::str::FromStr;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::Host;

/// How the connection is kept safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said that matters; a server that cannot is refused.
    StartTls,
    /// Not at all, because somebody said so.
    None,
}

/// The address of a mail server. Printed without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    pub(super) safety: Safety,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) sign_in: Option<Credentials>,
}

/// The text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpUrlError;

impl fmt::Display for SmtpUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "is neither smtp://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST:465 nor smtp://HOST:25?tls=none, or holds a special character that is not written as %40",
        )
    }
}

impl std::error::Error for SmtpUrlError {}

impl SmtpUrl {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, query) = rest.split_once('?').map_or((rest, None), |(left, right)| (left, Some(right)));
        let (safety, usual_port) = match (scheme, query) {
            ("smtps", None) => (Safety::Tls, 465),
            ("smtp", None) => (Safety::StartTls, 587),
            ("smtp", Some("tls=none")) => (Safety::None, 25),
            _ => return None,
        };
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let (sign_in, place) = match authority.split_once('@') {
            Some((user, place)) => (Some(credentials(user)?), place),
            None => (None, authority),
        };
        // What of a password was not percent-encoded would be taken for a part of the host.
        let (host, port) = match place.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port.parse().ok()?),
            Some(_) => return None,
            None => (place, usual_port),
        };
        let host = match Host::parse(host).ok()? {
            Host::Domain(name) => name,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        (port != 0).then_some(Self { safety, host, port, sign_in })
    }

    /// Host and port, for messages.
    pub(super) fn place(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

/// Both, percent-encoded, or nothing.
fn credentials(user: &str) -> Option<Credentials> {
    let (name, password) = user.split_once(':')?;
    let (name, password) = (decoded(name)?, decoded(password)?);
    (!name.is_empty() && !password.is_empty()).then(|| Credentials::new(name, password))
}

/// One part of a URL, where whatever is special there is written as an escape.
fn decoded(part: &str) -> Option<String> {
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let is_encoded = part.split('%').skip(1).all(is_escape)
        && !part.contains(|letter: char| letter.is_whitespace() || letter.is_control() || ":/?#[]@".contains(letter));
    let text = percent_decode_str(part).decode_utf8().ok().filter(|_| is_encoded)?;
    // A NUL would end a part of the sign-in command.
    (!text.contains(char::is_control)).then(|| text.into_owned())
}

impl FromStr for SmtpUrl {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        Self::parse(text).ok_or(SmtpUrlError)
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, query) = match self.safety {
            Safety::Tls => ("smtps", ""),
            Safety::StartTls => ("smtp", ""),
            Safety::None => ("smtp", "?tls=none"),
        };
        write!(f, "{scheme}://{}{query}", self.place())
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> SmtpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn the_scheme_says_how_the_connection_is_kept_safe() {
        for (text, safety, place) in [
            ("smtp://mail.acme.example:587", Safety::StartTls, "mail.acme.example:587"),
            ("smtp://mail.acme.example", Safety::StartTls, "mail.acme.example:587"),
            ("smtp://mail.acme.example/", Safety::StartTls, "mail.acme.example:587"),
            ("smtps://Mail.Acme.example:4465", Safety::Tls, "mail.acme.example:4465"),
            ("smtps://mail.acme.example", Safety::Tls, "mail.acme.example:465"),
            ("smtp://localhost:25?tls=none", Safety::None, "localhost:25"),
            ("smtp://192.0.2.7?tls=none", Safety::None, "192.0.2.7:25"),
            ("smtp://[::1]:2525?tls=none", Safety::None, "[::1]:2525"),
            ("smtps://[2001:db8::7]", Safety::Tls, "[2001:db8::7]:465"),
            ("smtps://post.müller.example", Safety::Tls, "post.xn--mller-kva.example:465"),
        ] {
            let url = parsed(text);
            assert_eq!((url.safety, url.place().as_str()), (safety, place), "{text}");
        }
    }

    #[test]
    fn user_and_password_are_percent_encoded_and_never_printed() {
        let url = parsed("smtp://ops%40acme.example:hunter2%40%3A%2F%25+%C3%BC@mail.acme.example:587");
        assert!(url.sign_in == Some(Credentials::new("ops@acme.example".into(), "hunter2@:/%+ü".into())));
        for printed in [url.to_string(), format!("{url:?}")] {
            assert_eq!(printed, "smtp://mail.acme.example:587");
        }
        assert!(!format!("{:?}", url.sign_in).contains("hunter2"));
    }

    #[test]
    fn whatever_could_be_taken_for_something_else_is_refused() {
        for bad in [
            "",
            "mail.acme.example",
            "mail.acme.example:587",
            "http://mail.acme.example",
            "SMTP://mail.acme.example",
            "smtp://",
            "smtp://:587",
            "smtp://mail.acme.example:",
            "smtp://mail.acme.example:0",
            "smtp://mail.acme.example:65536",
            "smtp://mail.acme.example:submission",
            "smtp://mail.acme.example/inbox",
            "smtp://mail.acme.example?tls=no",
            "smtp://mail.acme.example?tls=none&x=y",
            "smtp://mail.acme.example#x",
            "smtp://mail.acme.example\n",
            "smtps://mail.acme.example?tls=none",
            "smtp://mail acme.example",
            "smtp://ada@mail.acme.example",
            "smtp://ada:@mail.acme.example",
            "smtp://:hunter2@mail.acme.example",
            "smtp://ada:hunter2@",
            "smtp://ada:hunter2%00@mail.acme.example",
            "smtp://ada:hunter2%0d%0a@mail.acme.example",
            "smtp://ada:hunter2%ff@mail.acme.example",
            "smtp://ada:hunter2%zz@mail.acme.example",
            "smtp://ada:hunter2%@mail.acme.example",
            "smtp://ada:hunter2@3@mail.acme.example",
            "smtp://ada:hunter2:3@mail.acme.example",
            "smtp://ada:hunter2/3@mail.acme.example",
            "smtp://ada:hunter2?3@mail.acme.example",
            "smtp://ada:hunter2#3@mail.acme.example",
            "smtp://ada:hun ter2@mail.acme.example",
        ] {
            let error = bad.parse::<SmtpUrl>().expect_err(bad);
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
