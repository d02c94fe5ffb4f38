//! An access token that somebody presents (RFC 9068, section 4): made by us for this tenant, not over, not revoked, and its key
//! alive. What it may do is what its key holds at this moment, and of that what it was narrowed to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation, decode};
use serde::Deserialize;

use crate::access::Grant;
use crate::api_keys::{ApiKey, presented};
use crate::base::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::grants::{self, Holder};
use crate::signing_keys::{self, VerifyingKey};
use crate::tenants::{self, Slug, Tenant};
use crate::web::Portal;
use crate::web::public_url::PublicUrl;

use super::access_token::LONGEST;
use super::audience::Audience;
use super::scope::Scope;
use super::{issuer, store};

/// So far the clock of the node that made a token may be ahead of ours.
pub const AHEAD_SECONDS: i64 = 30;

/// What a token says of itself, after its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// Whose it is.
    pub sub: String,
    /// Whom it is for.
    pub aud: Audience,
    /// The key's client id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
    /// The key's token version when it was made: where the key has another one now, the token is dead.
    pub token_version: i64,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// From when it counts.
    pub nbf: i64,
    /// Until when it counts.
    pub exp: i64,
    /// Its own id.
    pub jti: String,
    /// Its scope, empty for none.
    #[serde(default)]
    pub scope: String,
    /// Whether it may do less than its key.
    #[serde(default)]
    pub narrowed: bool,
}

/// A token that is good.
#[derive(Debug)]
pub struct Active {
    /// What it says.
    pub claims: Claims,
    /// Its tenant.
    pub tenant: Tenant,
    /// Its key.
    pub key: ApiKey,
    /// What it may do now.
    pub grants: Vec<Grant>,
}

/// Checks a token of the tenant with this slug. There is no answer to why it is not good.
///
/// # Errors
/// When the database refuses: then nobody knows.
pub fn check(
    conn: &mut Conn,
    portal: &Portal,
    slug: &str,
    text: &str,
    now: Timestamp,
) -> Result<Option<Active>, Error> {
    // Junk never reaches the database.
    let Some(kid) = kid(text) else { return Ok(None) };
    let Some(tenant) = tenants::by_slug(conn, slug)? else { return Ok(None) };
    let Some(signed_by) = signing_keys::verifying(conn, tenant.scope, &kid, now)? else { return Ok(None) };
    let issuer = issuer(&portal.settings.public_url, &tenant);
    let Some(claims) = read(text, &signed_by, &issuer, now) else { return Ok(None) };
    let Some(found) = presented(conn, &claims.key_id)? else { return Ok(None) };
    let key = found.key;
    let is_alive = key.deleted_at.is_none() && key.disabled_at.is_none() && key.expires_at > now;
    let is_its_own = found.tenant.scope == tenant.scope && key.token_version == claims.token_version;
    if !is_alive || !is_its_own || store::is_revoked(conn, tenant.scope, &claims.jti)? {
        return Ok(None);
    }
    let held = grants::of(conn, tenant.scope, Holder::ApiKey(key.id))?;
    let grants = Scope::of_token(&claims.scope, claims.narrowed).narrow(held);
    Ok(Some(Active { claims, tenant, key, grants }))
}

/// The slug of the tenant whose token a text claims to be. Nothing of it is checked: that is for [`check`] to do, with the keys
/// of that tenant.
pub fn claimed_tenant(public_url: &PublicUrl, text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issued {
        iss: String,
    }
    kid(text)?;
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    let Issued { iss } = serde_json::from_slice(&payload).ok()?;
    let slug = iss.strip_prefix(public_url.as_str())?.strip_prefix('/')?;
    Slug::parse(slug).is_ok().then(|| slug.to_owned())
}

