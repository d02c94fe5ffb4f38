//! A new key: its private half, and its public half as a JWK (RFC 7517, with RFC 7518 and RFC 8037 for the algorithms).

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use zeroize::Zeroizing;

use crate::db::Error;
use crate::tenants::SigningAlgorithm;

/// Letters in a line of PEM (RFC 7468, section 2).
const PEM_LINE: usize = 64;

/// A key that was just made.
pub(super) struct KeyPair {
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// The private half (PKCS #8).
    pub private: Zeroizing<Vec<u8>>,
    /// The JWK's thumbprint (RFC 7638).
    pub kid: String,
    /// The public half, as JSON.
    pub jwk: String,
}

impl KeyPair {
    /// Makes one.
    ///
    /// # Errors
    /// When the crypto library refuses.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Self, Error> {
        let random = SystemRandom::new();
        let private = Zeroizing::new(match algorithm {
            SigningAlgorithm::Es256 => {
                let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(refused)?;
                made.as_ref().to_vec()
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&random).map_err(refused)?.as_ref().to_vec(),
            SigningAlgorithm::Rs256 => {
                let made = rsa::KeyPair::generate(KeySize::Rsa2048).map_err(refused)?;
                AsDer::<Pkcs8V1Der<'_>>::as_der(&made).map_err(refused)?.as_ref().to_vec()
            }
        });
        let encoding = encoding(algorithm, &private).map_err(refused)?;
        let mut jwk = Jwk::from_encoding_key(&encoding, for_tokens(algorithm)).map_err(refused)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(refused)?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(kid.clone());
        let jwk = serde_json::to_string(&jwk).map_err(refused)?;
        Ok(Self { algorithm, private, kid, jwk })
    }
}

/// The algorithm as tokens name it.
pub(super) const fn for_tokens(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Es256 => Algorithm::ES256,
        SigningAlgorithm::EdDsa => Algorithm::EdDSA,
        SigningAlgorithm::Rs256 => Algorithm::RS256,
    }
}

/// The private half, ready to sign.
///
/// # Errors
/// When it is none.
pub(super) fn encoding(
    algorithm: SigningAlgorithm,
    private: &[u8],
) -> Result<EncodingKey, jsonwebtoken::errors::Error> {
    match algorithm {
        SigningAlgorithm::Es256 => Ok(EncodingKey::from_ec_der(private)),
        SigningAlgorithm::EdDsa => Ok(EncodingKey::from_ed_der(private)),
        // It signs with PKCS #1, which only its reader of PEM takes out of PKCS #8.
        SigningAlgorithm::Rs256 => EncodingKey::from_rsa_pem(pem(private).as_bytes()),
    }
}

fn pem(private: &[u8]) -> Zeroizing<String> {
    let digits = Zeroizing::new(STANDARD.encode(private));
    // As long as it will be, so that no part of it stays behind where it was.
    let mut pem = Zeroizing::new(String::with_capacity(digits.len() * 2 + 64));
    pem.push_str("-----BEGIN PRIVATE KEY-----\n");
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % PEM_LINE == 0 {
            pem.push('\n');
        }
        pem.push(digit);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("a signing key cannot be made: {error}"))
}
