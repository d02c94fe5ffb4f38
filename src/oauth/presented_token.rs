//! An access token that somebody presents (RFC 9068, section 4): made by us for this tenant, not over, not revoked, and its key
//! alive. What it may do is what its key holds at this moment, and of that what it was narrowed to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;

use crate::access::Grant;
use crate::api_keys::{ApiKey, presented};
use crate::base::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::grants::{self, Holder};
use crate::signing_keys;
use crate::tenants::{self, Slug, Tenant};
use crate::web::Portal;
use crate::web::public_url::PublicUrl;

use super::access_token::LONGEST;
use super::scope::Scope;
use super::{issuer, store};

/// So far the clock of the node that made a token may be ahead of ours.
const AHEAD_SECONDS: i64 = 30;

/// What a token says of itself, after its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// Whose it is.
    pub sub: String,
    /// Whom it is for.
    pub aud: String,
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
    let mut validation = Validation::new(signed_by.algorithm);
    validation.set_issuer(&[issuer(&portal.settings.public_url, &tenant)]);
    // Its times are compared with the time that was handed in; whom it is for is the caller's to ask.
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    let Ok(token) = decode::<Claims>(text, &signed_by.decoding, &validation) else { return Ok(None) };
    let claims = token.claims;
    if claims.exp <= now.seconds() || claims.nbf > now.seconds() + AHEAD_SECONDS {
        return Ok(None);
    }
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

/// The id of the key that a text claims to be signed with, if the text may be an access token at all: RFC 9068, section 2.1.
fn kid(text: &str) -> Option<String> {
    if text.len() >= LONGEST {
        return None;
    }
    let header = decode_header(text).ok()?;
    let typ = header.typ?.to_ascii_lowercase();
    (typ == "at+jwt" || typ == "application/at+jwt").then_some(header.kid).flatten()
}
