//! The SQL behind what an actor sees who does not see every key.

use std::collections::HashSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::access::{ResourcePath, TenantScope};
use crate::api_keys::rights::Visible;
use crate::db::dialect;
use crate::db::schema::{api_keys, former_grants, grants, resources};
use crate::db::{Conn, Error};

diesel::alias!(resources as highest: Highest);

/// Whether a row of `resources` is one of the rows of `highest` or lies below it. The outer two comparisons are what an index
/// can be asked for; `;` follows `:`.
macro_rules! is_in {
    ($above:expr) => {
        resources::path
            .ge($above)
            .and(resources::path.lt($above.concat(";")))
            .and(resources::path.eq($above).or(resources::path.ge($above.concat(":"))))
    };
}

/// Those of these keys that are visible, deleted ones included. The one place that decides it.
pub(in crate::api_keys) fn visible_among(
    conn: &mut Conn,
    tenant: TenantScope,
    visible: &Visible,
    ids: &[i64],
) -> Result<HashSet<i64>, Error> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let (above, places) = (highest.field(resources::path), texts(&visible.places));
    let of_tenant = highest.field(resources::tenant_id).eq(tenant.id());
    let held = grants::table
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .inner_join(highest.on(is_in!(above)))
        .filter(grants::api_key_id.eq(api_keys::id.nullable()))
        .filter(of_tenant.and(above.eq_any(places.clone())));
    let held_before = former_grants::table
        .inner_join(resources::table.on(resources::id.eq(former_grants::resource_id)))
        .inner_join(highest.on(is_in!(above)))
        .filter(former_grants::api_key_id.eq(api_keys::id))
        .filter(of_tenant.and(above.eq_any(places)));
    let own = api_keys::created_by_kind.eq(visible.creator.kind()).and(api_keys::created_by_id.eq(creator_id(visible)));
    let holds = exists(grants::table.filter(grants::api_key_id.eq(api_keys::id.nullable())));
    let has_held = exists(former_grants::table.filter(former_grants::api_key_id.eq(api_keys::id)));
    let found: Vec<i64> = api_keys::table
        .filter(api_keys::id.eq_any(ids))
        .filter(dialect::unindexed!(api_keys::tenant_id).eq(tenant.id()))
        .filter(exists(held).or(exists(held_before)).or(own.and(not(holds)).and(not(has_held))))
        .select(api_keys::id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// Living keys among which are all visible ones, in no order, at most `limit` of each kind; one may come several times.
pub(in crate::api_keys) fn maybe_visible(
    conn: &mut Conn,
    tenant: TenantScope,
    visible: &Visible,
    limit: usize,
) -> Result<Vec<i64>, Error> {
    let above = highest.field(resources::path);
    // A tree is of bounded size. With its ids at hand PostgreSQL knows how many grants there are on them, and takes the index.
    let places: Vec<i64> = resources::table
        .inner_join(highest.on(is_in!(above)))
        .filter(resources::tenant_id.eq(tenant.id()).and(highest.field(resources::tenant_id).eq(tenant.id())))
        .filter(above.eq_any(texts(&visible.places)))
        .select(resources::id)
        .load(conn)?;
    let mut ids: Vec<i64> = grants::table
        .filter(grants::tenant_id.eq(tenant.id()).and(grants::resource_id.eq_any(places)))
        .filter(grants::api_key_id.is_not_null())
        .select(grants::api_key_id.assume_not_null())
        .limit(limit as i64)
        .load(conn)?;
    let own: Vec<i64> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.id()).and(api_keys::deleted_at.is_null()))
        .filter(api_keys::created_by_kind.eq(visible.creator.kind()))
        .filter(api_keys::created_by_id.eq(creator_id(visible)))
        .select(api_keys::id)
        .order(api_keys::id)
        .limit(limit as i64)
        .load(conn)?;
    ids.extend(own);
    Ok(ids)
}

fn texts(places: &[ResourcePath]) -> Vec<String> {
    places.iter().map(ToString::to_string).collect()
}

/// The database id of the actor. The shell and Keystead itself have none, and see every key.
fn creator_id(visible: &Visible) -> i64 {
    visible.creator.id().unwrap_or_default()
}
