//! The secrets of a key on its page: which one works, how each is used, and how a rotation goes.

use std::collections::HashMap;

use crate::api_keys::pages::evidence;
use crate::api_keys::{HandOver, StoredSecret};
use crate::base::clock::Timestamp;
use crate::usage::SecretUse;
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
        /// Since when; nothing where its key was deleted before.
        at: Option<Moment>,
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
    /// Within the last day, after the rotation.
    StillUsed,
    /// Not since then: the last use, or the rotation.
    QuietSince(Moment),
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

/// The secrets, newest first, those that have ended last. Those of a deleted key have all ended.
pub fn views(secrets: &[StoredSecret], uses: &HashMap<i64, SecretUse>, dead: bool, here: Here<'_>) -> Vec<SecretView> {
    let now = here.now;
    let hand_over = HandOver::of(secrets, now);
    let state = |secret: &StoredSecret| match hand_over {
        _ if dead || secret.ends_at <= now => {
            SecretState::Ended { at: (secret.ends_at <= now).then(|| here.moment(secret.ends_at)) }
        }
        Some(HandOver { current, retiring }) if retiring.id == secret.id => SecretState::Retiring {
            ends: here.moment(secret.ends_at),
            left: left(secret.ends_at.seconds_since(now)),
            heard: heard(uses.get(&secret.id), current.created_at, here),
        },
        _ => SecretState::Current,
    };
    let view = |secret: &StoredSecret| SecretView {
        hint: secret.hint.clone(),
        created: here.moment(secret.created_at),
        created_by: secret.created_by.clone(),
        last_use: uses.get(&secret.id).map(|use_| UseView::new(use_, here)),
        state: state(secret),
    };
    let mut views: Vec<SecretView> = secrets.iter().map(view).collect();
    views.sort_by_key(|view| matches!(view.state, SecretState::Ended { .. }));
    views
}

fn heard(last: Option<&SecretUse>, rotated_at: Timestamp, here: Here<'_>) -> Heard {
    match last {
        Some(last) if last.at > rotated_at && here.now.seconds_since(last.at) < DAY => Heard::StillUsed,
        last => Heard::QuietSince(here.moment(last.map_or(rotated_at, |last| last.at.max(rotated_at)))),
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
