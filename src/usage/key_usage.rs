//! What the rows say of one key, and what follows from it. Pure.

use crate::base::clock::Timestamp;

use super::call::ACCEPTED;
use super::store::LastUse;

/// Twenty-four hours back reach into so many hours, of which the first and the last are not whole.
pub(super) const HOURS: i64 = 25;
/// Thirty days back reach into so many days.
pub(super) const DAYS: i64 = 31;

const HOUR_SECONDS: i64 = 3_600;
const DAY_SECONDS: i64 = 86_400;
const MONTH_DAYS: i64 = 30;

/// The hour since 1970, UTC.
pub fn hour_of(at: Timestamp) -> i64 {
    at.seconds().div_euclid(HOUR_SECONDS)
}

/// The day since 1970, UTC.
pub fn day_of(at: Timestamp) -> i64 {
    at.seconds().div_euclid(DAY_SECONDS)
}

/// How much is known to hang on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Never used, or not for 30 days.
    Quiet,
    /// Used within 30 days.
    Used,
    /// Used within 24 hours.
    InUse,
}

/// What a last use means now.
pub fn standing(last: Option<&LastUse>, now: Timestamp) -> Standing {
    match last {
        Some(last) if last.at >= now.plus_days(-1) => Standing::InUse,
        Some(last) if last.at >= now.plus_days(-MONTH_DAYS) => Standing::Used,
        _ => Standing::Quiet,
    }
}

/// Answers of one kind in an hour, or on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The hour, or the day, since 1970.
    pub at: i64,
    /// The answer.
    pub code: String,
    /// How many.
    pub calls: i64,
}

/// From where a key was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The address; without one, all others together, also what told none.
    pub address: Option<String>,
    /// How often.
    pub calls: i64,
    /// Last when.
    pub last_at: Timestamp,
}

/// How many addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Those that were told apart, the busiest first.
    pub known: Vec<String>,
    /// Whether there were others.
    pub others: bool,
}

/// What is known of the use of one key: the last 24 hours by the hour, the last 30 days by the day.
#[derive(Debug, Clone)]
pub struct KeyUsage {
    /// As seen from this moment.
    pub now: Timestamp,
    /// The first accepted use.
    pub first: Option<LastUse>,
    /// The last accepted use.
    pub last: Option<LastUse>,
    /// By the hour: the last 25 of them.
    pub hours: Vec<Count>,
    /// By the day: the last 31 of them.
    pub days: Vec<Count>,
    /// From where, over those days, the busiest first and the others last.
    pub callers: Vec<Caller>,
}

impl KeyUsage {
    /// How much hangs on the key.
    pub fn standing(&self) -> Standing {
        standing(self.last.as_ref(), self.now)
    }

    /// When the first of the hours began: the last 24 hours are counted from there.
    pub fn first_hour(&self) -> Timestamp {
        let first = hour_of(self.now) - HOURS + 1;
        Timestamp::from_micros(0).plus_seconds(first * HOUR_SECONDS)
    }

    /// The longest time between two days with accepted calls, in days, up to the day of this moment; 0 where there were not
    /// two such days.
    pub fn longest_gap_days_before(&self, at: Timestamp) -> i64 {
        let accepted = self.days.iter().filter(|count| count.code == ACCEPTED && count.calls > 0);
        let mut days: Vec<i64> = accepted.map(|count| count.at).filter(|day| *day <= day_of(at)).collect();
        days.sort_unstable();
        days.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default()
    }

    /// How often it was accepted in the last 24 hours, counted from [`KeyUsage::first_hour`].
    pub fn accepted_in_24_hours(&self) -> i64 {
        sum(&self.hours, true)
    }

    /// How often it was accepted in the last 30 days, counted by the day.
    pub fn accepted_in_30_days(&self) -> i64 {
        sum(&self.days, true)
    }

    /// How often it was refused in the last 30 days, counted by the day.
    pub fn refused_in_30_days(&self) -> i64 {
        sum(&self.days, false)
    }

    /// The addresses of the last 24 hours, from [`KeyUsage::first_hour`] as well.
    pub fn addresses_in_24_hours(&self) -> Addresses {
        self.addresses_since(self.first_hour())
    }

    /// The addresses of the last 30 days.
    pub fn addresses_in_30_days(&self) -> Addresses {
        self.addresses_since(self.now.plus_days(-MONTH_DAYS))
    }

    fn addresses_since(&self, since: Timestamp) -> Addresses {
        let recent = self.callers.iter().filter(|caller| caller.last_at >= since);
        let (known, others): (Vec<_>, Vec<_>) = recent.partition(|caller| caller.address.is_some());
        Addresses {
            known: known.into_iter().filter_map(|caller| caller.address.clone()).collect(),
            others: !others.is_empty(),
        }
    }
}

fn sum(counts: &[Count], accepted: bool) -> i64 {
    counts.iter().filter(|count| (count.code == ACCEPTED) == accepted).map(|count| count.calls).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_on_a_key_is_told_by_its_last_use() {
        let now = Timestamp::from_micros(1_795_444_320_000_000);
        let used = |seconds: i64| standing(Some(&LastUse { at: now.plus_seconds(-seconds), address: None }), now);
        assert_eq!(standing(None, now), Standing::Quiet);
        assert_eq!((used(0), used(DAY_SECONDS)), (Standing::InUse, Standing::InUse));
        assert_eq!((used(DAY_SECONDS + 1), used(30 * DAY_SECONDS)), (Standing::Used, Standing::Used));
        assert_eq!(used(30 * DAY_SECONDS + 1), Standing::Quiet);
    }
}
