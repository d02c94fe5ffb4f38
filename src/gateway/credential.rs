//! What a client presents to a gateway, which hands it on: a key as bearer token, by HTTP Basic or in `X-API-Key`, or an access
//! token.

use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::base::secret::Secret;
use crate::oauth;
use crate::web::headers::given;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// A credential. Not checked yet.
#[derive(Debug)]
pub enum Credential {
    /// A key's secret, and the client id where it was sent with it.
    Key {
        /// The secret.
        secret: Secret,
        /// By HTTP Basic alone.
        client_id: Option<String>,
    },
    /// An access token.
    Token(Secret),
}

/// Why there is none to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCredential {
    /// None was sent.
    Missing,
    /// Several were sent, and nobody knows which one counts.
    Several,
    /// Its header cannot be read.
    Unreadable,
}

/// Reads the one credential of a request.
///
/// # Errors
/// Why there is none.
pub fn read(headers: &HeaderMap) -> Result<Credential, NoCredential> {
    let authorization = given(headers, header::AUTHORIZATION).map(|value| (true, value));
    let mut all = authorization.chain(given(headers, API_KEY).map(|value| (false, value)));
    let (is_authorization, value) = all.next().ok_or(NoCredential::Missing)?;
    if all.next().is_some() {
        return Err(NoCredential::Several);
    }
    // Not `to_str`, which takes only ASCII: what is around a key may be an invisible character, and is then named.
    let text = str::from_utf8(value.as_bytes()).map_err(|_| NoCredential::Unreadable)?;
    if is_authorization { authorized(text) } else { Ok(key(text)) }
}

fn authorized(text: &str) -> Result<Credential, NoCredential> {
    // A variable that is not set leaves the scheme alone.
    let (scheme, value) = text.split_once(' ').unwrap_or((text, ""));
    let value = value.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") {
        // A key has no dots, and a JWT has two.
        return Ok(if value.contains('.') { Credential::Token(Secret::new(value.to_owned())) } else { key(value) });
    }
    let (client_id, secret) = oauth::basic_credentials(text).ok_or(NoCredential::Unreadable)?;
    Ok(Credential::Key { secret, client_id: Some(client_id) })
}

fn key(text: &str) -> Credential {
    Credential::Key { secret: Secret::new(text.to_owned()), client_id: None }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Result<String, NoCredential> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        read(&map).map(|credential| match credential {
            Credential::Key { secret, client_id: None } => format!("key {}", secret.expose()),
            Credential::Key { secret, client_id: Some(id) } => format!("key {} of {id}", secret.expose()),
            Credential::Token(token) => format!("token {}", token.expose()),
        })
    }

    #[test]
    fn one_credential_in_one_of_four_ways() {
        assert_eq!(of(&[("authorization", "Bearer ks_live_x")]).unwrap(), "key ks_live_x");
        assert_eq!(of(&[("authorization", "bearer  ks_live_x ")]).unwrap(), "key ks_live_x");
        assert_eq!(of(&[("authorization", "Bearer a.b.c")]).unwrap(), "token a.b.c");
        assert_eq!(of(&[("authorization", "Basic YTpiJTNBYw==")]).unwrap(), "key b:c of a");
        assert_eq!(of(&[("x-api-key", "ks_live_x")]).unwrap(), "key ks_live_x");
    }

    #[test]
    fn none_several_and_nonsense_are_told_apart() {
        assert_eq!(of(&[]), Err(NoCredential::Missing));
        let (bearer, api_key) = (("authorization", "Bearer ks_live_x"), ("x-api-key", "ks_live_x"));
        for several in [[bearer, api_key], [bearer, bearer], [api_key, api_key]] {
            assert_eq!(of(&several), Err(NoCredential::Several));
        }
        assert_eq!(of(&[("authorization", ""), ("x-api-key", " ")]), Err(NoCredential::Missing));
        assert_eq!(of(&[("authorization", ""), api_key]).unwrap(), "key ks_live_x");
        assert_eq!(of(&[("authorization", "Bearer")]).unwrap(), "key ");
        for bad in ["ks_live_x", "Digest x", "Basic !", "Basic YQ=="] {
            assert_eq!(of(&[("authorization", bad)]), Err(NoCredential::Unreadable), "{bad}");
        }
    }
}
