//! The SQL of `resources`.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use crate::access::{Act, ResourcePath, TenantScope};
use crate::base::clock::Timestamp;
use crate::db::dialect::both;
use crate::db::schema::resources;
use crate::db::{Conn, Error, Tx};
use crate::tenants::Tenant;

use super::{Mark, Resource, Segment};

type Row = (i64, Option<i64>, String, String, String, i64, i64);

type Columns = (
    resources::id,
    resources::parent_id,
    resources::kind,
    resources::name,
    resources::path,
    resources::created_at,
    resources::version,
);

const COLUMNS: Columns = (
    resources::id,
    resources::parent_id,
    resources::kind,
    resources::name,
    resources::path,
    resources::created_at,
    resources::version,
);

diesel::define_sql_function! {
    /// What stands from a place on, counted from 1.
    fn substr(text: Text, from: Integer) -> Text;
}

diesel::define_sql_function! {
    /// In small letters; paths are ASCII.
    fn lower(text: Text) -> Text;
}

fn resource((id, parent_id, kind, name, path, created_at, version): Row) -> Result<Resource, Error> {
    let path = path.parse().map_err(|_| Error::Corrupt("resources", "path"))?;
    Ok(Resource { id, parent_id, kind, name, path, created_at: Timestamp::from_micros(created_at), version })
}

fn all(rows: Vec<Row>) -> Result<Vec<Resource>, Error> {
    rows.into_iter().map(resource).collect()
}

/// Paths beneath this one are those from the first text to before the second: `;` follows `:`.
fn range(path: &ResourcePath) -> (String, String) {
    (format!("{path}:"), format!("{path};"))
}

/// The node at this path.
///
/// # Errors
/// When the database refuses.
pub fn by_path(conn: &mut Conn, tenant: TenantScope, path: &ResourcePath) -> Result<Option<Resource>, Error> {
    let row: Option<Row> = resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::path.eq(path.as_str())))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(resource).transpose()
}

/// The nodes at these paths, by path: of a path's ancestors, the root first.
pub(super) fn by_paths(conn: &mut Conn, tenant: TenantScope, paths: &[ResourcePath]) -> Result<Vec<Resource>, Error> {
    let texts: Vec<&str> = paths.iter().map(ResourcePath::as_str).collect();
    let rows = resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::path.eq_any(texts)))
        .select(COLUMNS)
        .order(resources::path)
        .load(conn)?;
    all(rows)
}

/// The node that had this mark and was changed since; nothing where more than one may have had it.
pub(super) fn by_older_mark(conn: &mut Conn, tenant: TenantScope, mark: Mark) -> Result<Option<Resource>, Error> {
    let rows: Vec<Row> = resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::created_at.eq(mark.created_at.micros())))
        .filter(resources::version.gt(mark.version))
        .select(COLUMNS)
        .limit(2)
        .load(conn)?;
    let mut found = all(rows)?;
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// The first nodes of the tree by path, at most `limit`: what a form offers to choose from.
///
/// # Errors
/// When the database refuses.
pub fn first(conn: &mut Conn, tenant: TenantScope, limit: usize) -> Result<Vec<Resource>, Error> {
    let rows = resources::table
        .filter(resources::tenant_id.eq(tenant.id()))
        .select(COLUMNS)
        .order(resources::path)
        .limit(limit as i64)
        .load(conn)?;
    all(rows)
}

/// What is right beneath a node, by name, at most `limit`.
pub(super) fn children(
    conn: &mut Conn,
    tenant: TenantScope,
    parent: i64,
    limit: usize,
) -> Result<Vec<Resource>, Error> {
    let rows = resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::parent_id.eq(parent)))
        .select(COLUMNS)
        .order((resources::name, resources::kind))
        .limit(limit as i64)
        .load(conn)?;
    all(rows)
}

/// A node and everything beneath it, by path, at most `limit`.
pub(super) fn subtree(
    conn: &mut Conn,
    tenant: TenantScope,
    path: &ResourcePath,
    limit: usize,
) -> Result<Vec<Resource>, Error> {
    let (from, to) = range(path);
    let rows = resources::table
        .filter(resources::tenant_id.eq(tenant.id()))
        .filter(resources::path.eq(path.as_str()).or(resources::path.ge(from).and(resources::path.lt(to))))
        .select(COLUMNS)
        .order(resources::path)
        .limit(limit as i64)
        .load(conn)?;
    all(rows)
}

