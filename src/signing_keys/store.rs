//! The SQL of `signing_keys`. The keys of a tenant follow each other without gap or overlap: one ends where the next begins, and
//! the last one has no end.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::schema::signing_keys::dsl;
use crate::db::schema::tenants as of;
use crate::db::{Conn, Error, Tx};
use crate::tenants::{self, SigningAlgorithm, Tenant};

use super::Published;
use super::key_pair::KeyPair;

const DAY_MICROS: i64 = 86_400_000_000;

/// A key as it is stored.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The database id.
    pub id: i64,
    /// Whose key it is.
    pub tenant_id: i64,
    /// Its public id.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// The private half, sealed.
    pub private_key_sealed: Vec<u8>,
}

/// A key without its halves.
#[derive(Debug, Clone)]
pub(super) struct Times {
    pub id: i64,
    pub kid: String,
    pub algorithm: SigningAlgorithm,
    pub signs_from: Timestamp,
    pub signs_until: Timestamp,
    pub published_until: Timestamp,
}

fn known(algorithm: &str) -> Result<SigningAlgorithm, Error> {
    algorithm.parse().map_err(|()| Error::Corrupt("signing_keys", "algorithm"))
}

/// Adds the last key of a tenant, which signs from then on.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    pair: &KeyPair,
    sealed: &[u8],
    (now, signs_from): (Timestamp, Timestamp),
) -> Result<(), Error> {
    diesel::insert_into(dsl::signing_keys)
        .values((
            dsl::tenant_id.eq(tenant.id()),
            dsl::kid.eq(&pair.kid),
            dsl::algorithm.eq(pair.algorithm.as_str()),
            dsl::private_key_sealed.eq(sealed),
            dsl::public_jwk.eq(&pair.jwk),
            dsl::created_at.eq(now.micros()),
            dsl::signs_from.eq(signs_from.micros()),
            dsl::signs_until.eq(Timestamp::NEVER.micros()),
            dsl::published_until.eq(Timestamp::NEVER.micros()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Gives the last key its end.
pub(super) fn retire(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    id: i64,
    signs_until: Timestamp,
    published_until: Timestamp,
) -> Result<(), Error> {
    diesel::update(dsl::signing_keys.find(id))
        .filter(dsl::tenant_id.eq(tenant.id()))
        .set((dsl::signs_until.eq(signs_until.micros()), dsl::published_until.eq(published_until.micros())))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes away every key of a tenant, with both halves.
pub(super) fn delete_all(tx: &mut Tx<'_>, tenant: TenantScope) -> Result<(), Error> {
    diesel::delete(dsl::signing_keys.filter(dsl::tenant_id.eq(tenant.id()))).execute(&mut **tx)?;
    Ok(())
}

/// Takes away the keys that are no longer published, of all tenants, with both halves. Answers how many.
pub(super) fn prune(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, Error> {
    Ok(diesel::delete(dsl::signing_keys.filter(dsl::published_until.le(now.micros()))).execute(&mut **tx)?)
}

/// The key that signs now: the first that has not ended. Not asked is whether it has begun, so that a clock which is behind the
/// one by which the first key of a tenant was made finds a key, too.
///
/// # Errors
/// When the database refuses, or the tenant has none.
pub fn current(conn: &mut Conn, tenant: TenantScope, now: Timestamp) -> Result<Sealed, Error> {
    let (id, tenant_id, kid, algorithm, private_key_sealed): (i64, i64, String, String, Vec<u8>) = dsl::signing_keys
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::signs_until.gt(now.micros()))
        .order(dsl::signs_from)
        .select((dsl::id, dsl::tenant_id, dsl::kid, dsl::algorithm, dsl::private_key_sealed))
        .first(conn)?;
    Ok(Sealed { id, tenant_id, kid, algorithm: known(&algorithm)?, private_key_sealed })
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

/// The same keys without their halves, newest first.
pub(super) fn times(conn: &mut Conn, tenant: TenantScope, now: Timestamp) -> Result<Vec<Times>, Error> {
    let rows: Vec<(i64, String, String, i64, i64, i64)> = dsl::signing_keys
        .filter(dsl::tenant_id.eq(tenant.id()))
        .filter(dsl::published_until.gt(now.micros()))
        .order(dsl::id.desc())
        .select((dsl::id, dsl::kid, dsl::algorithm, dsl::signs_from, dsl::signs_until, dsl::published_until))
        .load(conn)?;
    let times = |(id, kid, algorithm, from, until, published): (i64, String, String, i64, i64, i64)| {
        Ok(Times {
            id,
            kid,
            algorithm: known(&algorithm)?,
            signs_from: Timestamp::from_micros(from),
            signs_until: Timestamp::from_micros(until),
            published_until: Timestamp::from_micros(published),
        })
    };
    rows.into_iter().map(times).collect()
}

/// The tenants whose last key has signed for as many days as a key of theirs is to.
pub(super) fn due(conn: &mut Conn, now: Timestamp) -> Result<Vec<Tenant>, Error> {
    let rows: Vec<tenants::Row> = dsl::signing_keys
        .inner_join(of::table.on(of::id.eq(dsl::tenant_id)))
        .filter(dsl::signs_until.eq(Timestamp::NEVER.micros()))
        .filter(of::signing_key_days.gt(0))
        .filter((dsl::signs_from + of::signing_key_days * DAY_MICROS).le(now.micros()))
        .order(of::id)
        .select(tenants::COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(Tenant::from).collect())
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
