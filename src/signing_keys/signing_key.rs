//! Sealing and opening a signing key.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::Value;

use crate::access::{Act, TenantScope};
use crate::base::keyring::{Keyring, SealError};
use crate::db::Error;

use super::key_pair::{KeyPair, encoding, for_tokens};
use super::store::Sealed;

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

/// The key of each tenant that was opened last: opening takes longer than signing. A key never changes, so nothing here goes
/// stale; the next key takes the place of the one before, so that the process forgets that.
#[derive(Default)]
pub struct Ring(RwLock<HashMap<i64, (i64, Arc<SigningKey>)>>);

impl Ring {
    /// The key, opened now or before.
    ///
    /// # Errors
    /// [`SealError`] when it was sealed with another installation secret.
    pub fn open(&self, keyring: &Keyring, sealed: &Sealed) -> Result<Arc<SigningKey>, SealError> {
        let opened = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&sealed.tenant_id).cloned();
        if let Some((id, key)) = opened
            && id == sealed.id
        {
            return Ok(key);
        }
        let private = keyring.open(&context(sealed.tenant_id, &sealed.kid), &sealed.private_key_sealed)?;
        let key = Arc::new(SigningKey {
            kid: sealed.kid.clone(),
            algorithm: for_tokens(sealed.algorithm),
            encoding: encoding(sealed.algorithm, &private).map_err(|_| SealError)?,
        });
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(sealed.tenant_id, (sealed.id, Arc::clone(&key)));
        Ok(key)
    }
}

/// What a sealed key is bound to, so that one tenant's key cannot be put into another's row.
fn context(tenant_id: i64, kid: &str) -> String {
    format!("signing key {kid} of tenant {tenant_id}")
}

/// The private half of a new key, as it is stored.
///
/// # Errors
/// When the crypto library refuses.
pub(super) fn seal(act: &Act, tenant: TenantScope, pair: &KeyPair) -> Result<Vec<u8>, Error> {
    act.keyring
        .seal(&*act.entropy, &context(tenant.id(), &pair.kid), &pair.private)
        .map_err(|error| Error::Unavailable(format!("a signing key cannot be sealed: {error}")))
}
