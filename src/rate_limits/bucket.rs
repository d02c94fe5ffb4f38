//! A bucket of requests that fills up evenly: in whole numbers, so nothing is ever rounded in favour of anybody. Pure.

use super::rate_limit::RateLimit;

/// A request is worth as many drops as its unit of time has microseconds; so each request of a limit is a whole drop in each
/// microsecond.
const MICROS: i64 = 1_000_000;

/// A clock that is behind is that of a request which waited for the database; one that is further behind was set back.
const SET_BACK: i64 = 60 * MICROS;

/// What is missing from a bucket, at a moment. A full one, and one that was never used, are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// In drops.
    missing: i64,
    /// In microseconds since 1970.
    at: i64,
}

impl Bucket {
    /// As it is now.
    pub fn filled(self, limit: RateLimit, now: i64) -> Self {
        let at = if self.at.saturating_sub(now) > SET_BACK { now } else { self.at.max(now) };
        let drops = i64::from(limit.requests()).saturating_mul(at.saturating_sub(self.at).max(0));
        Self { missing: self.missing.saturating_sub(drops).clamp(0, capacity(limit)), at }
    }

    /// Whether there is a whole request in it.
    pub fn holds_one(self, limit: RateLimit) -> bool {
        self.missing + cost(limit) <= capacity(limit)
    }

    /// With one request less.
    #[must_use]
    pub fn less_one(self, limit: RateLimit) -> Self {
        Self { missing: self.missing + cost(limit), ..self }
    }

