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
    SELECT (SELECT t.key FROM api_key_tags t WHERE t.tenant_id = $1 ORDER BY t.key LIMIT 1),
           (SELECT t.value FROM api_key_tags t WHERE t.tenant_id = $1 ORDER BY t.key, t.value LIMIT 1),
           CAST(1 AS BIGINT)
    UNION ALL
    SELECT CASE WHEN (SELECT t.value FROM api_key_tags t
                      WHERE t.tenant_id = $1 AND t.key = hop.key AND t.value > hop.value
                      ORDER BY t.value LIMIT 1) IS NOT NULL
                THEN hop.key
                ELSE (SELECT t.key FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key > hop.key
                      ORDER BY t.key LIMIT 1) END,
           COALESCE((SELECT t.value FROM api_key_tags t
                     WHERE t.tenant_id = $1 AND t.key = hop.key AND t.value > hop.value ORDER BY t.value LIMIT 1),
                    (SELECT t.value FROM api_key_tags t WHERE t.tenant_id = $1 AND t.key > hop.key
                     ORDER BY t.key, t.value LIMIT 1)),
           hop.number + 1
    FROM hop WHERE hop.key IS NOT NULL AND hop.number < $2
)
SELECT key, value FROM hop WHERE key IS NOT NULL ORDER BY number";

#[derive(QueryableByName)]
struct Suggestion {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    value: String,
}

/// Tags that keys of the tenant have, each once, in order; the first `limit` of them.
pub(in crate::api_keys) fn tag_suggestions(
    conn: &mut Conn,
    tenant: TenantScope,
    limit: usize,
) -> Result<Vec<Tag>, Error> {
    let query = diesel::sql_query(SUGGESTIONS).bind::<BigInt, _>(tenant.id()).bind::<BigInt, _>(limit as i64);
    let found: Vec<Suggestion> = both!(conn, |c| query.load(c))?;
    Ok(found.into_iter().map(|found| Tag { key: found.key, value: found.value }).collect())
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
