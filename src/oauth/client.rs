//! How a client says who it is: HTTP Basic, or id and secret in the body; one of them (RFC 6749, section 2.3.1).

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::api_keys::secret_text;
use crate::base::secret::Secret;
use crate::web::form::Pairs;
use crate::web::headers::given;
use crate::web::{Error, Portal};

use super::error::{invalid_client, invalid_request, refused_client};

/// What a client presents. Not checked yet.
#[derive(Debug)]
pub struct Claimed {
    /// Its client id.
    pub client_id: String,
    /// Its secret.
    pub secret: Secret,
}

impl Claimed {
    /// The answer where it is not the client of any key at the tenant with this slug.
    pub fn refused(&self, portal: &Portal, tenant: &str) -> Error {
        let (id, secret, environment) = (&self.client_id, self.secret.expose(), &portal.settings.environment);
        match secret_text::parse_password(id, secret, environment) {
            Err(malformed) => refused_client(tenant, malformed.to_string()),
            Ok(_) => invalid_client(tenant),
        }
    }
}

/// Reads the client's id and secret.
///
/// # Errors
/// `invalid_request` for two ways at once; `invalid_client` for none.
pub fn read(req: &HttpRequest, parameters: &mut Pairs, tenant: &str) -> Result<Claimed, Error> {
    let mut headers = given(req.headers(), header::AUTHORIZATION);
    let (first, more) = (headers.next(), headers.next().is_some());
    if more {
        return Err(invalid_request("There is more than one Authorization header."));
    }
    let in_body = (parameters.take("client_id"), parameters.take("client_secret").map(Secret::new));
    match (first, in_body) {
        (Some(_), (_, Some(_))) => {
            Err(invalid_request("Send the secret as HTTP Basic authentication or in the body, not both."))
        }
        (Some(value), (repeated, None)) => {
            let claimed = value.to_str().ok().and_then(basic).ok_or_else(|| invalid_client(tenant))?;
            match repeated {
                Some(repeated) if repeated != claimed.client_id => {
                    Err(invalid_request("client_id differs from the one in the Authorization header."))
                }
                _ => Ok(claimed),
            }
        }
        (None, (Some(client_id), Some(secret))) => Ok(Claimed { client_id, secret }),
        (None, _) => Err(invalid_client(tenant)),
    }
}

/// `Basic base64(urlencoded id ":" urlencoded secret)` (RFC 6749, section 2.3.1).
pub fn basic(value: &str) -> Option<Claimed> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(Claimed { client_id: decode(id)?, secret: Secret::new(decode(secret)?) })
}

/// Undoes `application/x-www-form-urlencoded` for one value.
fn decode(text: &str) -> Option<String> {
    // As the value of a pair: "&" and "=" cannot stand for themselves in an encoded text.
    let encoded = text.replace('&', "%26").replace('=', "%3D");
    let (value, _) = form_urlencoded::parse(encoded.as_bytes()).next().unwrap_or_default();
    (!value.contains(['\0', '\u{fffd}'])).then(|| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seeded::{STORIES, Seeded};

    fn claimed(id: &str, secret: &str) -> Option<(String, String)> {
        let header = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        basic(&header).map(|claimed| (claimed.client_id, claimed.secret.expose().to_owned()))
    }

    #[test]
    fn rfc_6749_2_3_1_id_and_secret_are_form_urlencoded_before_base64() {
        assert_eq!(claimed("billing-sync", "ks_live_x"), Some(("billing-sync".into(), "ks_live_x".into())));
        assert_eq!(claimed("a%3Ab+c", "p%25%2B%3A+s"), Some(("a:b c".into(), "p%+: s".into())));
        assert_eq!(claimed("a", ""), Some(("a".into(), String::new())));
        assert_eq!(claimed("a", "x=y&z"), Some(("a".into(), "x=y&z".into())));
        assert_eq!(claimed("a%ff", "x"), None);
    }

    #[test]
    fn what_is_not_basic_is_nothing() {
        for bad in ["", "Basic", "Basic !!!", "Bearer abc", "Basic YQ=="] {
            assert!(basic(bad).is_none(), "{bad}");
        }
        assert!(basic("bAsIc YTpi").is_some());
    }

    #[test]
    fn rfc_6749_2_3_1_any_id_and_any_secret_come_back_as_they_were_encoded() {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        // As strict writers do it: everything that is not a letter or a digit.
        let strictly = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let (id, secret) = (chance.text(40), chance.text(100));
            for (sent_id, sent_secret) in [(encoded(&id), encoded(&secret)), (strictly(&id), strictly(&secret))] {
                assert_eq!(claimed(&sent_id, &sent_secret), Some((id.clone(), secret.clone())), "{id:?} {secret:?}");
            }
        }
    }

    #[test]
    fn no_text_is_more_than_refused() {
        for seed in 0..STORIES {
            let chance = Seeded::new(seed);
            let (text, header) = (chance.text(60), chance.text(60));
            assert!(basic(&header).is_none(), "{header:?}");
            let inside = claimed(&text, &header);
            assert!(inside.is_none_or(|(id, secret)| !id.contains('\0') && !secret.contains('\0')), "{text:?}");
        }
    }
}
