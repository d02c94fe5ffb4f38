//! The SQL of `api_keys`; that of its other tables stands in a file for each.

mod counts;
mod list;
mod numbers;
mod presented;
mod secrets;
mod tags;
mod visible;
mod words;

use diesel::prelude::*;

use crate::access::{Act, TenantScope, Who};
use crate::base::clock::Timestamp;
use crate::db::dialect;
use crate::db::schema::api_keys;
use crate::db::{Conn, Error, Tx};
use crate::rate_limits::RateLimits;

use super::client_id::ClientId;
use super::key_id::is_key_id;
use super::{AllowedAddresses, ApiKey};

pub(super) use counts::count;
pub(super) use list::{
    Candidate, Conditions, Source, by_ids, by_key_ids, fitting, ids_by_resource, ids_by_word, next, role_id,
};
pub(super) use numbers::by_number;
pub use presented::{Presented, presented};
pub use secrets::StoredSecret;
pub(super) use secrets::{end_secret, insert_secret, secrets_of};
pub use tags::tags_of_presented;
pub(super) use tags::{put_tags, remove_tags, tag_keys, tag_suggestions, tag_values, tags_of};
pub(super) use visible::{maybe_visible, visible_among};
pub(super) use words::{put_words, remove_words};

dialect::columns! {
    Columns, COLUMNS:
    api_keys::id,
    api_keys::key_id,
    api_keys::client_id,
    api_keys::name,
    api_keys::environment,
    api_keys::hint,
    api_keys::created_at,
    api_keys::created_by_kind,
    api_keys::created_by_id,
    api_keys::created_by,
    api_keys::expires_at,
    api_keys::disabled_at,
    api_keys::disabled_reason,
    api_keys::deleted_at,
    api_keys::token_version,
    api_keys::version,
    api_keys::allowed_addresses,
    api_keys::rate_limits,
}

#[derive(Queryable)]
struct Row {
    id: i64,
    key_id: String,
    client_id: String,
    name: String,
    environment: String,
    hint: String,
    created_at: i64,
    created_by_kind: String,
    created_by_id: Option<i64>,
    created_by: String,
    expires_at: i64,
    disabled_at: Option<i64>,
    disabled_reason: Option<String>,
    deleted_at: Option<i64>,
    token_version: i64,
    version: i64,
    allowed_addresses: String,
    rate_limits: String,
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            key_id: row.key_id,
            client_id: row.client_id,
            name: row.name,
            environment: row.environment,
            hint: row.hint,
            created_at: Timestamp::from_micros(row.created_at),
            creator: Who::of_stored(&row.created_by_kind, row.created_by_id),
            created_by: row.created_by,
            expires_at: Timestamp::from_micros(row.expires_at),
            disabled_at: row.disabled_at.map(Timestamp::from_micros),
            disabled_reason: row.disabled_reason,
            deleted_at: row.deleted_at.map(Timestamp::from_micros),
            token_version: row.token_version,
            version: row.version,
            allowed_addresses: AllowedAddresses::of_stored(&row.allowed_addresses),
            rate_limits: RateLimits::of_stored(&row.rate_limits),
        }
    }
}

/// What a new row consists of, beside who makes it and when.
pub(in crate::api_keys) struct NewRow<'a> {
    pub key_id: &'a str,
    pub client_id: &'a ClientId,
    pub name: &'a str,
    pub environment: &'a str,
    pub hint: &'a str,
    pub intent: &'a str,
    pub expires_at: Timestamp,
    pub allowed_addresses: &'a AllowedAddresses,
    pub rate_limits: RateLimits,
}

