//! An event as pages show it, with what changed in words.

use serde_json::Value;

use crate::audit::{Action, Entry};
use crate::web::page::{Here, Moment};

/// An event.
#[derive(Debug)]
pub struct EventView {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// What kind of actor.
    pub actor_kind: &'static str,
    /// What was done, in words.
    pub event: String,
    /// The same as it is stored.
    pub action: String,
    /// Its symbol in the sprite.
    pub icon: &'static str,
    /// To what.
    pub target: Option<String>,
    /// The page of that.
    pub target_href: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// The fields that differ.
    pub changes: Vec<ChangeView>,
}

/// A field that differs.
#[derive(Debug)]
pub struct ChangeView {
    /// Its name.
    pub field: String,
    /// How it was.
    pub before: Option<String>,
    /// How it became.
    pub after: Option<String>,
}

impl EventView {
    /// As seen from there.
    pub fn new(entry: Entry, here: Here<'_>) -> Self {
        let changes = changes(entry.before.as_ref(), entry.after.as_ref());
        let target_href =
            entry.target.as_ref().filter(|(kind, ..)| kind == "api_key").map(|(_, id, _)| format!("/api-keys/{id}"));
        Self {
            seq: entry.seq,
            at: here.moment(entry.at),
            actor_kind: match entry.actor_kind.as_str() {
                "user" => "User",
                "api_key" => "API key",
                "shell" => "Shell",
                _ => "System",
            },
            actor: entry.actor,
            event: entry
                .action
                .parse()
                .map_or_else(|()| entry.action.clone(), |known: Action| known.in_words().to_owned()),
            icon: icon(&entry.action),
            action: entry.action,
            target: entry.target.map(|(_, _, label)| label),
            target_href,
            address: entry.address,
            changes,
        }
    }
}

/// The symbol for what was done, by the word behind the dot.
fn icon(action: &str) -> &'static str {
    match action.rsplit('.').next().unwrap_or_default() {
        "created" => "plus",
        "deleted" => "trash",
        "disabled" => "pause",
        "enabled" => "check",
        "rotated" | "replaced" | "rotation_finished" | "rotation_cancelled" => "rotate",
        "updated" => "pencil",
        _ => "log",
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
