//! The SQL of the list of keys. A page is found in steps that each have one sensible plan, on a tenant of five keys as on one
//! of a million: a *source* names keys in order, off one index; those that do not fit are left out, a chunk at a time; and
//! what is shown is read by id.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{ResourcePath, TenantScope};
use crate::api_keys::ApiKey;
use crate::api_keys::api_key::{Status, Tag};
use crate::api_keys::filter::Standing;
use crate::api_keys::rights::Visible;
use crate::base::clock::Timestamp;
use crate::base::paging::Cursor;
use crate::db::dialect;
use crate::db::schema::{api_key_tags, api_key_uses, api_key_words, api_keys, grants, resources, roles};
use crate::db::{Conn, Error};

use super::{COLUMNS, Row, visible_among};

/// Where the tenant's keys are named in an order of their own, off one index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api_keys) enum Source {
    /// All, by id.
    All,
    /// All, by name.
    Name,
    /// All, by last use.
    LastUse,
    /// All, by end.
    End,
    /// Those that are enabled and end in this stretch of time (from, until), by end.
    Ending(i64, i64),
    /// Those with this tag, by id.
    Tag(Tag),
    /// Those with a role, by id.
    Role(i64),
    /// Those that this user made, by id.
    Creator(i64),
    /// Those that are disabled, by id.
    Disabled,
    /// Those that nobody used, by id.
    NeverUsed,
}

/// Applies the place to begin after, the direction and the limit to a query that is ordered by `$value` and `$id`.
macro_rules! stretch {
    ($query:expr, $value:expr, $at:expr, $id:expr, $after:expr, $descending:expr, $limit:expr) => {{
        let query = $query.limit($limit as i64).into_boxed();
        // The first comparison alone is what an index is entered by.
        let query = match ($after, $descending) {
            (None, _) => query,
            (Some(place), true) => {
                query.filter($value.le($at(place))).filter($value.lt($at(place)).or($id.lt(place.id)))
            }
            (Some(place), false) => {
                query.filter($value.ge($at(place))).filter($value.gt($at(place)).or($id.gt(place.id)))
            }
        };
        if $descending { query.order(($value.desc(), $id.desc())) } else { query.order(($value.asc(), $id.asc())) }
    }};
}

/// The same for a query that is ordered by `$id` alone.
macro_rules! stretch_by_id {
    ($query:expr, $id:expr, $after:expr, $descending:expr, $limit:expr) => {{
        let query = $query.select($id).limit($limit as i64).into_boxed();
        let query = match ($after, $descending) {
            (None, _) => query,
            (Some(place), true) => query.filter($id.lt(place.id)),
            (Some(place), false) => query.filter($id.gt(place.id)),
        };
        if $descending { query.order($id.desc()) } else { query.order($id.asc()) }
    }};
}

