//! Where the portal is found from outside. Never taken from a request's `Host`.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use url::{Host, Url};

/// An http or https address without path, query or fragment. Prints without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    https: bool,
    loopback_port: Option<u16>,
}

/// The text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPublicUrl;

impl PublicUrl {
    /// The address of a listener on this machine, where nobody said anything else.
    pub fn of_listener(address: SocketAddr) -> Self {
        let loopback_port = address.ip().is_loopback().then_some(address.port());
        Self { text: format!("http://{address}"), https: false, loopback_port }
    }

    /// Whether browsers reach it through TLS.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it is this machine alone.
    pub fn is_loopback(&self) -> bool {
        self.loopback_port.is_some()
    }

    /// Host and port, for "Sign in to …".
    pub fn host(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether an `Origin` header names this portal. On loopback its three names count as one.
    pub fn is_origin(&self, origin: &str) -> bool {
        if origin == self.text {
            return true;
        }
        self.is_loopback()
            && origin
                .parse()
                .is_ok_and(|other: Self| self.https == other.https && self.loopback_port == other.loopback_port)
    }

    /// The address as text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn loopback_port(url: &Url) -> Option<u16> {
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    url.port_or_known_default().filter(|_| loopback)
}

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let url = Url::parse(text).map_err(|_| NotAPublicUrl)?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err(NotAPublicUrl);
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { text, https: url.scheme() == "https", loopback_port: loopback_port(&url) })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_loopback_three_names_are_one_origin() {
        let url: PublicUrl = "http://127.0.0.1:8080".parse().unwrap();
        assert!(
            url.is_origin("http://localhost:8080")
                && url.is_origin("http://[::1]:8080")
                && url.is_origin("http://127.0.0.1:8080")
        );
        for foreign in ["http://localhost:8081", "https://localhost:8080", "http://evil.example:8080", "null", ""] {
            assert!(!url.is_origin(foreign), "{foreign}");
        }
    }

    #[test]
    fn elsewhere_the_origin_is_exact() {
        let url: PublicUrl = "https://keys.acme.example/".parse().unwrap();
        assert_eq!(url.as_str(), "https://keys.acme.example");
        assert!(url.is_origin("https://keys.acme.example"));
        assert!(!url.is_origin("https://keys.acme.example:8443") && !url.is_origin("http://keys.acme.example"));
    }

    #[test]
    fn a_path_or_another_scheme_is_refused() {
        for bad in ["", "keys.acme.example", "ftp://x", "https://x/y", "https://x?y", "https://u:p@x"] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