/// What a token says, if this key signed it for this issuer and its time has come and is not over. Whom it is for is the
/// caller's to ask.
pub fn read(text: &str, signed_by: &VerifyingKey, issuer: &str, now: Timestamp) -> Option<Claims> {
    let mut validation = Validation::new(signed_by.algorithm);
    validation.set_issuer(&[issuer]);
    // Its times are compared with the time that was handed in.
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    let claims = decode::<Claims>(text, &signed_by.decoding, &validation).ok()?.claims;
    (claims.exp > now.seconds() && claims.nbf <= now.seconds() + AHEAD_SECONDS).then_some(claims)
}

/// The header of our tokens: these members, each once, and no others. An extension that changes how a token is to be read, such as
/// `crit` (RFC 7515, section 4.1.11), `b64` (RFC 7797) or `zip`, is refused by this, not ignored: we sign no token that has one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JoseHeader {
    typ: String,
    kid: String,
    /// Compared with the algorithm of the key when the signature is checked.
    #[serde(rename = "alg")]
    _alg: Algorithm,
}

/// The id of the key that a text claims to be signed with, if the text may be an access token at all: RFC 9068, section 2.1.
pub fn kid(text: &str) -> Option<String> {
    if text.len() >= LONGEST {
        return None;
    }
    let header = URL_SAFE_NO_PAD.decode(text.split('.').next()?).ok()?;
    let JoseHeader { typ, kid, .. } = serde_json::from_slice(&header).ok()?;
    let typ = typ.to_ascii_lowercase();
    (typ == "at+jwt" || typ == "application/at+jwt").then_some(kid)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{DecodingKey, EncodingKey, Header, crypto, encode};
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://keys.acme.example/acme";
    const NOW: i64 = 1_795_444_320;

    fn pair() -> (EncodingKey, VerifyingKey) {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let signing = EncodingKey::from_ec_der(made.as_ref());
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::ES256).unwrap();
        (signing, VerifyingKey { algorithm: Algorithm::ES256, decoding: DecodingKey::from_jwk(&jwk).unwrap() })
    }

    fn token(signing: &EncodingKey, changed: &[(&str, Value)]) -> String {
        let mut claims = json!({
            "iss": ISSUER, "sub": "client:acme/billing-sync", "aud": ISSUER, "client_id": "billing-sync", "jti": "x",
            "key_id": "4Jq9ZbT0kLw2", "token_version": 1, "iat": NOW, "nbf": NOW, "exp": NOW + 300,
        });
        for (name, value) in changed {
            claims[name] = value.clone();
        }
        let head = Header { typ: Some("at+jwt".into()), kid: Some("a".into()), ..Header::new(Algorithm::ES256) };
        encode(&head, &claims, signing).unwrap()
    }

    fn checked(text: &str, verifying: &VerifyingKey, now: i64) -> Option<Claims> {
        kid(text).filter(|kid| kid == "a")?;
        read(text, verifying, ISSUER, Timestamp::from_micros(now * 1_000_000))
    }

    #[test]
    fn rfc_9068_4_one_flipped_bit_anywhere_is_refused() {
        let (signing, verifying) = pair();
        let good = token(&signing, &[]);
        assert!(checked(&good, &verifying, NOW).is_some());
        for bit in 0..good.len() * 8 {
            let mut bytes = good.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            assert_eq!(checked(&flipped, &verifying, NOW), None, "bit {bit}");
        }
        for around in
            [format!("{good}="), format!("{good}A"), format!("{good}."), format!(" {good}"), format!("{good}\n")]
        {
            assert_eq!(checked(&around, &verifying, NOW), None, "{around:?}");
        }
        let (_, another) = pair();
        assert_eq!(checked(&good, &another, NOW), None);
    }

    #[test]
    fn rfc_9068_4_a_token_counts_from_its_beginning_to_its_end_and_for_its_issuer() {
        let (signing, verifying) = pair();
        let good = token(&signing, &[]);
        for (now, counts) in [
            (NOW - 31, false),
            (NOW - 30, true),
            (NOW, true),
            (NOW + 299, true),
            (NOW + 300, false),
            (i64::MAX / 1_000_000, false),
        ] {
            assert_eq!(checked(&good, &verifying, now).is_some(), counts, "{now}");
        }
        for (name, value) in [
            ("iss", json!("https://keys.acme.example/globex")),
            ("iss", json!([ISSUER])),
            ("iss", Value::Null),
            ("exp", json!("tomorrow")),
            ("exp", json!(1e300)),
            ("exp", Value::Null),
            ("nbf", Value::Null),
            ("sub", Value::Null),
            ("jti", json!(7)),
            ("aud", json!([7])),
            ("aud", json!({ "0": ISSUER })),
            ("aud", Value::Null),
            ("narrowed", json!("no")),
        ] {
            assert_eq!(checked(&token(&signing, &[(name, value.clone())]), &verifying, NOW), None, "{name}: {value}");
        }
    }

    /// A token with this header and these claims, as they are, signed with the right key.
    fn signed(signing: &EncodingKey, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = crypto::sign(message.as_bytes(), signing, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }

    #[test]
    fn rfc_7515_4_1_11_a_header_that_says_more_than_ours_is_refused_whoever_signed_it() {
        let (signing, verifying) = pair();
        let good = token(&signing, &[]);
        let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(good.split('.').nth(1).unwrap()).unwrap()).unwrap();
        let counts = |header: &str, claims: &str| checked(&signed(&signing, header, claims), &verifying, NOW).is_some();
        let with = |more: &str| format!(r#"{{"typ":"at+jwt","alg":"ES256","kid":"a"{more}}}"#);
        for header in [
            with(""),
            with("").replace("at+jwt", "AT+JWT"),
            with("").replace("at+jwt", "application/at+jwt"),
            r#" { "kid": "a", "alg": "ES256", "typ": "at+jwt" } "#.to_owned(),
        ] {
            assert!(counts(&header, &claims), "{header}");
        }
        for more in [
            r#","crit":["exp"]"#,
            r#","crit":["b64"],"b64":true"#,
            r#","crit":["b64"],"b64":false"#,
            r#","crit":["urn:acme:new"],"urn:acme:new":1"#,
            r#","crit":[]"#,
            r#","crit":null"#,
            r#","crit":"exp""#,
            r#","\u0063rit":["exp"]"#,
            r#","b64":false"#,
            r#","zip":"DEF""#,
            r#","cty":"JWT""#,
            r#","jku":"https://evil.example/keys""#,
            r#","jwk":{"kty":"oct","k":"AA"}"#,
            r#","x5u":"https://evil.example/chain""#,
            r#","x5c":["AA"]"#,
            r#","enc":"A128GCM""#,
            r#","kid":"a""#,
            r#","kid":"b""#,
            r#","alg":"ES256""#,
            r#","alg":"none""#,
            r#","typ":"at+jwt""#,
        ] {
            assert!(!counts(&with(more), &claims), "{more}");
        }
        for header in [
            with("").replace("at+jwt", "JWT"),
            with("").replace("at+jwt", "at+jwt "),
            with("").replace("at+jwt", "logout+jwt"),
            with("").replace(r#""at+jwt""#, "null"),
            with("").replace(r#""typ":"at+jwt","#, ""),
            with("").replace(r#","kid":"a""#, ""),
            with("").replace(r#""kid":"a""#, r#""kid":["a"]"#),
            with("").replace("ES256", "es256"),
            format!("{}x", with("")),
            format!("[{}]", with("")),
            "{}".into(),
            String::new(),
        ] {
            assert!(!counts(&header, &claims), "{header}");
        }
        for twice in [r#","exp":99999999999}"#, r#","aud":"urn:a"}"#, r#","narrowed":false,"narrowed":true}"#] {
            let claims = format!("{}{twice}", claims.strip_suffix('}').unwrap());
            assert!(!counts(&with(""), &claims), "{twice}");
        }
    }
}
