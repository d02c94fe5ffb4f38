//! What is said of a key.

use serde_json::{Value, json};

use crate::access::Grant;
use crate::api_keys::Presented;
use crate::api_keys::api_key::Tag;
use crate::api_keys::secret_text::Malformed;
use crate::oauth::GrantClaim;
use crate::rate_limits::{Exceeded, RATE_LIMITED, TooManyGuesses};
use crate::verify::{INSUFFICIENT_PERMISSION, Verdict};

/// What was found out about a key.
pub enum Answer {
    /// It is good: its tags, itself, and what it holds.
    Valid(Box<(Vec<Tag>, Presented, Vec<Grant>)>),
    /// It is not, with whom to ask.
    Refused(Verdict, String),
    /// It is good, and was used too often.
    RateLimited(Exceeded),
    /// It is not, as were too many others from there.
    TooManyGuesses(TooManyGuesses),
    /// It is good, and may not do that there.
    Insufficient,
}

/// It cannot be a key of this installation.
impl From<Malformed> for Answer {
    fn from(malformed: Malformed) -> Self {
        Self::Refused(Verdict::Malformed(malformed), String::new())
    }
}

impl From<TooManyGuesses> for Answer {
    fn from(refused: TooManyGuesses) -> Self {
        Self::TooManyGuesses(refused)
    }
}

impl Answer {
    /// As JSON.
    pub fn into_json(self) -> Value {
        match self {
            Self::Refused(verdict, contact) => refuse(&verdict, &contact),
            Self::RateLimited(exceeded) => wait(&exceeded.message(), exceeded.retry_after),
            Self::TooManyGuesses(refused) => wait(&refused.message(), refused.retry_after),
            Self::Insufficient => {
                let message = "The key is valid, but does not hold this permission there.";
                json!({ "valid": false, "code": INSUFFICIENT_PERMISSION, "message": message })
            }
            Self::Valid(found) => {
                let (tags, presented, grants) = *found;
                yes(&presented, &tags, &grants)
            }
        }
    }
}

fn yes(presented: &Presented, tags: &[Tag], grants: &[Grant]) -> Value {
    let key = &presented.key;
    let grants: Vec<GrantClaim<'_>> = grants.iter().map(GrantClaim::full).collect();
    let tags: Vec<Value> = tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value })).collect();
    json!({
        "valid": true,
        "code": "VALID",
        "tenant": presented.tenant.slug,
        "client_id": key.client_id,
        "name": key.name,
        "key_id": key.key_id,
        "grants": grants,
        "tags": tags,
        "expires_at": key.expires_at.unless_never().map(|at| at.rfc3339()),
    })
}

/// Whoever holds the right secret is told since when, and whom to ask; everybody else gets the same three fields.
fn refuse(verdict: &Verdict, contact: &str) -> Value {
    let mut body = json!({ "valid": false, "code": verdict.code(), "message": verdict.message(contact) });
    if let Some(at) = verdict.at() {
        body["at"] = json!(at.rfc3339());
    }
    if verdict.is_for_the_holder() && !contact.is_empty() {
        body["contact"] = json!(contact);
    }
    body
}

/// The key is good, and was used too often; or too many wrong ones came from there.
fn wait(message: &str, retry_after: u64) -> Value {
    json!({ "valid": false, "code": RATE_LIMITED, "message": message, "retry_after": retry_after })
}