pub(in crate::api_keys) fn insert(tx: &mut Tx<'_>, act: &Act, new: &NewRow<'_>) -> Result<ApiKey, Error> {
    let row: Row = diesel::insert_into(api_keys::table)
        .values((
            api_keys::tenant_id.eq(act.actor.tenant.id()),
            api_keys::key_id.eq(new.key_id),
            api_keys::client_id.eq(new.client_id.as_str()),
            api_keys::client_id_folded.eq(new.client_id.folded()),
            api_keys::name.eq(new.name),
            api_keys::name_folded.eq(new.name.to_lowercase()),
            api_keys::environment.eq(new.environment),
            api_keys::hint.eq(new.hint),
            api_keys::intent.eq(Some(new.intent)),
            api_keys::created_at.eq(act.now.micros()),
            api_keys::created_by_kind.eq(act.actor.who.kind()),
            api_keys::created_by_id.eq(act.actor.who.id()),
            api_keys::created_by.eq(&act.actor.label),
            api_keys::updated_at.eq(act.now.micros()),
            api_keys::expires_at.eq(new.expires_at.micros()),
            api_keys::allowed_addresses.eq(new.allowed_addresses.stored()),
            api_keys::rate_limits.eq(new.rate_limits.stored()),
            api_keys::token_version.eq(1),
            api_keys::version.eq(1),
        ))
        .returning(COLUMNS)
        .get_result(&mut **tx)?;
    Ok(row.into())
}

/// The key with this id in the tenant, also when it is deleted.
pub(in crate::api_keys) fn by_key_id(
    conn: &mut Conn,
    tenant: TenantScope,
    key_id: &str,
) -> Result<Option<ApiKey>, Error> {
    // From an address, so it may be anything: PostgreSQL takes no NUL, for one.
    if !is_key_id(key_id) {
        return Ok(None);
    }
    let row: Option<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::key_id.eq(key_id)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(ApiKey::from))
}

/// The key that this form made.
pub(in crate::api_keys) fn by_intent(
    conn: &mut Conn,
    tenant: TenantScope,
    intent: &str,
) -> Result<Option<ApiKey>, Error> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::intent.eq(intent)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(ApiKey::from))
}

pub(in crate::api_keys) fn client_id_is_taken(
    conn: &mut Conn,
    tenant: TenantScope,
    client_id: &ClientId,
) -> Result<bool, Error> {
    let taken = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::client_id_folded.eq(client_id.folded())))
        .filter(api_keys::deleted_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn)?)
}

/// The deleted key that had this client id last.
pub(in crate::api_keys) fn last_holder(
    conn: &mut Conn,
    tenant: TenantScope,
    client_id: &ClientId,
) -> Result<Option<ApiKey>, Error> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::client_id_folded.eq(client_id.folded())))
        .filter(api_keys::deleted_at.is_not_null())
        .order(api_keys::id.desc())
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(ApiKey::from))
}

/// How many living keys end after this moment, counted up to `most`.
pub(in crate::api_keys) fn count_ending_after(
    conn: &mut Conn,
    tenant: TenantScope,
    at: Timestamp,
    most: usize,
) -> Result<usize, Error> {
    let ids: Vec<i64> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::deleted_at.is_null()))
        .filter(api_keys::expires_at.gt(at.micros()))
        .limit(most as i64)
        .select(api_keys::id)
        .load(conn)?;
    Ok(ids.len())
}

/// What a change may set. `None` leaves it as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = api_keys)]
pub(in crate::api_keys) struct Changes<'a> {
    pub name: Option<&'a str>,
    pub name_folded: Option<String>,
    pub hint: Option<&'a str>,
    pub expires_at: Option<i64>,
    pub disabled_at: Option<Option<i64>>,
    pub disabled_reason: Option<Option<&'a str>>,
    pub allowed_addresses: Option<String>,
    pub rate_limits: Option<String>,
}

/// Changes a key's row, and counts the change.
pub(in crate::api_keys) fn update(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    id: i64,
    now: Timestamp,
    changes: Changes<'_>,
) -> Result<(), Error> {
    let counted = (api_keys::updated_at.eq(now.micros()), api_keys::version.eq(api_keys::version + 1));
    diesel::update(api_keys::table.filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::id.eq(id))))
        .set((changes, counted))
        .execute(&mut **tx)?;
    Ok(())
}

/// Turns the row into a tombstone. Tokens of before are of an older version then.
pub(in crate::api_keys) fn mark_deleted(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    id: i64,
    now: Timestamp,
) -> Result<(), Error> {
    diesel::update(api_keys::table.filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::id.eq(id))))
        .set((
            api_keys::deleted_at.eq(Some(now.micros())),
            api_keys::updated_at.eq(now.micros()),
            api_keys::token_version.eq(api_keys::token_version + 1),
            api_keys::version.eq(api_keys::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