/// The next keys of a source after a place, at most `limit`, nearest first.
pub(in crate::api_keys) fn next(
    conn: &mut Conn,
    tenant: TenantScope,
    source: &Source,
    after: Option<&Cursor>,
    descending: bool,
    limit: usize,
) -> Result<Vec<Cursor>, Error> {
    let id = tenant.id();
    let living = api_keys::tenant_id.eq(id).and(api_keys::deleted_at.is_null());
    let by_id = |ids: Vec<i64>| ids.into_iter().map(|id| Cursor { id, ..Cursor::default() }).collect();
    let by_number = |rows: Vec<(i64, i64)>| rows.into_iter().map(|(at, id)| Cursor { at, id, ..Cursor::default() });
    let at = |place: &Cursor| place.at;
    match source {
        Source::All => {
            let all = api_keys::table.filter(living);
            Ok(by_id(stretch_by_id!(all, api_keys::id, after, descending, limit).load(conn)?))
        }
        Source::Name => {
            let all = api_keys::table.filter(living).select((api_keys::name_folded, api_keys::id));
            let text = |place: &Cursor| place.text.clone();
            let query = stretch!(all, api_keys::name_folded, text, api_keys::id, after, descending, limit);
            let rows: Vec<(String, i64)> = query.load(conn)?;
            Ok(rows.into_iter().map(|(text, id)| Cursor { text, id, ..Cursor::default() }).collect())
        }
        Source::End => {
            let all = api_keys::table.filter(living).select((api_keys::expires_at, api_keys::id));
            let query = stretch!(all, api_keys::expires_at, at, api_keys::id, after, descending, limit);
            Ok(by_number(query.load(conn)?).collect())
        }
        Source::Ending(from, until) => {
            let ending = api_keys::table
                .filter(living.and(api_keys::disabled_at.is_null()))
                .filter(api_keys::expires_at.gt(*from).and(api_keys::expires_at.le(*until)))
                .select((api_keys::expires_at, api_keys::id));
            let query = stretch!(ending, api_keys::expires_at, at, api_keys::id, after, descending, limit);
            Ok(by_number(query.load(conn)?).collect())
        }
        Source::LastUse => {
            let all = api_key_uses::table
                .filter(api_key_uses::tenant_id.eq(id).and(api_key_uses::deleted_at.is_null()))
                .select((api_key_uses::used_at, api_key_uses::api_key_id));
            let key = api_key_uses::api_key_id;
            let query = stretch!(all, api_key_uses::used_at, at, key, after, descending, limit);
            Ok(by_number(query.load(conn)?).collect())
        }
        Source::NeverUsed => {
            let unused = api_key_uses::table
                .filter(api_key_uses::tenant_id.eq(id).and(api_key_uses::deleted_at.is_null()))
                .filter(api_key_uses::used_at.eq(0));
            Ok(by_id(stretch_by_id!(unused, api_key_uses::api_key_id, after, descending, limit).load(conn)?))
        }
        Source::Tag(tag) => {
            let tagged = api_key_tags::table
                .filter(api_key_tags::tenant_id.eq(id))
                .filter(api_key_tags::key.eq(&tag.key).and(api_key_tags::value.eq(&tag.value)));
            Ok(by_id(stretch_by_id!(tagged, api_key_tags::api_key_id, after, descending, limit).load(conn)?))
        }
        Source::Role(role) => {
            let holding = grants::table
                .filter(grants::tenant_id.eq(id).and(grants::role_id.eq(*role)))
                .filter(grants::api_key_id.is_not_null())
                .distinct();
            let key = grants::api_key_id.assume_not_null();
            Ok(by_id(stretch_by_id!(holding, key, after, descending, limit).load(conn)?))
        }
        Source::Creator(user) => {
            let made = api_keys::table
                .filter(living)
                .filter(api_keys::created_by_kind.eq("user").and(api_keys::created_by_id.eq(*user)));
            Ok(by_id(stretch_by_id!(made, api_keys::id, after, descending, limit).load(conn)?))
        }
        Source::Disabled => {
            let disabled = api_keys::table.filter(living.and(api_keys::disabled_at.is_not_null()));
            Ok(by_id(stretch_by_id!(disabled, api_keys::id, after, descending, limit).load(conn)?))
        }
    }
}

/// The keys that have a word with this beginning, by that word, at most `limit`; one may come several times.
pub(in crate::api_keys) fn ids_by_word(
    conn: &mut Conn,
    tenant: TenantScope,
    beginning: &str,
    limit: usize,
) -> Result<Vec<i64>, Error> {
    let (from, until) = beginning_with(beginning);
    Ok(api_key_words::table
        .filter(api_key_words::tenant_id.eq(tenant.id()))
        .filter(api_key_words::word.ge(from).and(api_key_words::word.lt(until)))
        .select(api_key_words::api_key_id)
        .order(api_key_words::word)
        .limit(limit as i64)
        .load(conn)?)
}

/// The keys that hold a role on this resource or beneath it, in no order, at most `limit`; one may come several times.
pub(in crate::api_keys) fn ids_by_resource(
    conn: &mut Conn,
    tenant: TenantScope,
    path: &ResourcePath,
    limit: usize,
) -> Result<Vec<i64>, Error> {
    let (from, until) = beneath(path);
    Ok(grants::table
        .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
        .filter(resources::tenant_id.eq(tenant.id()).and(grants::tenant_id.eq(tenant.id())))
        .filter(resources::path.eq(path.as_str()).or(resources::path.ge(from).and(resources::path.lt(until))))
        .filter(grants::api_key_id.is_not_null())
        .select(grants::api_key_id.assume_not_null())
        .limit(limit as i64)
        .load(conn)?)
}

/// The database id of a role.
pub(in crate::api_keys) fn role_id(conn: &mut Conn, tenant: TenantScope, slug: &str) -> Result<Option<i64>, Error> {
    let role = roles::table.filter(roles::tenant_id.eq(tenant.id()).and(roles::slug.eq(slug)));
    Ok(role.select(roles::id).first(conn).optional()?)
}

/// What a key has to be like, whatever the source that named it.
#[derive(Debug, Clone, Default)]
pub(in crate::api_keys) struct Conditions {
    pub beginning: Option<String>,
    pub tag: Option<Tag>,
    pub role: Option<i64>,
    pub resource: Option<ResourcePath>,
    pub creator: Option<i64>,
    pub standing: Option<Standing>,
    /// What the actor sees, where that is not every key.
    pub visible: Option<Visible>,
}

/// A key as far as lists are sorted and counted by it.
#[derive(Debug, Clone)]
pub(in crate::api_keys) struct Candidate {
    pub id: i64,
    pub name: String,
    pub expires_at: i64,
    pub used_at: i64,
    pub standing: Option<Standing>,
}

