//! The SQL of `api_keys`, `api_key_secrets`, `api_key_tags` and `api_key_words`.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::{Act, TenantScope};
use crate::base::clock::Timestamp;
use crate::base::paging::{Page, Slice};
use crate::db::dialect::both;
use crate::db::schema::{self, api_key_secrets, api_key_tags, api_key_words, api_keys};
use crate::db::{Conn, Error, Tx};
use crate::tenants::{self, Tenant};

use super::api_key::Tag;
use super::client_id::ClientId;
use super::{ApiKey, secret_text, words};

type Columns = (
    api_keys::id,
    api_keys::key_id,
    api_keys::client_id,
    api_keys::name,
    api_keys::environment,
    api_keys::hint,
    api_keys::created_at,
    api_keys::created_by,
    api_keys::expires_at,
    api_keys::disabled_at,
    api_keys::deleted_at,
    api_keys::token_version,
    api_keys::version,
);

const COLUMNS: Columns = (
    api_keys::id,
    api_keys::key_id,
    api_keys::client_id,
    api_keys::name,
    api_keys::environment,
    api_keys::hint,
    api_keys::created_at,
    api_keys::created_by,
    api_keys::expires_at,
    api_keys::disabled_at,
    api_keys::deleted_at,
    api_keys::token_version,
    api_keys::version,
);

#[derive(Queryable)]
struct Row {
    id: i64,
    key_id: String,
    client_id: String,
    name: String,
    environment: String,
    hint: String,
    created_at: i64,
    created_by: String,
    expires_at: i64,
    disabled_at: Option<i64>,
    deleted_at: Option<i64>,
    token_version: i64,
    version: i64,
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
            created_by: row.created_by,
            expires_at: Timestamp::from_micros(row.expires_at),
            disabled_at: row.disabled_at.map(Timestamp::from_micros),
            deleted_at: row.deleted_at.map(Timestamp::from_micros),
            token_version: row.token_version,
            version: row.version,
        }
    }
}

/// What a new row consists of, beside who makes it and when.
pub(super) struct NewRow<'a> {
    pub key_id: &'a str,
    pub client_id: &'a ClientId,
    pub name: &'a str,
    pub environment: &'a str,
    pub hint: &'a str,
    pub intent: &'a str,
    pub expires_at: Timestamp,
}

pub(super) fn insert(tx: &mut Tx<'_>, act: &Act, new: &NewRow<'_>) -> Result<ApiKey, Error> {
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
            api_keys::token_version.eq(1),
            api_keys::version.eq(1),
        ))
        .returning(COLUMNS)
        .get_result(&mut **tx)?;
    Ok(row.into())
}

pub(super) fn insert_secret(
    tx: &mut Tx<'_>,
    act: &Act,
    api_key: i64,
    mac: &[u8; 32],
    pepper_version: i64,
    hint: &str,
) -> Result<(), Error> {
    diesel::insert_into(api_key_secrets::table)
        .values((
            api_key_secrets::tenant_id.eq(act.actor.tenant.id()),
            api_key_secrets::api_key_id.eq(api_key),
            api_key_secrets::mac.eq(mac.to_vec()),
            api_key_secrets::pepper_version.eq(pepper_version),
            api_key_secrets::hint.eq(hint),
            api_key_secrets::created_at.eq(act.now.micros()),
            api_key_secrets::created_by.eq(&act.actor.label),
            api_key_secrets::ends_at.eq(Timestamp::NEVER.micros()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// One page, newest first.
pub(super) fn page(conn: &mut Conn, tenant: TenantScope, page: Page, limit: usize) -> Result<Slice<ApiKey>, Error> {
    let id = api_keys::id;
    let mut query = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::deleted_at.is_null()))
        .select(COLUMNS)
        .limit(limit as i64 + 1)
        .into_boxed();
    query = match page {
        Page::First => query.order(id.desc()),
        Page::After(place) => query.filter(id.lt(place.id)).order(id.desc()),
        Page::Before(place) => query.filter(id.gt(place.id)).order(id.asc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    Ok(Slice::of(rows.into_iter().map(ApiKey::from).collect(), limit, page))
}

/// The key with this id in the tenant, also when it is deleted.
pub(super) fn by_key_id(conn: &mut Conn, tenant: TenantScope, key_id: &str) -> Result<Option<ApiKey>, Error> {
    // From an address, so it may be anything: PostgreSQL takes no NUL, for one.
    if !secret_text::is_key_id(key_id) {
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
pub(super) fn by_intent(conn: &mut Conn, tenant: TenantScope, intent: &str) -> Result<Option<ApiKey>, Error> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::intent.eq(intent)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(ApiKey::from))
}

pub(super) fn client_id_is_taken(conn: &mut Conn, tenant: TenantScope, client_id: &ClientId) -> Result<bool, Error> {
    let taken = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::client_id_folded.eq(client_id.folded())))
        .filter(api_keys::deleted_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn)?)
}

/// What a change may set. `None` leaves it as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = api_keys)]
pub(super) struct Changes<'a> {
    pub name: Option<&'a str>,
    pub name_folded: Option<String>,
    pub hint: Option<&'a str>,
    pub expires_at: Option<i64>,
    pub disabled_at: Option<Option<i64>>,
}

