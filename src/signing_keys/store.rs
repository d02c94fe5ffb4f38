//! The SQL of `signing_keys`.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::signing_keys::dsl;
use crate::db::{Conn, Error, Tx};

use super::Published;

/// A key as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct Sealed {
    /// The database id.
    pub id: i64,
    /// Whose key it is.
    pub tenant_id: i64,
    /// Its public id.
    pub kid: String,
    /// The private half, sealed.
    pub private_key_sealed: Vec<u8>,
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    kid: &str,
    sealed: &[u8],
    jwk: &str,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(dsl::signing_keys)
        .values((
            dsl::tenant_id.eq(tenant.id()),
            dsl::kid.eq(kid),
            dsl::algorithm.eq("ES256"),
            dsl::private_key_sealed.eq(sealed),
            dsl::public_jwk.eq(jwk),
            dsl::created_at.eq(now.micros()),
            dsl::signs_from.eq(now.micros()),
            dsl::signs_until.eq(Timestamp::NEVER.micros()),
            dsl::published_until.eq(Timestamp::NEVER.micros()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The key that signs now.
///
/// # Errors
/// When the database refuses, or the tenant has none.
pub fn current(conn: &mut Conn, tenant: TenantScope, now: Timestamp) -> Result<Sealed, Error> {
    Ok(dsl::signing_keys
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::signs_from.le(now.micros()).and(dsl::signs_until.gt(now.micros())))
        .order(dsl::signs_from.desc())
        .select((dsl::id, dsl::tenant_id, dsl::kid, dsl::private_key_sealed))
        .first(conn)?)
}

/// The public halves that clients need to know now, newest first.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub fn published(conn: &mut Conn, tenant: TenantScope, now: Timestamp) -> Result<Vec<Published>, Error> {
    let texts: Vec<String> = dsl::signing_keys
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::published_until.gt(now.micros()))
        .order(dsl::id.desc())
        .select(dsl::public_jwk)
        .load(conn)?;
    let parse = |text: String| {
        serde_json::from_str(&text).map(Published).map_err(|_| Error::Corrupt("signing_keys", "public_jwk"))
    };
    texts.into_iter().map(parse).collect()
}

/// The algorithm and the public JWK of a key that is published now.
pub(super) fn public_half(
    conn: &mut Conn,
    tenant: TenantScope,
    kid: &str,
    now: Timestamp,
) -> Result<Option<(String, String)>, Error> {
    let row = dsl::signing_keys
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::kid.eq(kid))
        .filter(dsl::published_until.gt(now.micros()))
        .select((dsl::algorithm, dsl::public_jwk))
        .first(conn)
        .optional()?;
    Ok(row)
}