/// Id, folded name, end, since when it is disabled, last use.
type CandidateRow = (i64, String, i64, Option<i64>, Option<i64>);

/// Those of these keys that are as they have to be, in no order. Their standing is for the caller to compare.
pub(in crate::api_keys) fn fitting(
    conn: &mut Conn,
    tenant: TenantScope,
    conditions: &Conditions,
    ids: &[i64],
    now: Timestamp,
) -> Result<Vec<Candidate>, Error> {
    let seen = match &conditions.visible {
        Some(visible) => Some(visible_among(conn, tenant, visible, ids)?.into_iter().collect::<Vec<i64>>()),
        None => None,
    };
    let ids = seen.as_deref().unwrap_or(ids);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = api_keys::table
        .left_join(api_key_uses::table.on(api_key_uses::api_key_id.eq(api_keys::id)))
        .filter(api_keys::id.eq_any(ids))
        .filter(dialect::unindexed!(api_keys::tenant_id).eq(tenant.id()).and(api_keys::deleted_at.is_null()))
        .select((
            api_keys::id,
            api_keys::name_folded,
            api_keys::expires_at,
            api_keys::disabled_at,
            api_key_uses::used_at.nullable(),
        ))
        .into_boxed();
    if let Some(beginning) = &conditions.beginning {
        let (from, until) = beginning_with(beginning);
        let found = api_key_words::table
            .filter(api_key_words::api_key_id.eq(api_keys::id))
            .filter(api_key_words::word.ge(from).and(api_key_words::word.lt(until)));
        query = query.filter(exists(found));
    }
    if let Some(tag) = &conditions.tag {
        let tagged = api_key_tags::table
            .filter(api_key_tags::api_key_id.eq(api_keys::id))
            .filter(api_key_tags::key.eq(&tag.key).and(api_key_tags::value.eq(&tag.value)));
        query = query.filter(exists(tagged));
    }
    if let Some(role) = conditions.role {
        let held = grants::table.filter(grants::api_key_id.eq(api_keys::id.nullable()).and(grants::role_id.eq(role)));
        query = query.filter(exists(held));
    }
    if let Some(path) = &conditions.resource {
        let (from, until) = beneath(path);
        let held = grants::table
            .inner_join(resources::table.on(resources::id.eq(grants::resource_id)))
            .filter(grants::api_key_id.eq(api_keys::id.nullable()))
            .filter(resources::path.eq(path.as_str()).or(resources::path.ge(from).and(resources::path.lt(until))));
        query = query.filter(exists(held));
    }
    if let Some(user) = conditions.creator {
        query = query.filter(api_keys::created_by_kind.eq("user").and(api_keys::created_by_id.eq(user)));
    }
    let rows: Vec<CandidateRow> = query.load(conn)?;
    let candidate = |(id, name, expires_at, disabled_at, used_at): CandidateRow| {
        let used_at = used_at.unwrap_or_default();
        let ends = Timestamp::from_micros(expires_at);
        let standing = Standing::of(Status::of_living(disabled_at.is_some(), ends, used_at > 0, now));
        Candidate { id, name, expires_at, used_at, standing }
    };
    Ok(rows.into_iter().map(candidate).collect())
}

/// The keys with these ids, as far as they live.
pub(in crate::api_keys) fn by_ids(
    conn: &mut Conn,
    tenant: TenantScope,
    ids: &[i64],
) -> Result<HashMap<i64, ApiKey>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Row> = api_keys::table
        .filter(api_keys::id.eq_any(ids))
        .filter(dialect::unindexed!(api_keys::tenant_id).eq(tenant.id()).and(api_keys::deleted_at.is_null()))
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, ApiKey::from(row))).collect())
}

/// The keys with these ids in addresses, by client id, as far as they live.
pub(in crate::api_keys) fn by_key_ids(
    conn: &mut Conn,
    tenant: TenantScope,
    key_ids: &[String],
) -> Result<Vec<ApiKey>, Error> {
    let rows: Vec<Row> = api_keys::table
        .filter(api_keys::key_id.eq_any(key_ids))
        .filter(dialect::unindexed!(api_keys::tenant_id).eq(tenant.id()).and(api_keys::deleted_at.is_null()))
        .order(api_keys::client_id_folded)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// The texts that begin with this one: from, and until without the end.
fn beginning_with(text: &str) -> (String, String) {
    // No word holds a character behind the last one of Unicode.
    (text.to_owned(), format!("{text}\u{10ffff}"))
}

/// The paths beneath this one: from, and until without the end.
fn beneath(path: &ResourcePath) -> (String, String) {
    // ';' is the character behind ':'.
    (format!("{path}:"), format!("{path};"))
}