    /// Whole requests in it.
    pub fn left(self, limit: RateLimit) -> u32 {
        let left = (capacity(limit) - self.missing).max(0) / cost(limit);
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    /// Microseconds until there is one whole request more in it; 0 for a full one.
    pub fn wait(self, limit: RateLimit) -> i64 {
        let next = (i64::from(self.left(limit)) + 1).min(i64::from(limit.burst()));
        until(self.missing - (capacity(limit) - next * cost(limit)), limit)
    }

    /// When it is full, in microseconds since 1970.
    pub fn full_at(self, limit: RateLimit) -> i64 {
        self.at.saturating_add(until(self.missing, limit))
    }
}

/// Microseconds in which so many drops come, rounded up.
fn until(drops: i64, limit: RateLimit) -> i64 {
    let requests = i64::from(limit.requests());
    (drops.max(0) + requests - 1) / requests
}

/// The drops of a request.
fn cost(limit: RateLimit) -> i64 {
    i64::from(limit.unit().seconds()) * MICROS
}

/// The drops of a full bucket: at most 8.64 * 10^16, so that sums of a few stay far from the end of the numbers.
fn capacity(limit: RateLimit) -> i64 {
    i64::from(limit.burst()) * cost(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seeded::Seeded;
    use crate::rate_limits::Unit;

    const NOW: i64 = 1_795_444_320_000_000;

    /// Takes a request at this moment. Answers whether there was one.
    fn takes(bucket: &mut Bucket, limit: RateLimit, now: i64) -> bool {
        *bucket = bucket.filled(limit, now);
        let holds = bucket.holds_one(limit);
        if holds {
            *bucket = bucket.less_one(limit);
        }
        holds
    }

    /// A limit, and moments at which somebody asks: a storm, a trickle, and everything between.
    fn story(seed: u64) -> (RateLimit, Vec<i64>) {
        let numbers = Seeded::new(seed);
        let unit = *numbers.one(&Unit::ALL);
        let requests = u32::try_from(1 + numbers.below(97)).unwrap();
        let limit = RateLimit::new(requests, unit, u32::try_from(1 + numbers.below(12)).unwrap());
        let pace = u64::from(unit.seconds()) * 1_000_000 / u64::from(requests);
        let mut now = NOW;
        let moments = (0..300).map(|_| {
            let gap = *numbers.one(&[1, pace / 3 + 1, pace + 1, 4 * pace + 1]);
            now += i64::try_from(numbers.next() % gap).unwrap();
            now
        });
        (limit, moments.collect())
    }

    #[test]
    fn in_no_window_is_more_accepted_than_the_burst_and_what_came_meanwhile() {
        for seed in 0..300 {
            let (limit, moments) = story(seed);
            let mut bucket = Bucket::default();
            let accepted: Vec<i64> = moments.into_iter().filter(|now| takes(&mut bucket, limit, *now)).collect();
            for (from, first) in accepted.iter().enumerate() {
                for (to, last) in accepted.iter().enumerate().skip(from) {
                    let count = i64::try_from(to - from + 1).unwrap();
                    let most = capacity(limit) + i64::from(limit.requests()) * (last - first);
                    assert!(count * cost(limit) <= most, "{count} of {limit:?} in {} µs", last - first);
                }
            }
        }
    }

    #[test]
    fn a_refused_request_costs_nothing_and_whoever_waits_as_told_is_accepted() {
        for seed in 0..300 {
            let (limit, moments) = story(seed);
            let (mut impatient, mut patient) = (Bucket::default(), Bucket::default());
            for now in moments {
                if takes(&mut impatient, limit, now) {
                    // Whoever had not asked in vain meanwhile is where the impatient one is.
                    assert!(takes(&mut patient, limit, now));
                    assert_eq!(impatient, patient);
                } else {
                    let wait = impatient.wait(limit);
                    assert!(wait > 0);
                    let mut later = impatient;
                    assert!(!takes(&mut later, limit, now + wait - 1), "{limit:?}");
                    assert!(takes(&mut later, limit, now + wait), "{limit:?}");
                }
            }
        }
    }

    #[test]
    fn no_fraction_is_lost_in_an_hour() {
        let limit = RateLimit::new(7, Unit::Second, 2);
        let mut bucket = Bucket::default();
        let accepted = (0..3_600_000).filter(|millis| takes(&mut bucket, limit, NOW + millis * 1_000)).count();
        assert_eq!(accepted, 2 + 7 * 3_600 - 1);
    }

    #[test]
    fn what_is_left_and_when_it_is_full() {
        let limit = RateLimit::new(60, Unit::Minute, 10);
        let mut bucket = Bucket::default().filled(limit, NOW);
        assert_eq!((bucket.left(limit), bucket.wait(limit), bucket.full_at(limit)), (10, 0, NOW));
        for left in (0..10).rev() {
            assert!(takes(&mut bucket, limit, NOW));
            assert_eq!((bucket.left(limit), bucket.wait(limit)), (left, MICROS));
        }
        assert_eq!(bucket.full_at(limit), NOW + 10 * MICROS);
        assert_eq!(bucket.filled(limit, NOW + 10 * MICROS).missing, 0);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        for requests in [1, 1_000_000] {
            let limit = RateLimit::new(requests, Unit::Day, 1_000_000);
            let mut bucket = Bucket::default();
            (0..1_000_000).for_each(|_| assert!(takes(&mut bucket, limit, NOW)));
            assert!(!takes(&mut bucket, limit, NOW) && bucket.full_at(limit) > NOW);
            assert_eq!(bucket.filled(limit, i64::MAX).missing, 0);
        }
    }

    #[test]
    fn a_clock_that_was_set_back_gives_nothing_and_takes_nothing() {
        let limit = RateLimit::new(1, Unit::Second, 1);
        let mut bucket = Bucket::default();
        assert!(takes(&mut bucket, limit, NOW));
        // Another thread's moment is a little older.
        assert!(!takes(&mut bucket, limit, NOW - 10) && bucket.at == NOW);
        let before = NOW - 3_600 * MICROS;
        assert!(!takes(&mut bucket, limit, before));
        assert!(takes(&mut bucket, limit, before + MICROS), "it goes on from there");
    }

    #[test]
    fn a_tighter_limit_counts_at_once() {
        let (wide, tight) = (RateLimit::new(10, Unit::Second, 100), RateLimit::new(10, Unit::Second, 5));
        let mut bucket = Bucket::default();
        (0..100).for_each(|_| assert!(takes(&mut bucket, wide, NOW)));
        assert!(!takes(&mut bucket, tight, NOW) && takes(&mut bucket, tight, NOW + MICROS / 10));
    }
}