/// Changes a key's row, and counts the change.
pub(super) fn update(
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

/// Lets the secret with this MAC end at this moment.
pub(super) fn end_secret(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    api_key: i64,
    mac: &[u8],
    ends_at: Timestamp,
) -> Result<(), Error> {
    let of_key = api_key_secrets::tenant_id.eq(tenant.id()).and(api_key_secrets::api_key_id.eq(api_key));
    diesel::update(api_key_secrets::table.filter(of_key.and(api_key_secrets::mac.eq(mac))))
        .set(api_key_secrets::ends_at.eq(ends_at.micros()))
        .execute(&mut **tx)?;
    Ok(())
}

/// Turns the row into a tombstone. Tokens of before are of an older version then.
pub(super) fn mark_deleted(tx: &mut Tx<'_>, tenant: TenantScope, id: i64, now: Timestamp) -> Result<(), Error> {
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

pub(super) fn tags_of(conn: &mut Conn, tenant: TenantScope, ids: &[i64]) -> Result<HashMap<i64, Vec<Tag>>, Error> {
    let rows: Vec<(i64, String, String)> = both!(conn, |c| api_key_tags::table
        .filter(api_key_tags::tenant_id.eq(tenant.id()).and(api_key_tags::api_key_id.eq_any(ids)))
        .select((api_key_tags::api_key_id, api_key_tags::key, api_key_tags::value))
        .order((api_key_tags::api_key_id, api_key_tags::key))
        .load(c))?;
    let mut tags: HashMap<i64, Vec<Tag>> = HashMap::new();
    for (id, key, value) in rows {
        tags.entry(id).or_default().push(Tag { key, value });
    }
    Ok(tags)
}

pub(super) fn remove_tags(tx: &mut Tx<'_>, tenant: TenantScope, id: i64) -> Result<(), Error> {
    diesel::delete(
        api_key_tags::table.filter(api_key_tags::tenant_id.eq(tenant.id()).and(api_key_tags::api_key_id.eq(id))),
    )
    .execute(&mut **tx)?;
    Ok(())
}

/// Makes the key be found by what it is called now.
pub(super) fn put_words(tx: &mut Tx<'_>, tenant: TenantScope, key: &ApiKey) -> Result<(), Error> {
    remove_words(tx, tenant, key.id)?;
    for word in words::of(key) {
        let row = (
            api_key_words::tenant_id.eq(tenant.id()),
            api_key_words::word.eq(word),
            api_key_words::api_key_id.eq(key.id),
        );
        diesel::insert_into(api_key_words::table).values(row).execute(&mut **tx)?;
    }
    Ok(())
}

pub(super) fn remove_words(tx: &mut Tx<'_>, tenant: TenantScope, id: i64) -> Result<(), Error> {
    let of_key = api_key_words::tenant_id.eq(tenant.id()).and(api_key_words::api_key_id.eq(id));
    diesel::delete(api_key_words::table.filter(of_key)).execute(&mut **tx)?;
    Ok(())
}

/// What is stored of a secret, and when it ends.
#[derive(Debug, Clone)]
pub struct StoredSecret {
    /// Its MAC under the pepper.
    pub mac: Vec<u8>,
    /// How it is shown.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it retires; may be never.
    pub ends_at: Timestamp,
}

/// The secrets of a key, newest first.
pub(super) fn secrets_of(conn: &mut Conn, tenant: TenantScope, id: i64) -> Result<Vec<StoredSecret>, Error> {
    let rows: Vec<(Vec<u8>, String, i64, String, i64)> = both!(conn, |c| api_key_secrets::table
        .filter(api_key_secrets::tenant_id.eq(tenant.id()).and(api_key_secrets::api_key_id.eq(id)))
        .order(api_key_secrets::id.desc())
        .select((
            api_key_secrets::mac,
            api_key_secrets::hint,
            api_key_secrets::created_at,
            api_key_secrets::created_by,
            api_key_secrets::ends_at,
        ))
        .load(c))?;
    let secret = |(mac, hint, created_at, created_by, ends_at)| StoredSecret {
        mac,
        hint,
        created_at: Timestamp::from_micros(created_at),
        created_by,
        ends_at: Timestamp::from_micros(ends_at),
    };
    Ok(rows.into_iter().map(secret).collect())
}

/// A key that somebody presents, found by the id inside the secret, in whatever tenant and state.
#[derive(Debug, Clone)]
pub struct Presented {
    /// Its tenant.
    pub tenant: Tenant,
    /// The key.
    pub key: ApiKey,
    /// Its secrets.
    pub secrets: Vec<StoredSecret>,
}

/// Looks a key up by the id inside of a presented secret. The hot read of every check, so it runs on the inner connection.
///
/// # Errors
/// When the database refuses.
pub fn presented(conn: &mut Conn, key_id: &str) -> Result<Option<Presented>, Error> {
    let found: Option<(Row, tenants::Row)> = both!(conn, |c| api_keys::table
        .inner_join(schema::tenants::table.on(schema::tenants::id.eq(api_keys::tenant_id)))
        .filter(api_keys::key_id.eq(key_id))
        .select((COLUMNS, tenants::COLUMNS))
        .first(c)
        .optional())?;
    let Some((row, tenant)) = found else { return Ok(None) };
    let (tenant, key) = (Tenant::from(tenant), ApiKey::from(row));
    let secrets = secrets_of(conn, tenant.scope, key.id)?;
    Ok(Some(Presented { tenant, key, secrets }))
}

/// The tags of a key that was presented.
///
/// # Errors
/// When the database refuses.
pub fn tags_of_presented(conn: &mut Conn, presented: &Presented) -> Result<Vec<Tag>, Error> {
    let id = presented.key.id;
    Ok(tags_of(conn, presented.tenant.scope, &[id])?.remove(&id).unwrap_or_default())
}
