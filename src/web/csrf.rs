//! Whether a request that changes something was meant by the person: three checks, all of them needed.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, ORIGIN, REFERER};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use crate::base::hash::{self, MacKey};
use crate::base::random::{self, Entropy};

use super::public_url::PublicUrl;

const NONCE: usize = 16;

/// What a form's token is tied to: a session, or the cookie from before sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding(pub String);

/// A token for one rendering of a form: a fresh nonce and its MAC under the binding, so no two pages hold the same bytes.
pub fn token(key: &MacKey, binding: &Binding, entropy: &dyn Entropy) -> String {
    let nonce = random::bytes::<NONCE>(entropy);
    let mut bytes = nonce.to_vec();
    bytes.extend(key.mac(&[&nonce, binding.0.as_bytes()]));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether the token was made for this binding.
pub fn is_valid(key: &MacKey, binding: &Binding, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    let Some((nonce, mac)) = bytes.split_first_chunk::<NONCE>() else { return false };
    hash::equal(mac, &key.mac(&[nonce, binding.0.as_bytes()]))
}

/// Whether the headers say that the request comes from one of our own pages. `Sec-Fetch-Site` decides where a browser
/// sends it; otherwise `Origin`; otherwise, for text browsers, which send neither, the origin of `Referer`. None of them is
/// not enough.
pub fn is_same_origin(req: &HttpRequest, public_url: &PublicUrl) -> bool {
    let header = |name: HeaderName| req.headers().get(name).map(|value| value.to_str().unwrap_or("invalid"));
    if let Some(site) = header(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    if let Some(origin) = header(ORIGIN) {
        return public_url.is_origin(origin);
    }
    let referer = header(REFERER).and_then(|referer| Url::parse(referer).ok());
    referer.is_some_and(|referer| public_url.is_origin(&referer.origin().ascii_serialization()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;
    use actix_web::test::TestRequest;

    #[test]
    fn a_token_is_good_for_its_own_binding_alone() {
        let key = MacKey::new(&[1; 32]);
        let mine = Binding("session 1".into());
        let first = token(&key, &mine, &SystemEntropy);
        assert!(is_valid(&key, &mine, &first));
        assert_ne!(first, token(&key, &mine, &SystemEntropy));
        assert!(!is_valid(&key, &Binding("session 2".into()), &first));
        for bad in ["", "AAAA", &first[..first.len() - 1], "not base64!"] {
            assert!(!is_valid(&key, &mine, bad), "{bad}");
        }
    }

    #[test]
    fn only_our_own_pages_are_the_same_origin() {
        let url: PublicUrl = "https://keys.acme.example".parse().unwrap();
        let verdict = |headers: &[(&'static str, &'static str)]| {
            let req = headers.iter().fold(TestRequest::post(), |req, header| req.insert_header(*header));
            is_same_origin(&req.to_http_request(), &url)
        };
        assert!(verdict(&[("sec-fetch-site", "same-origin")]));
        assert!(verdict(&[("origin", "https://keys.acme.example")]));
        for site in ["same-site", "cross-site", "none", ""] {
            assert!(!verdict(&[("sec-fetch-site", site), ("origin", "https://keys.acme.example")]), "{site}");
        }
        for origin in ["null", "https://evil.example", "http://keys.acme.example"] {
            assert!(!verdict(&[("origin", origin)]), "{origin}");
        }
        assert!(!verdict(&[]));
        assert!(verdict(&[("referer", "https://keys.acme.example/login?next=%2Fusers")]));
        for referer in
            ["", "/login", "https://keys.acme.example.evil/", "https://evil.example/?https://keys.acme.example"]
        {
            assert!(!verdict(&[("referer", referer)]), "{referer}");
        }
        let page = ("referer", "https://keys.acme.example/login");
        assert!(!verdict(&[("origin", "null"), page]));
        assert!(!verdict(&[("sec-fetch-site", "cross-site"), page]));
    }
}
