//! The SQL of `api_key_tags`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::access::TenantScope;
use crate::api_keys::api_key::Tag;
use crate::db::dialect::{self, both};
use crate::db::schema::api_key_tags;
use crate::db::{Conn, Error, Tx};

use super::Presented;

pub(in crate::api_keys) fn tags_of(
    conn: &mut Conn,
    tenant: TenantScope,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Tag>>, Error> {
    let rows: Vec<(i64, String, String)> = both!(conn, |c| api_key_tags::table
        .filter(dialect::unindexed!(api_key_tags::tenant_id).eq(tenant.id()))
        .filter(api_key_tags::api_key_id.eq_any(ids))
        .select((api_key_tags::api_key_id, api_key_tags::key, api_key_tags::value))
        .order((api_key_tags::api_key_id, api_key_tags::key))
        .load(c))?;
    let mut tags: HashMap<i64, Vec<Tag>> = HashMap::new();
    for (id, key, value) in rows {
        tags.entry(id).or_default().push(Tag { key, value });
    }
    Ok(tags)
}

/// Gives a key these tags, in the place of those that it has.
pub(in crate::api_keys) fn put_tags(tx: &mut Tx<'_>, tenant: TenantScope, id: i64, tags: &[Tag]) -> Result<(), Error> {
    remove_tags(tx, tenant, id)?;
    for tag in tags {
        let row = (
            api_key_tags::tenant_id.eq(tenant.id()),
            api_key_tags::api_key_id.eq(id),
            api_key_tags::key.eq(&tag.key),
            api_key_tags::value.eq(&tag.value),
        );
        diesel::insert_into(api_key_tags::table).values(row).execute(&mut **tx)?;
    }
    Ok(())
}

/// Hops from each pair to the next one, the next value of the same key or else the first one of the next key, so that it reads
/// a few rows of the index for each answer however many keys have the same tag. Each look has its order and its limit: for an
/// EXISTS alone PostgreSQL reads the table until a row fits.
const SUGGESTIONS: &str = "\
WITH RECURSIVE hop (key, value, number) AS (
    SELECT (SELECT t.key FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key >= $2 AND t.key < $3
            ORDER BY t.key LIMIT 1),
           (SELECT t.value FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key >= $2 AND t.key < $3
            ORDER BY t.key, t.value LIMIT 1),
           CAST(1 AS BIGINT)
    UNION ALL
    SELECT CASE WHEN (SELECT t.value FROM api_key_tags t
                      WHERE t.tenant_id = $1 AND t.key = hop.key AND t.value > hop.value
                      ORDER BY t.value LIMIT 1) IS NOT NULL
                THEN hop.key
                ELSE (SELECT t.key FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key > hop.key AND t.key < $3
                      ORDER BY t.key LIMIT 1) END,
           COALESCE((SELECT t.value FROM api_key_tags t
                     WHERE t.tenant_id = $1 AND t.key = hop.key AND t.value > hop.value ORDER BY t.value LIMIT 1),
                    (SELECT t.value FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key > hop.key AND t.key < $3
                     ORDER BY t.key, t.value LIMIT 1)),
           hop.number + 1
    FROM hop WHERE hop.key IS NOT NULL AND hop.number < $4
)
SELECT key, value FROM hop WHERE key IS NOT NULL ORDER BY number";

/// The same for the values of one key.
const VALUES: &str = "\
WITH RECURSIVE hop (value, number) AS (
    SELECT (SELECT t.value FROM api_key_tags t
            WHERE t.tenant_id = $1 AND t.key = $2 AND t.value >= $3 AND t.value < $4 ORDER BY t.value LIMIT 1),
           CAST(1 AS BIGINT)
    UNION ALL
    SELECT (SELECT t.value FROM api_key_tags t
            WHERE t.tenant_id = $1 AND t.key = $2 AND t.value > hop.value AND t.value < $4 ORDER BY t.value LIMIT 1),
           hop.number + 1
    FROM hop WHERE hop.value IS NOT NULL AND hop.number < $5
)
SELECT value AS text FROM hop WHERE value IS NOT NULL ORDER BY number";

/// The same for the keys alone.
const KEYS: &str = "\
WITH RECURSIVE hop (key, number) AS (
    SELECT (SELECT t.key FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key >= $2 AND t.key < $3
            ORDER BY t.key LIMIT 1),
           CAST(1 AS BIGINT)
    UNION ALL
    SELECT (SELECT t.key FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key > hop.key AND t.key < $3
            ORDER BY t.key LIMIT 1),
           hop.number + 1
    FROM hop WHERE hop.key IS NOT NULL AND hop.number < $4
)
SELECT key AS text FROM hop WHERE key IS NOT NULL ORDER BY number";

#[derive(QueryableByName)]
struct Suggestion {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    text: String,
}

/// What comes after every text with this beginning.
fn behind(beginning: &str) -> String {
    format!("{beginning}{}", char::MAX)
}

/// Tags that keys of the tenant have and whose key has this beginning, each once, in order; the first `limit` of them.
pub(in crate::api_keys) fn tag_suggestions(
    conn: &mut Conn,
    tenant: TenantScope,
    beginning: &str,
    limit: usize,
) -> Result<Vec<Tag>, Error> {
    let query = diesel::sql_query(SUGGESTIONS)
        .bind::<BigInt, _>(tenant.id())
        .bind::<Text, _>(beginning)
        .bind::<Text, _>(behind(beginning))
        .bind::<BigInt, _>(limit as i64);
    let found: Vec<Suggestion> = both!(conn, |c| query.load(c))?;
    Ok(found.into_iter().map(|found| Tag { key: found.key, value: found.value }).collect())
}

/// The values with this beginning that tags of one key have, each once, in order; the first `limit` of them.
pub(in crate::api_keys) fn tag_values(
    conn: &mut Conn,
    tenant: TenantScope,
    key: &str,
    beginning: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let query = diesel::sql_query(VALUES)
        .bind::<BigInt, _>(tenant.id())
        .bind::<Text, _>(key)
        .bind::<Text, _>(beginning)
        .bind::<Text, _>(behind(beginning))
        .bind::<BigInt, _>(limit as i64);
    let found: Vec<Word> = both!(conn, |c| query.load(c))?;
    Ok(found.into_iter().map(|found| found.text).collect())
}

/// The keys of tags with this beginning, each once, in order; the first `limit` of them.
pub(in crate::api_keys) fn tag_keys(
    conn: &mut Conn,
    tenant: TenantScope,
    beginning: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let query = diesel::sql_query(KEYS)
        .bind::<BigInt, _>(tenant.id())
        .bind::<Text, _>(beginning)
        .bind::<Text, _>(behind(beginning))
        .bind::<BigInt, _>(limit as i64);
    let found: Vec<Word> = both!(conn, |c| query.load(c))?;
    Ok(found.into_iter().map(|found| found.text).collect())
}

pub(in crate::api_keys) fn remove_tags(tx: &mut Tx<'_>, tenant: TenantScope, id: i64) -> Result<(), Error> {
    diesel::delete(
        api_key_tags::table.filter(api_key_tags::tenant_id.eq(tenant.id()).and(api_key_tags::api_key_id.eq(id))),
    )
    .execute(&mut **tx)?;
    Ok(())
}

/// The tags of a key that was presented.
///
/// # Errors
/// When the database refuses.
pub fn tags_of_presented(conn: &mut Conn, presented: &Presented) -> Result<Vec<Tag>, Error> {
    let id = presented.key.id;
    Ok(tags_of(conn, presented.tenant.scope, &[id])?.remove(&id).unwrap_or_default())
}
