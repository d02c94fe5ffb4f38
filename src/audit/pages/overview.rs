//! `/audit`: what happened in the tenant, newest first.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::Value;

use crate::audit::{self, Action, Entry};
use crate::base::clock::Timestamp;
use crate::base::paging::Cursor;
use crate::web::actor::SignedIn;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal, paging};

const ROWS: usize = 50;

#[derive(Debug)]
struct EventView {
    seq: i64,
    at: Moment,
    actor: String,
    actor_kind: &'static str,
    event: String,
    action: String,
    target: Option<String>,
    target_href: Option<String>,
    address: Option<String>,
    changes: Vec<ChangeView>,
}

#[derive(Debug)]
struct ChangeView {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "audit/overview.html")]
struct AuditPage {
    shell: Shell,
    events: Vec<EventView>,
    newer: Option<String>,
    older: Option<String>,
}

/// The list.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    let actor = who.actor.clone();
    let name = format!("audit_events/{}", actor.tenant.id());
    let page = paging::page(&req, portal.keyring.cursor(), &name)?;
    let slice = portal.db.read(move |conn| audit::list(conn, &actor, page, ROWS)).await?;
    let place = |entry: &Entry| Cursor { at: entry.seq, ..Cursor::default() };
    let (newer, older) = paging::links("/audit", portal.keyring.cursor(), &name, &slice, place);
    let now = portal.clock.now();
    let events = slice.rows.into_iter().map(|entry| view(entry, now)).collect();
    page::html(
        &req,
        &portal,
        StatusCode::OK,
        &AuditPage { shell: Shell::new(&req, &portal, &who), events, newer, older },
    )
}

fn view(entry: Entry, now: Timestamp) -> EventView {
    let changes = changes(entry.before.as_ref(), entry.after.as_ref());
    let target_href =
        entry.target.as_ref().filter(|(kind, ..)| kind == "api_key").map(|(_, id, _)| format!("/api-keys/{id}"));
    EventView {
        seq: entry.seq,
        at: Moment::new(entry.at, now),
        actor_kind: match entry.actor_kind.as_str() {
            "user" => "User",
            "api_key" => "API key",
            "shell" => "Shell",
            _ => "System",
        },
        actor: entry.actor,
        event: entry.action.parse().map_or_else(|()| entry.action.clone(), |known: Action| known.in_words().to_owned()),
        action: entry.action,
        target: entry.target.map(|(_, _, label)| label),
        target_href,
        address: entry.address,
        changes,
    }
}

/// The fields that differ, by name.
fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<ChangeView> {
    let fields = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| ChangeView {
            field: name.replace('_', " "),
            before: words(before.get(name)),
            after: words(after.get(name)),
        })
        .filter(|change| change.before.is_some() || change.after.is_some())
        .collect()
}

fn words(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(items.iter().filter_map(|item| words(Some(item))).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_shown() {
        let shown =
            changes(Some(&json!({ "name": "a", "tags": ["env:prod"] })), Some(&json!({ "name": "a", "tags": [] })));
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].before.as_deref(), shown[0].after.as_deref()), (Some("env:prod"), None));
    }
}
