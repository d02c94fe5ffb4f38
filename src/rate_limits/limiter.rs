//! Counts the requests of the keys that have limits, in the memory of this node.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::base::clock::Timestamp;

use super::bucket::Bucket;
use super::decision::Decision;
use super::limits_of_key::RateLimits;
use super::rate_limit::RateLimit;

/// Parts that are locked each by itself, so that keys seldom wait for each other.
const SHARDS: usize = 64;

/// From so many keys on, a part is looked through for those whose buckets are full again.
const FEW: usize = 64;

/// The buckets of the keys that were used lately. Only whoever holds the right secret of a key gets here, so it holds at most
/// the keys with limits; one whose buckets are full again is as good as one that was never used, and is forgotten.
#[derive(Debug)]
pub struct Limiter(Vec<Mutex<Shard>>);

#[derive(Debug)]
struct Shard {
    keys: HashMap<i64, OfKey>,
    /// How many keys there may be before it is looked through again.
    sweep_at: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct OfKey {
    /// In the order of the units.
    buckets: [Bucket; 3],
    /// When all of them are full, in microseconds since 1970.
    full_at: i64,
}

impl Default for Limiter {
    fn default() -> Self {
        let shard = || Mutex::new(Shard { keys: HashMap::new(), sweep_at: FEW });
        Self(std::iter::repeat_with(shard).take(SHARDS).collect())
    }
}

impl Limiter {
    /// Counts one request of the key with this database id, if it may be made: it keeps within all limits or costs nothing.
    /// To be called once, when the key is found to be good; whether it holds the permission that is asked for does not matter.
    pub fn take(&self, api_key: i64, limits: &RateLimits, now: Timestamp) -> Decision {
        if limits.is_unlimited() {
            return Decision::unlimited();
        }
        let now = now.micros();
        let shard = usize::try_from(api_key.unsigned_abs() % SHARDS as u64).unwrap_or_default();
        let mut shard = self.0[shard].lock().unwrap_or_else(PoisonError::into_inner);
        let known = shard.keys.get(&api_key).copied().unwrap_or_default();
        let bucket = |limit: RateLimit| (limit, known.buckets[limit.unit().index()].filled(limit, now));
        let mut buckets: Vec<(RateLimit, Bucket)> = limits.iter().map(bucket).collect();
        let accepted = buckets.iter().all(|(limit, bucket)| bucket.holds_one(*limit));
        if accepted {
            buckets.iter_mut().for_each(|(limit, bucket)| *bucket = bucket.less_one(*limit));
        }
        let mut key = OfKey::default();
        for (limit, bucket) in &buckets {
            key.buckets[limit.unit().index()] = *bucket;
            key.full_at = key.full_at.max(bucket.full_at(*limit));
        }
        shard.keys.insert(api_key, key);
        shard.forget_the_full(now);
        drop(shard);
        Decision::new(accepted, &buckets)
    }

    #[cfg(test)]
    fn keys(&self) -> usize {
        self.0.iter().map(|shard| shard.lock().unwrap().keys.len()).sum()
    }
}

impl Shard {
    /// Each time the part has doubled, so that a request pays for a few keys at most.
    fn forget_the_full(&mut self, now: i64) {
        if self.keys.len() > self.sweep_at {
            self.keys.retain(|_, key| key.full_at > now);
            self.sweep_at = (self.keys.len() * 2).max(FEW);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn accepts(limiter: &Limiter, key: i64, limits: &str, now: Timestamp) -> bool {
        limiter.take(key, &RateLimits::of_stored(limits), now).exceeded().is_none()
    }

    #[test]
    fn threads_together_get_exactly_what_there_is() {
        let limiter = Limiter::default();
        let limits = RateLimits::of_stored("10/minute/10 1000000/day/1000000");
        let accepted: usize = std::thread::scope(|scope| {
            let one = || (0..100).filter(|_| limiter.take(7, &limits, NOW).exceeded().is_none()).count();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(accepted, 10);
    }

    #[test]
    fn what_one_limit_refuses_costs_the_others_nothing() {
        let limiter = Limiter::default();
        let limits = "1/second/1 3/minute/3";
        assert!(accepts(&limiter, 1, limits, NOW));
        (0..50).for_each(|_| assert!(!accepts(&limiter, 1, limits, NOW)));
        for second in 1..3 {
            assert!(accepts(&limiter, 1, limits, NOW.plus_seconds(second)));
        }
        assert!(!accepts(&limiter, 1, limits, NOW.plus_seconds(3)), "the minute is used up");
        assert!(accepts(&limiter, 2, limits, NOW), "another key has its own");
    }

    #[test]
    fn a_limit_that_is_changed_counts_at_once() {
        let limiter = Limiter::default();
        (0..5).for_each(|_| assert!(accepts(&limiter, 1, "5/minute/5", NOW)));
        assert!(!accepts(&limiter, 1, "5/minute/5", NOW));
        assert!(accepts(&limiter, 1, "5/minute/6", NOW), "one more at once");
        assert!(accepts(&limiter, 1, "", NOW), "none at all");
        assert!(accepts(&limiter, 1, "1/day/1", NOW), "for another unit");
    }

    #[test]
    fn keys_whose_buckets_are_full_again_are_forgotten() {
        let limiter = Limiter::default();
        for second in 0..200 {
            for key in 0..1_000 {
                accepts(&limiter, second * 1_000 + key, "10/second/10", NOW.plus_seconds(second));
            }
        }
        assert!(limiter.keys() < 10_000, "{}", limiter.keys());
    }
}
