//! The SQL of `api_key_tags`.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::api_keys::api_key::Tag;
use crate::db::dialect::both;
use crate::db::schema::api_key_tags;
use crate::db::{Conn, Error, Tx};

use super::Presented;

pub(in crate::api_keys) fn tags_of(
    conn: &mut Conn,
    tenant: TenantScope,
    ids: &[i64],
) -> Result<HashMap<i64, Vec<Tag>>, Error> {
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
