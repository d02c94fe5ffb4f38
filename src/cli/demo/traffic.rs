//! How the keys of the demo were used: weeks of calls, with working hours, weekends, and what was refused.

use std::net::IpAddr;

use crate::access::TenantScope;
use crate::api_keys::Shown;
use crate::base::clock::Timestamp;
use crate::db::{self, Db};
use crate::usage::{ACCEPTED, Call, Recorder, hour_of};

use super::chance::Chance;
use super::keys::{Key, Rhythm};

const HOUR: i64 = 3_600;
/// Calls go back so far.
const DAYS: i64 = 60;
/// Counts of hours are kept no longer; before, a call stands for a day's.
const DAYS_OF_HOURS: i64 = 7;

/// A key that was made, with everything that became of it.
pub(super) struct Made {
    pub key: &'static Key,
    pub shown: Shown,
    pub tenant: TenantScope,
}

/// Lets all keys be called.
pub(super) async fn flow(db: &Db, made: &[Made], now: Timestamp) -> Result<(), db::Error> {
    let recorder = Recorder::default();
    for key in made {
        Flow { key, now, chance: Chance::of(key.key.client_id), recorder: &recorder }.runs();
    }
    recorder.write(db).await
}

struct Flow<'a> {
    key: &'a Made,
    now: Timestamp,
    chance: Chance,
    recorder: &'a Recorder,
}

impl Flow<'_> {
    fn runs(mut self) {
        let made = self.key.shown.listed.key.created_at.plus_seconds(HOUR);
        let (first, last) = (hour_of(self.now.plus_days(-DAYS).max(made)), hour_of(self.now));
        if hour_of(made) < first && !matches!(self.key.key.rhythm, Rhythm::Never) {
            let calls = self.chance.about(20);
            self.notes(made, calls, 0);
        }
        let by_the_hour = last - 24 * DAYS_OF_HOURS;
        // What a day before the last ones holds is noted at its last hour with calls.
        let mut day = Tally::default();
        for hour in first..=last {
            let (accepted, knocks) = (self.calls_in(hour), self.knocks_in(hour));
            if hour > by_the_hour {
                let at = self.moment_in(hour);
                self.notes(at, accepted, knocks);
                continue;
            }
            day.add(hour, accepted, knocks);
            if hour % 24 == 23 || hour == by_the_hour {
                let at = self.moment_in(day.last);
                self.notes(at, day.accepted, day.knocks);
                day = Tally::default();
            }
        }
        for (days, code, calls, from) in self.key.key.refused {
            // A morning's work of somebody in the wrong place.
            let at = self.now.plus_days(-days);
            for (part, share) in (0..).zip([1, 5, 3]) {
                self.note(at.plus_seconds(-HOUR * part), code, calls * share / 9, from);
            }
        }
    }

    /// Somewhere in this hour, and not after now.
    fn moment_in(&mut self, hour: i64) -> Timestamp {
        let at = Timestamp::from_micros(0).plus_seconds(hour * HOUR + self.chance.below(HOUR));
        if at < self.now { at } else { self.now.plus_seconds(-4 - self.chance.below(110)) }
    }

    /// How often it would be called in this hour, while somebody uses it.
    fn calls_in(&mut self, hour: i64) -> i64 {
        if hour > hour_of(self.now.plus_days(-self.key.key.quiet)) {
            return 0;
        }
        // The first of January 1970 was a Thursday.
        let (of_day, weekday) = (hour % 24, (hour / 24 + 3) % 7);
        let calls = match self.key.key.rhythm {
            Rhythm::Never => 0,
            Rhythm::Steady(calls) if weekday > 4 => calls * 7 / 10,
            Rhythm::Steady(calls) => calls,
            Rhythm::Office(calls) => match (weekday, of_day) {
                (0..=4, 7..=15) => calls,
                (0..=4, 5 | 6 | 16 | 17) => calls / 3,
                (5, 7..=11) => calls / 6,
                _ => 0,
            },
            Rhythm::Nightly(at, calls) if of_day == at => calls,
            Rhythm::Nightly(..) => 0,
        };
        let calls = self.chance.about(calls);
        // The present hour is not over.
        if hour == hour_of(self.now) { calls * (self.now.seconds() % HOUR) / HOUR } else { calls }
    }

    /// How often somebody calls who was never told, or never listened: so often on a day.
    fn knocks_in(&mut self, hour: i64) -> i64 {
        let a_day = self.key.key.knocks;
        a_day / 24 + i64::from(self.chance.below(24) < a_day % 24 && hour <= hour_of(self.now))
    }

    fn notes(&mut self, at: Timestamp, accepted: i64, knocks: i64) {
        let from = self.key.key.from;
        for (place, address) in from.iter().enumerate() {
            // The first address is the busiest.
            let weight = from.len() - place;
            let all = from.len() * (from.len() + 1) / 2;
            let calls = (accepted * weight as i64 + all as i64 - 1) / all as i64;
            let at = at.plus_seconds(-7 * place as i64);
            if self.death().is_none_or(|(died, _)| at < died) {
                self.note(at, ACCEPTED, calls, address);
            }
        }
        if let (Some(address), Some((died, code))) = (from.first(), self.death())
            && at > died
        {
            self.note(at, code, knocks, address);
        }
        let old = self.key.shown.secrets.get(1).filter(|old| self.key.key.laggard && old.ends_at < at);
        if let (Some(old), Some(address)) = (old, from.last()) {
            self.keep(at, "ROTATED", knocks, address, old.id);
        }
    }

    /// Since when nothing accepts the key, and what is said since.
    fn death(&self) -> Option<(Timestamp, &'static str)> {
        let key = &self.key.shown.listed.key;
        let ended = Some(key.expires_at).filter(|at| *at <= self.now).map(|at| (at, "EXPIRED"));
        let disabled = key.disabled_at.map(|at| (at, "DISABLED"));
        let deleted = key.deleted_at.map(|at| (at, "DELETED"));
        [ended, disabled, deleted].into_iter().flatten().min()
    }

    fn note(&self, at: Timestamp, code: &'static str, calls: i64, from: &str) {
        let secrets = &self.key.shown.secrets;
        let mut then = secrets.iter().filter(|secret| secret.created_at <= at);
        let newest = then.next().or(secrets.last());
        let slow = self.key.key.laggard && self.key.key.from.last() == Some(&from);
        let older = then.next().filter(|older| slow && older.ends_at > at);
        if let Some(secret) = older.or(newest) {
            self.keep(at, code, calls, from, secret.id);
        }
    }

    fn keep(&self, at: Timestamp, code: &'static str, calls: i64, from: &str, secret: i64) {
        if calls > 0 {
            let address: Option<IpAddr> = from.parse().ok();
            let (tenant, api_key) = (self.key.tenant, self.key.shown.listed.key.id);
            self.recorder.note_many(&Call { tenant, api_key, secret: Some(secret), at, address, code }, calls);
        }
    }
}

/// The calls of a day.
#[derive(Default)]
struct Tally {
    accepted: i64,
    knocks: i64,
    last: i64,
}

impl Tally {
    fn add(&mut self, hour: i64, accepted: i64, knocks: i64) {
        self.accepted += accepted;
        self.knocks += knocks;
        if accepted > 0 || knocks > 0 || self.last == 0 {
            self.last = hour;
        }
    }
}
