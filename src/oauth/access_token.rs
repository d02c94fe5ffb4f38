//! The access token: a JWT for a key (RFC 9068).

use jsonwebtoken::Header;
use serde::Serialize;

use crate::access::Grant;
use crate::api_keys::ApiKey;
use crate::base::clock::Timestamp;
use crate::signing_keys::SigningKey;
use crate::tenants::Tenant;

use super::audience::Audience;
use super::grant_claim::GrantClaim;
use super::scope::Scope;

/// A token is shorter than this many bytes, so that it fits into a header everywhere.
pub const LONGEST: usize = 4_096;

/// So many seconds before it is made a token counts from: for resource servers whose clocks are a little behind ours, and whose
/// libraries forgive nothing.
const BACKDATED_SECONDS: i64 = 5;

/// What a token is made from.
#[derive(Debug)]
pub struct TokenRequest<'a> {
    /// The tenant's issuer.
    pub issuer: &'a str,
    /// Whom it is for; the issuer itself when nobody is named.
    pub audience: &'a Audience,
    /// The tenant.
    pub tenant: &'a Tenant,
    /// The key.
    pub key: &'a ApiKey,
    /// What the key holds, as far as the scope goes.
    pub grants: &'a [Grant],
    /// What the token may do.
    pub scope: &'a Scope,
    /// The moment.
    pub now: Timestamp,
    /// The token's own id.
    pub jti: String,
}

/// A token and how it is announced.
#[derive(Debug)]
pub struct Token {
    /// The JWT.
    pub text: String,
    /// Its life in seconds.
    pub expires_in: i64,
    /// Its scope, empty for none.
    pub scope: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a Audience,
    client_id: &'a str,
    key_id: &'a str,
    token_version: i64,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    /// The key may do more than the token.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    narrowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<Vec<GrantClaim<'a>>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    grants_omitted: bool,
}

/// How much a token says of the grants; less when it would grow too long.
#[derive(Clone, Copy)]
enum Detail {
    Full,
    WithoutPermissions,
    Omitted,
}

impl TokenRequest<'_> {
    /// Makes and signs the token. It does not outlive its key.
    ///
    /// # Errors
    /// When the crypto library refuses.
    pub fn sign(&self, key: &SigningKey) -> Result<Token, jsonwebtoken::errors::Error> {
        let scope = self.scope.to_string();
        let mut text = self.encode(key, &scope, Detail::Full)?;
        // A role stands for all that is in it, which is more than a narrowed token may do: it is never shown alone.
        let shorter: &[Detail] = match self.scope.is_narrowed() {
            true => &[Detail::Omitted],
            false => &[Detail::WithoutPermissions, Detail::Omitted],
        };
        for detail in shorter.iter().copied() {
            if text.len() < LONGEST {
                break;
            }
            text = self.encode(key, &scope, detail)?;
        }
        Ok(Token { text, expires_in: self.expires_at() - self.now.seconds(), scope })
    }

    fn expires_at(&self) -> i64 {
        self.now.plus_seconds(self.tenant.access_token_seconds).min(self.key.expires_at).seconds()
    }

    fn encode(&self, key: &SigningKey, scope: &str, detail: Detail) -> Result<String, jsonwebtoken::errors::Error> {
        let from = self.now.plus_seconds(-BACKDATED_SECONDS).seconds();
        let claims = Claims {
            iss: self.issuer,
            // No id of a user can look like this.
            sub: format!("client:{}/{}", self.tenant.slug, self.key.client_id),
            aud: self.audience,
            client_id: &self.key.client_id,
            key_id: &self.key.key_id,
            token_version: self.key.token_version,
            iat: from,
            nbf: from,
            exp: self.expires_at(),
            jti: &self.jti,
            scope,
            narrowed: self.scope.is_narrowed(),
            grants: self.grant_claims(detail),
            grants_omitted: matches!(detail, Detail::Omitted),
        };
        let mut header = Header::new(key.algorithm);
        header.typ = Some("at+jwt".into());
        header.kid = Some(key.kid.clone());
        jsonwebtoken::encode(&header, &claims, &key.encoding)
    }

    fn grant_claims(&self, detail: Detail) -> Option<Vec<GrantClaim<'_>>> {
        let claim = match detail {
            Detail::Full => GrantClaim::full,
            Detail::WithoutPermissions => GrantClaim::without_permissions,
            Detail::Omitted => return None,
        };
        Some(self.grants.iter().map(claim).collect())
    }
}
