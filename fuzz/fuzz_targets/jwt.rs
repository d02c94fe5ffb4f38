//! Access tokens: texts as they come, put together from a head and claims with a signature that does not fit, and signed with the right
//! key, so that what is behind the signature is reached as well.

#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use keystead::base::clock::Timestamp;
use keystead::oauth::LONGEST;
use keystead::oauth::presented_token::{AHEAD_SECONDS, Claims, kid, read};
use keystead::signing_keys::VerifyingKey;
use libfuzzer_sys::fuzz_target;

const ISSUER: &str = "https://keys.acme.example/acme";
const NOW: i64 = 1_795_444_320;

static SIGNING: LazyLock<EncodingKey> = LazyLock::new(|| {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EncodingKey::from_ec_der(made.as_ref())
});

static VERIFYING: LazyLock<VerifyingKey> = LazyLock::new(|| {
    let jwk = Jwk::from_encoding_key(&SIGNING, Algorithm::ES256).expect("a public half");
    VerifyingKey { algorithm: Algorithm::ES256, decoding: DecodingKey::from_jwk(&jwk).expect("a key") }
});

fn checked(text: &str) -> Option<Claims> {
    kid(text)?;
    assert!(text.len() < LONGEST, "what is too long is not looked at");
    read(text, &VERIFYING, ISSUER, Timestamp::from_micros(NOW * 1_000_000))
}

fuzz_target!(|text: &str| {
    // Nobody but us signs.
    assert!(checked(text).is_none());
    // The first line is the head, the others are the claims.
    let (head, claims) = text.split_once('\n').unwrap_or((text, ""));
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
    for signature in ["", &URL_SAFE_NO_PAD.encode(claims)] {
        assert!(checked(&format!("{message}.{signature}")).is_none());
    }
    // An expensive step only where the head is one.
    if kid(&format!("{message}.")).is_none() {
        return;
    }
    let signature = crypto::sign(message.as_bytes(), &SIGNING, Algorithm::ES256).expect("a signature");
    let Some(said) = checked(&format!("{message}.{signature}")) else { return };
    assert_eq!(said.iss, ISSUER);
    assert!(said.exp > NOW && said.nbf <= NOW + AHEAD_SECONDS);
    let mut flipped = message.into_bytes();
    let at = flipped.len() / 2;
    flipped[at] = if flipped[at] == b'A' { b'B' } else { b'A' };
    assert!(checked(&format!("{}.{signature}", String::from_utf8(flipped).expect("ASCII"))).is_none());
});
