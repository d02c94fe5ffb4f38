//! The keys derived from the installation secret, one for each purpose. Knows no file and no table.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zeroize::Zeroizing;

use super::hash::{self, MacKey};
use super::random::{self, Entropy};

const NONCE: usize = 12;

/// Length of a derived key, for HKDF.
struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// Everything that is computed from the installation secret (HKDF-SHA-256, RFC 5869).
pub struct Keyring {
    prk: Prk,
    fingerprint: [u8; 32],
    pepper: MacKey,
    audit: MacKey,
    csrf: MacKey,
    flash: MacKey,
    cursor: MacKey,
    device: MacKey,
}

impl Keyring {
    /// The pepper version that new MACs of API keys carry.
    pub const PEPPER_VERSION: i64 = 1;

    /// Derives all keys.
    ///
    /// # Errors
    /// When the crypto library refuses, which no input can cause.
    pub fn new(installation_secret: &[u8; 32]) -> Result<Self, SealError> {
        let prk = Salt::new(HKDF_SHA256, b"keystead/v1").extract(installation_secret);
        Ok(Self {
            fingerprint: hash::sha256(&*derive(&prk, "fingerprint")?),
            pepper: MacKey::new(&*derive(&prk, "api keys")?),
            audit: MacKey::new(&*derive(&prk, "audit chain")?),
            csrf: MacKey::new(&*derive(&prk, "csrf")?),
            flash: MacKey::new(&*derive(&prk, "flash")?),
            cursor: MacKey::new(&*derive(&prk, "cursor")?),
            device: MacKey::new(&*derive(&prk, "known device")?),
            prk,
        })
    }

    /// Tells two installation secrets apart without giving either away.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// For the stored MACs of API keys.
    pub fn pepper(&self) -> &MacKey {
        &self.pepper
    }

    /// For the chain of audit events.
    pub fn audit(&self) -> &MacKey {
        &self.audit
    }

    /// For the tokens inside forms.
    pub fn csrf(&self) -> &MacKey {
        &self.csrf
    }

    /// For the message that is shown after a redirect.
    pub fn flash(&self) -> &MacKey {
        &self.flash
    }

    /// For paging cursors.
    pub fn cursor(&self) -> &MacKey {
        &self.cursor
    }

    /// For the cookie that a browser keeps after a full sign-in.
    pub fn device(&self) -> &MacKey {
        &self.device
    }

    /// 64 bytes for the encryption of the session cookie.
    ///
    /// # Errors
    /// As [`Keyring::new`].
    pub fn session_cookie(&self) -> Result<Zeroizing<[u8; 64]>, SealError> {
        let mut both = Zeroizing::new([0; 64]);
        both[..32].copy_from_slice(&*derive(&self.prk, "session cookie 1")?);
        both[32..].copy_from_slice(&*derive(&self.prk, "session cookie 2")?);
        Ok(both)
    }

    /// Encrypts (AES-256-GCM) with a fresh nonce in front; `context` must be the same to open it.
    ///
    /// # Errors
    /// As [`Keyring::new`].
    pub fn seal(&self, entropy: &dyn Entropy, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = random::bytes::<NONCE>(entropy);
        let mut sealed = plain.to_vec();
        self.sealing_key()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .map_err(|_| SealError)?;
        sealed.splice(..0, nonce);
        Ok(sealed)
    }

    /// What [`Keyring::seal`] was given.
    ///
    /// # Errors
    /// When the bytes, the context or the installation secret are not those of the sealing.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = self
            .sealing_key()?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut body)
            .map_err(|_| SealError)?;
        Ok(Zeroizing::new(plain.to_vec()))
    }

    fn sealing_key(&self) -> Result<LessSafeKey, SealError> {
        let key = derive(&self.prk, "sealing")?;
        UnboundKey::new(&AES_256_GCM, &*key).map(LessSafeKey::new).map_err(|_| SealError)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

fn derive(prk: &Prk, purpose: &str) -> Result<Zeroizing<[u8; 32]>, SealError> {
    let mut key = Zeroizing::new([0; 32]);
    prk.expand(&[purpose.as_bytes()], Bytes32).and_then(|okm| okm.fill(&mut *key)).map_err(|_| SealError)?;
    Ok(key)
}

/// Something sealed cannot be opened with this installation secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealError;

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is stored cannot be opened with this installation secret")
    }
}

impl std::error::Error for SealError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;

    #[test]
    fn what_was_sealed_opens_with_the_same_secret_and_context_only() {
        let ring = Keyring::new(&[1; 32]).unwrap();
        let sealed = ring.seal(&SystemEntropy, "signing key 7", b"private").unwrap();
        assert_eq!(ring.open("signing key 7", &sealed).unwrap().as_slice(), b"private");
        assert_eq!(ring.open("signing key 8", &sealed).unwrap_err(), SealError);
        assert_eq!(Keyring::new(&[2; 32]).unwrap().open("signing key 7", &sealed).unwrap_err(), SealError);
        assert!(!sealed.windows(7).any(|part| part == b"private"));
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let ring = Keyring::new(&[1; 32]).unwrap();
        assert_ne!(ring.pepper().mac(&[b"x"]), ring.audit().mac(&[b"x"]));
        assert_ne!(ring.fingerprint(), Keyring::new(&[2; 32]).unwrap().fingerprint());
    }
}
