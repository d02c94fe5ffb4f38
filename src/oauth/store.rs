//! The SQL of `revoked_tokens`: access tokens that ended before their time.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::dialect::both;
use crate::db::schema::revoked_tokens::dsl;
use crate::db::{Conn, Error, Tx};

/// Whether the token with this id was revoked.
///
/// # Errors
/// When the database refuses.
pub fn is_revoked(conn: &mut Conn, tenant: TenantScope, jti: &str) -> Result<bool, Error> {
    let found = dsl::revoked_tokens.filter(dsl::tenant_id.eq(tenant.id()).and(dsl::jti.eq(jti)));
    Ok(diesel::select(exists(found)).get_result(conn)?)
}

/// Revokes a token. Answers whether it was not revoked before.
///
/// # Errors
/// When the database refuses.
pub fn revoke(tx: &mut Tx<'_>, tenant: TenantScope, jti: &str, expires_at: Timestamp) -> Result<bool, Error> {
    let row = (dsl::tenant_id.eq(tenant.id()), dsl::jti.eq(jti), dsl::expires_at.eq(expires_at.micros()));
    let inserted =
        both!(&mut **tx, |c| diesel::insert_into(dsl::revoked_tokens).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(inserted > 0)
}

/// So long after its token a row is kept: another node's clock may be behind, and the token good there still.
const KEPT_SECONDS: i64 = 600;

/// Takes away those whose tokens have ended by themselves.
///
/// # Errors
/// When the database refuses.
pub fn prune_revoked(tx: &mut Tx<'_>, now: Timestamp) -> Result<usize, Error> {
    Ok(diesel::delete(dsl::revoked_tokens.filter(dsl::expires_at.le(now.plus_seconds(-KEPT_SECONDS).micros())))
        .execute(&mut **tx)?)
}