/// The nodes at these paths and everything beneath them, by path, at most `limit`. No path lies beneath another one. One
/// query, however many there are.
pub(super) fn subtrees(
    conn: &mut Conn,
    tenant: TenantScope,
    paths: &[ResourcePath],
    limit: usize,
) -> Result<Vec<Resource>, Error> {
    let highest = diesel::alias!(resources as highest);
    let (above, texts) = (highest.field(resources::path), paths.iter().map(ResourcePath::as_str));
    // The outer two are what an index can be asked for; see `range`.
    let beneath = resources::path.ge(above).and(resources::path.lt(above.concat(";")));
    let beneath = beneath.and(resources::path.eq(above).or(resources::path.ge(above.concat(":"))));
    let rows = resources::table
        .inner_join(highest.on(beneath))
        .filter(resources::tenant_id.eq(tenant.id()).and(highest.field(resources::tenant_id).eq(tenant.id())))
        .filter(above.eq_any(texts))
        .select(COLUMNS)
        .order(resources::path)
        .limit(limit as i64)
        .load(conn)?;
    all(rows)
}

/// How many nodes are beneath this one.
pub(super) fn count_beneath(conn: &mut Conn, tenant: TenantScope, path: &ResourcePath) -> Result<i64, Error> {
    let (from, to) = range(path);
    Ok(resources::table
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::path.ge(from)).and(resources::path.lt(to)))
        .count()
        .get_result(conn)?)
}

/// How many nodes the tenant has.
pub(super) fn count(conn: &mut Conn, tenant: TenantScope) -> Result<i64, Error> {
    Ok(resources::table.filter(resources::tenant_id.eq(tenant.id())).count().get_result(conn)?)
}

/// Nodes with this text in their path, whatever its case, by path, at most `limit`.
pub(super) fn search(conn: &mut Conn, tenant: TenantScope, text: &str, limit: usize) -> Result<Vec<Resource>, Error> {
    // Names may hold `_`, which stands for any character otherwise.
    let text = text.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let rows = resources::table
        .filter(resources::tenant_id.eq(tenant.id()))
        .filter(lower(resources::path).like(format!("%{text}%")).escape('!'))
        .select(COLUMNS)
        .order(resources::path)
        .limit(limit as i64)
        .load(conn)?;
    all(rows)
}

/// The root of a new tenant, `organization={slug}`; returns its database id.
///
/// # Errors
/// [`Error::Duplicate`] when the tenant has one.
pub fn insert_root(tx: &mut Tx<'_>, tenant: &Tenant, now: Timestamp) -> Result<i64, Error> {
    Ok(diesel::insert_into(resources::table)
        .values((
            resources::tenant_id.eq(tenant.scope.id()),
            resources::kind.eq("organization"),
            resources::name.eq(&tenant.slug),
            resources::path.eq(tenant.root().as_str()),
            resources::created_at.eq(now.micros()),
            resources::version.eq(1),
        ))
        .returning(resources::id)
        .get_result(&mut **tx)?)
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    act: &Act,
    parent: i64,
    segment: &Segment,
    path: &ResourcePath,
) -> Result<Resource, Error> {
    let row: Row = diesel::insert_into(resources::table)
        .values((
            resources::tenant_id.eq(act.actor.tenant.id()),
            resources::parent_id.eq(Some(parent)),
            resources::kind.eq(segment.kind()),
            resources::name.eq(segment.name()),
            resources::path.eq(path.as_str()),
            resources::created_at.eq(act.now.micros()),
            resources::version.eq(1),
        ))
        .returning(COLUMNS)
        .get_result(&mut **tx)?;
    resource(row)
}

/// Gives a node another segment and another parent, and everything beneath it the paths that follow from that.
pub(super) fn relocate(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    node: &Resource,
    parent: i64,
    segment: &Segment,
    path: &ResourcePath,
) -> Result<Resource, Error> {
    let (from, to) = range(&node.path);
    let kept = i32::try_from(node.path.as_str().len() + 1).map_err(|_| Error::Corrupt("resources", "path"))?;
    both!(&mut **tx, |c| diesel::update(resources::table)
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::path.ge(from)).and(resources::path.lt(to)))
        .set((
            resources::path.eq(path.as_str().into_sql::<Text>().concat(substr(resources::path, kept))),
            resources::version.eq(resources::version + 1),
        ))
        .execute(c))?;
    let row: Row = diesel::update(resources::table)
        .filter(resources::tenant_id.eq(tenant.id()).and(resources::id.eq(node.id)))
        .set((
            resources::parent_id.eq(Some(parent)),
            resources::kind.eq(segment.kind()),
            resources::name.eq(segment.name()),
            resources::path.eq(path.as_str()),
            resources::version.eq(resources::version + 1),
        ))
        .returning(COLUMNS)
        .get_result(&mut **tx)?;
    resource(row)
}

/// Removes a node and everything beneath it, in one statement: each of them may point at another.
pub(super) fn remove_subtree(tx: &mut Tx<'_>, tenant: TenantScope, path: &ResourcePath) -> Result<usize, Error> {
    let (from, to) = range(path);
    Ok(diesel::delete(resources::table)
        .filter(resources::tenant_id.eq(tenant.id()))
        .filter(resources::path.eq(path.as_str()).or(resources::path.ge(from).and(resources::path.lt(to))))
        .execute(&mut **tx)?)
}
