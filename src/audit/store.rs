//! The SQL of `audit_events` and `audit_heads`.

use diesel::prelude::*;
use serde_json::Value;

use crate::access::{Act, TenantScope};
use crate::base::clock::Timestamp;
use crate::base::paging::{Page, Slice};
use crate::db::dialect::{self, Lock};
use crate::db::schema::{audit_events, audit_heads};
use crate::db::{Conn, Error, Tx};

use super::action::Action;
use super::chain::{self, Fields};
use super::{About, Event, Target};

/// An event as it was recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Kind of actor: `user`, `api_key`, `shell`, `system`.
    pub actor_kind: String,
    /// What the actor was called then.
    pub actor: String,
    /// What was done, as [`super::Action`] stores it; another version may know more words.
    pub action: String,
    /// Noun, public id and label of what it was done to.
    pub target: Option<(String, String, String)>,
    /// From where.
    pub address: Option<String>,
    /// How it was.
    pub before: Option<Value>,
    /// How it became.
    pub after: Option<Value>,
}

/// Who changed a thing last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// What they were called then.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

pub(super) fn insert_head(tx: &mut Tx<'_>, tenant: TenantScope) -> Result<(), Error> {
    diesel::insert_into(audit_heads::table)
        .values((
            audit_heads::chain_id.eq(tenant.id()),
            audit_heads::seq.eq(0),
            audit_heads::mac.eq(chain::START.to_vec()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Adds an event to the chain of the actor's tenant.
pub(super) fn append(tx: &mut Tx<'_>, act: &Act, event: Event) -> Result<(), Error> {
    let chain_id = act.actor.tenant.id();
    dialect::lock_row(tx, Lock::AuditHead(chain_id))?;
    let (last, previous): (i64, Vec<u8>) =
        audit_heads::table.find(chain_id).select((audit_heads::seq, audit_heads::mac)).first(&mut **tx)?;
    let seq = last + 1;
    let who = act.actor.who;
    let target = event.target.as_ref();
    let before = event.before.map(|value| value.to_string());
    let after = event.after.map(|value| value.to_string());
    let fields = Fields {
        chain_id,
        seq,
        at: act.now.micros(),
        actor_kind: who.kind(),
        actor_id: who.id(),
        texts: [
            Some(&act.actor.label),
            Some(event.action.as_str()),
            Some("allowed"),
            target.map(|target| target.kind),
            target.map(|target| target.id.as_str()),
            target.map(|target| target.label.as_str()),
            act.origin.address.as_deref(),
            act.origin.request_id.as_deref(),
            before.as_deref(),
            after.as_deref(),
        ],
    };
    let mac = chain::mac(act.keyring.audit(), &previous, &fields).to_vec();
    let [actor, action, outcome, target_kind, target_id, target, address, request_id, before, after] = fields.texts;
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::chain_id.eq(chain_id),
            audit_events::seq.eq(seq),
            audit_events::at.eq(fields.at),
            audit_events::actor_kind.eq(fields.actor_kind),
            audit_events::actor_id.eq(fields.actor_id),
            audit_events::actor.eq(actor.unwrap_or_default()),
            audit_events::action.eq(action.unwrap_or_default()),
            audit_events::outcome.eq(outcome.unwrap_or_default()),
            audit_events::target_kind.eq(target_kind),
            audit_events::target_id.eq(target_id),
            audit_events::target.eq(target),
            audit_events::address.eq(address),
            audit_events::request_id.eq(request_id),
            audit_events::before.eq(before),
            audit_events::after.eq(after),
            audit_events::mac.eq(&mac),
        ))
        .execute(&mut **tx)?;
    diesel::update(audit_heads::table.find(chain_id))
        .set((audit_heads::seq.eq(seq), audit_heads::mac.eq(&mac)))
        .execute(&mut **tx)?;
    Ok(())
}

#[derive(Queryable)]
struct Row {
    seq: i64,
    at: i64,
    actor_kind: String,
    actor: String,
    action: String,
    target_kind: Option<String>,
    target_id: Option<String>,
    target: Option<String>,
    address: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

/// One page of a tenant's events, or of those about one thing, newest first. The cursor's `at` is the event's `seq`.
///
/// # Errors
/// When the database refuses, or holds what is never written.
pub(super) fn page(
    conn: &mut Conn,
    tenant: TenantScope,
    about: Option<&About>,
    page: Page,
    limit: usize,
) -> Result<Slice<Entry>, Error> {
    let mut query = audit_events::table
        .filter(audit_events::chain_id.eq(tenant.id()))
        .select((
            audit_events::seq,
            audit_events::at,
            audit_events::actor_kind,
            audit_events::actor,
            audit_events::action,
            audit_events::target_kind,
            audit_events::target_id,
            audit_events::target,
            audit_events::address,
            audit_events::before,
            audit_events::after,
        ))
        .limit(limit as i64 + 1)
        .into_boxed();
    if let Some(About { kind, id }) = about {
        query = query.filter(audit_events::target_kind.eq(kind).and(audit_events::target_id.eq(id)));
    }
    query = match &page {
        Page::First => query.order(audit_events::seq.desc()),
        Page::After(cursor) => query.filter(audit_events::seq.lt(cursor.at)).order(audit_events::seq.desc()),
        Page::Before(cursor) => query.filter(audit_events::seq.gt(cursor.at)).order(audit_events::seq.asc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let entries = rows.into_iter().map(entry).collect::<Result<_, _>>()?;
    Ok(Slice::of(entries, limit, &page))
}

/// The newest event that changed a thing, as far as it says who and when.
pub(super) fn last_change(conn: &mut Conn, tenant: TenantScope, target: &Target) -> Result<Option<LastChange>, Error> {
    let found: Option<(String, i64)> = audit_events::table
        .filter(audit_events::chain_id.eq(tenant.id()))
        .filter(audit_events::target_kind.eq(target.kind).and(audit_events::target_id.eq(&target.id)))
        // It ends a token, and changes nothing of its key.
        .filter(audit_events::action.ne(Action::AccessTokenRevoked.as_str()))
        .order(audit_events::seq.desc())
        .select((audit_events::actor, audit_events::at))
        .first(conn)
        .optional()?;
    Ok(found.map(|(by, at)| LastChange { by, at: Timestamp::from_micros(at) }))
}

fn entry(row: Row) -> Result<Entry, Error> {
    let json = |text: Option<String>, column| {
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| Error::Corrupt("audit_events", column))
    };
    Ok(Entry {
        seq: row.seq,
        at: Timestamp::from_micros(row.at),
        actor_kind: row.actor_kind,
        actor: row.actor,
        action: row.action,
        target: row.target_kind.zip(row.target_id).zip(row.target).map(|((kind, id), label)| (kind, id, label)),
        address: row.address,
        before: json(row.before, "before")?,
        after: json(row.after, "after")?,
    })
}
