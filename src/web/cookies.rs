//! The cookies Keystead sets, all with the same rules: HttpOnly, SameSite=Lax, Path=/, no Domain; over https also `Secure` and
//! `__Host-`.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

use crate::base::keyring::Keyring;

use super::public_url::PublicUrl;

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// The session.
    Session,
    /// Ties the forms before sign-in to the browser that was shown them.
    Pre,
    /// The message after a redirect.
    Flash,
    /// Remembers a browser that has signed in, for throttling.
    Device,
}

impl Name {
    const ALL: [Self; 4] = [Self::Session, Self::Pre, Self::Flash, Self::Device];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Session => "sid",
            Self::Pre => "pre",
            Self::Flash => "flash",
            Self::Device => "device",
        }
    }
}

/// The cookies of this installation. Browsers keep one jar for all ports of a host, so the names carry a few digits of the
/// installation's fingerprint: two portals on one host leave each other's sessions alone.
#[derive(Debug, Clone)]
pub struct Cookies {
    names: [String; Name::ALL.len()],
    secure: bool,
}

impl Cookies {
    /// `Secure` and `__Host-` need https. WebKit keeps neither over plain HTTP, not even on loopback, so that nobody could
    /// sign in there.
    pub fn new(public_url: &PublicUrl, keyring: &Keyring) -> Self {
        let secure = public_url.is_https();
        let prefix = if secure { "__Host-" } else { "" };
        let installation: String = keyring.fingerprint()[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { names: Name::ALL.map(|name| format!("{prefix}keystead-{installation}-{}", name.suffix())), secure }
    }

    /// The cookie's name.
    pub fn name(&self, name: Name) -> &str {
        &self.names[name as usize]
    }

    /// Whether browsers send them over TLS alone.
    pub const fn are_secure(&self) -> bool {
        self.secure
    }

    /// Leaves only the cookies of this installation in the request. A cookie of another application on this host may hold
    /// any bytes, and one that cannot be read would hide all others.
    pub fn keep_own(&self, headers: &mut HeaderMap) {
        let values: Vec<HeaderValue> = headers.get_all(COOKIE).cloned().collect();
        let pairs = values.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        let own: Vec<&str> = pairs.filter_map(|pair| self.own(pair)).collect();
        headers.remove(COOKIE);
        if let Ok(value) = HeaderValue::from_str(&own.join("; "))
            && !own.is_empty()
        {
            headers.insert(COOKIE, value);
        }
    }

    fn own<'a>(&self, pair: &'a [u8]) -> Option<&'a str> {
        let pair = std::str::from_utf8(pair.trim_ascii()).ok().filter(|pair| pair.is_ascii())?;
        let (name, _) = pair.split_once('=')?;
        self.names.iter().any(|own| own == name).then_some(pair)
    }

    /// A cookie that lasts until the browser is closed.
    pub fn make(&self, name: Name, value: String) -> Cookie<'static> {
        Cookie::build(self.name(name).to_owned(), value)
            .path("/")
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Lax)
            .finish()
    }

    /// The same cookie, ended.
    pub fn end(&self, name: Name) -> Cookie<'static> {
        let mut cookie = self.make(name, String::new());
        cookie.make_removal();
        cookie
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(public_url: &str, secret: u8) -> String {
        let cookies = Cookies::new(&public_url.parse().unwrap(), &Keyring::new(&[secret; 32]).unwrap());
        cookies.make(Name::Session, "x".into()).to_string()
    }

    #[test]
    fn https_alone_has_the_host_prefix_and_secure() {
        let https = session("https://keys.acme.example", 1);
        assert!(https.starts_with("__Host-keystead-") && https.contains("; Secure"), "{https}");
        for plain in ["http://127.0.0.1:8080", "http://localhost:8080", "http://keys.lan:8080"] {
            let cookie = session(plain, 1);
            assert!(cookie.starts_with("keystead-") && !cookie.contains("Secure"), "{plain}: {cookie}");
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Domain"));
        }
    }

    #[test]
    fn foreign_cookies_are_dropped_whatever_bytes_they_hold() {
        let cookies = Cookies::new(&"http://127.0.0.1:8080".parse().unwrap(), &Keyring::new(&[1; 32]).unwrap());
        let own = format!("{}=abc%2Bd", cookies.name(Name::Session));
        let kept = |lines: &[Vec<u8>]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            cookies.keep_own(&mut headers);
            headers.get_all(COOKIE).map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let beside = |foreign: &[u8]| [foreign, b"; ", own.as_bytes(), b"; ", foreign].concat();
        for foreign in [&b"stadt=M\xfcnchen"[..], b"a=%FF", b"=", b"novalue", b"", b"a=b=c", b"\xff\xfe=1"] {
            assert_eq!(kept(&[beside(foreign)]), [own.as_str()], "{foreign:?}");
            assert_eq!(kept(&[foreign.to_vec(), own.clone().into_bytes()]), [own.as_str()], "{foreign:?}");
            assert!(kept(&[foreign.to_vec()]).is_empty(), "{foreign:?}");
        }
    }

    #[test]
    fn two_installations_have_cookies_of_different_names() {
        let url = "http://127.0.0.1:8080";
        assert_eq!(session(url, 1), session(url, 1));
        assert_ne!(session(url, 1), session(url, 2));
    }
}
