//! An event as a verb describes it.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::Action;

/// What an event is about, as it was called at that moment.
#[derive(Debug, Clone)]
pub struct Target {
    /// The noun: `api_key`, `user`.
    pub kind: &'static str,
    /// Its public id.
    pub id: String,
    /// What it was called.
    pub label: String,
}

/// A thing that events are asked for: `api_key:4Jq9ZbT0kLw2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The noun.
    pub kind: String,
    /// The public id.
    pub id: String,
}

impl FromStr for About {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() => {
                Ok(Self { kind: kind.to_owned(), id: id.to_owned() })
            }
            _ => Err(()),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// Something that is about to be recorded. Holds no secret.
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) action: Action,
    pub(super) target: Option<Target>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

impl Event {
    /// An event with nothing but its action.
    pub const fn new(action: Action) -> Self {
        Self { action, target: None, before: None, after: None }
    }

    /// An event about this.
    pub fn about(action: Action, target: &Target) -> Self {
        Self { target: Some(target.clone()), ..Self::new(action) }
    }

    /// What it is about.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl Into<String>, label: impl Into<String>) -> Self {
        self.target = Some(Target { kind, id: id.into(), label: label.into() });
        self
    }

    /// How it was, as a flat object.
    #[must_use]
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// How it is now, as a flat object.
    #[must_use]
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }
}
