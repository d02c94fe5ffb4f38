//! The public half of a signing key, to check a token with.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::{Conn, Error};

use super::store;

/// What a token of ours is checked with.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    /// The algorithm that the key was made for, and the only one that a token with its id may be signed by.
    pub algorithm: Algorithm,
    /// The public half.
    pub decoding: DecodingKey,
}

/// The key of this id, if the tenant has such a one and it is still published. The algorithm is that of our row: what a token
/// says of it is compared with this, and never believed.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub fn verifying(
    conn: &mut Conn,
    tenant: TenantScope,
    kid: &str,
    now: Timestamp,
) -> Result<Option<VerifyingKey>, Error> {
    // From the head of a token, so it may be anything: PostgreSQL takes no NUL, for one.
    if !kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Ok(None);
    }
    let Some((algorithm, jwk)) = store::public_half(conn, tenant, kid, now)? else { return Ok(None) };
    let algorithm = algorithm.parse().map_err(|_| Error::Corrupt("signing_keys", "algorithm"))?;
    let jwk: Jwk = serde_json::from_str(&jwk).map_err(|_| Error::Corrupt("signing_keys", "public_jwk"))?;
    let decoding = DecodingKey::from_jwk(&jwk).map_err(|_| Error::Corrupt("signing_keys", "public_jwk"))?;
    Ok(Some(VerifyingKey { algorithm, decoding }))
}
