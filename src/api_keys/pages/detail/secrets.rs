//! The secrets of a key on its page: which one works, how each is used, and how a rotation goes.

use std::collections::HashMap;

use crate::api_keys::api_key::Status;
use crate::api_keys::pages::evidence;
use crate::api_keys::{HandOver, StoredSecret};
use crate::base::clock::Timestamp;
use crate::usage::{KeyUsage, SecretUse};
use crate::web::numbers::thousands;
use crate::web::page::{Here, Moment};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// One secret.
#[derive(Debug)]
pub struct SecretView {
    pub hint: String,
    pub created: Moment,
    pub created_by: String,
    pub last_use: Option<UseView>,
    pub state: SecretState,
    /// Why it does not work although it has not ended, in a word.
    pub stopped: Option<&'static str>,
}

/// What a secret is.
#[derive(Debug)]
pub enum SecretState {
    /// It works until the key ends.
    Current,
    /// It works beside a newer one.
    Retiring {
        /// When it ends.
        ends: Moment,
        /// How long it works yet: `3 days 21 h`.
        left: String,
        /// Whether anybody still comes with it.
        heard: Heard,
    },
    /// It works no more.
    Ended {
        /// Since when.
        at: Moment,
    },
}

/// How a secret was used.
#[derive(Debug)]
pub struct UseView {
    pub at: Moment,
    pub address: Option<String>,
    /// How often in all: `4,812`.
    pub calls: String,
    pub once: bool,
}

/// Whether the retiring secret is still presented.
#[derive(Debug)]
pub enum Heard {
    /// After the rotation, and not long ago.
    StillUsed,
    /// Not since the rotation, which was not long ago.
    NotSince(Moment),
    /// Not since then, the last use or the rotation, and that is longer than its calls were ever apart.
    QuietSince(Moment),
}

impl SecretView {
    /// It works, and no newer one does.
    pub fn is_current(&self) -> bool {
        self.stopped.is_none() && matches!(self.state, SecretState::Current)
    }
}

impl UseView {
    fn new(use_: &SecretUse, here: Here<'_>) -> Self {
        Self {
            at: here.moment(use_.at),
            address: use_.address.clone(),
            calls: thousands(evidence::count(use_.calls)),
            once: use_.calls == 1,
        }
    }
}

/// The secrets of a key with this status, newest first, those that have ended last.
pub fn views(
    secrets: &[StoredSecret],
    uses: &HashMap<i64, SecretUse>,
    usage: &KeyUsage,
    status: Status,
    here: Here<'_>,
) -> Vec<SecretView> {
    let now = here.now;
    let hand_over = HandOver::of(secrets, now);
    let state = |secret: &StoredSecret| match hand_over {
        _ if secret.ends_at <= now => SecretState::Ended { at: here.moment(secret.ends_at) },
        Some(HandOver { current, retiring }) if retiring.id == secret.id => SecretState::Retiring {
            ends: here.moment(secret.ends_at),
            left: left(secret.ends_at.seconds_since(now)),
            heard: heard(uses.get(&secret.id), current.created_at, usage, here),
        },
        _ => SecretState::Current,
    };
    let stopped = match status {
        Status::Deleted => Some("Deleted"),
        Status::Disabled => Some("Disabled"),
        Status::Expired => Some("Expired"),
        Status::Expiring { .. } | Status::NeverUsed | Status::Active => None,
    };
    let view = |secret: &StoredSecret| SecretView {
        hint: secret.hint.clone(),
        created: here.moment(secret.created_at),
        created_by: secret.created_by.clone(),
        last_use: uses.get(&secret.id).map(|use_| UseView::new(use_, here)),
        state: state(secret),
        stopped: stopped.filter(|_| secret.ends_at > now),
    };
    let mut views: Vec<SecretView> = secrets.iter().map(view).collect();
    views.sort_by_key(|view| matches!(view.state, SecretState::Ended { .. }));
    views
}

fn heard(last: Option<&SecretUse>, rotated_at: Timestamp, usage: &KeyUsage, here: Here<'_>) -> Heard {
    let used = last.map(|last| last.at).filter(|at| *at > rotated_at);
    let since = used.unwrap_or(rotated_at);
    let is_long = here.now.seconds_since(since) >= usage.longest_gap_days_before(rotated_at).max(1) * DAY;
    match used {
        _ if is_long => Heard::QuietSince(here.moment(since)),
        Some(_) => Heard::StillUsed,
        None => Heard::NotSince(here.moment(rotated_at)),
    }
}

/// What is left, in its two largest units.
fn left(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
    let days_in_words = format!("{days} day{}", if days == 1 { "" } else { "s" });
    match (days, hours, minutes) {
        (0, 0, 0) => "less than a minute".into(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (_, 0, _) => days_in_words,
        (_, hours, _) => format!("{days_in_words} {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_two_units() {
        for (seconds, words) in [
            (3 * DAY + 21 * HOUR + 59 * MINUTE, "3 days 21 h"),
            (DAY, "1 day"),
            (DAY - 1, "23 h 59 min"),
            (HOUR, "1 h"),
            (59, "less than a minute"),
            (61, "1 min"),
        ] {
            assert_eq!(left(seconds), words);
        }
    }
}
