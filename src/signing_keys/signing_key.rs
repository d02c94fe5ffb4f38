//! Making, sealing and opening a signing key.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::access::Act;
use crate::audit::{self, Action, Event};
use crate::base::hash;
use crate::base::keyring::{Keyring, SealError};
use crate::db::{Error, Tx};
use crate::tenants::Tenant;

use super::store::{self, Sealed};

/// A key, ready to sign.
pub struct SigningKey {
    /// Its id in JWKS and in the head of tokens: the JWK's thumbprint (RFC 7638).
    pub kid: String,
    /// The algorithm it signs with.
    pub algorithm: Algorithm,
    /// The private half.
    pub encoding: EncodingKey,
}

/// The public half of a key, as JWKS shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Published(pub Value);

/// Keys that were opened once: opening takes longer than signing. A key never changes, so nothing here goes stale.
#[derive(Default)]
pub struct Ring(RwLock<HashMap<i64, Arc<SigningKey>>>);

impl Ring {
    /// The key, opened now or before.
    ///
    /// # Errors
    /// [`SealError`] when it was sealed with another installation secret.
    pub fn open(&self, keyring: &Keyring, sealed: &Sealed) -> Result<Arc<SigningKey>, SealError> {
        if let Some(key) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&sealed.id) {
            return Ok(Arc::clone(key));
        }
        let private = keyring.open(&context(sealed.tenant_id, &sealed.kid), &sealed.private_key_sealed)?;
        let key = Arc::new(SigningKey {
            kid: sealed.kid.clone(),
            algorithm: Algorithm::ES256,
            encoding: EncodingKey::from_ec_der(&private),
        });
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(sealed.id, Arc::clone(&key));
        Ok(key)
    }
}

/// What a sealed key is bound to, so that one tenant's key cannot be put into another's row.
fn context(tenant_id: i64, kid: &str) -> String {
    format!("signing key {kid} of tenant {tenant_id}")
}

/// Makes an ES256 key for the tenant, signing from now on.
///
/// # Errors
/// When the database refuses, or the crypto library does.
pub fn create(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant) -> Result<(), Error> {
    let private =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).map_err(refused)?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private.as_ref()).map_err(refused)?;
    let jwk = jwk(pair.public_key().as_ref());
    let kid = jwk["kid"].as_str().unwrap_or_default().to_owned();
    let sealed =
        act.keyring.seal(&*act.entropy, &context(tenant.scope.id(), &kid), private.as_ref()).map_err(refused)?;
    store::insert(tx, tenant.scope, &kid, &sealed, &jwk.to_string(), act.now)?;
    let event =
        Event::new(Action::SigningKeyCreated).on("signing_key", &kid, &kid).after(json!({ "algorithm": "ES256" }));
    audit::record(tx, act, event)
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("a signing key cannot be made: {error}"))
}

/// The JWK of an uncompressed P-256 point (RFC 7518, section 6.2), with its thumbprint as `kid`.
fn jwk(point: &[u8]) -> Value {
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
    // RFC 7638: the required members alone, in this order, without spaces.
    let thumbprint = hash::sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes());
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": URL_SAFE_NO_PAD.encode(thumbprint) })
}
