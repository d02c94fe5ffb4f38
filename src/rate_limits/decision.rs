//! What comes of a request, and the headers that say so (draft-ietf-httpapi-ratelimit-headers-11).

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::web::Error;

use super::bucket::Bucket;
use super::rate_limit::RateLimit;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Whether a key may be used once more, and how it stands with each of its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    standings: Vec<Standing>,
    accepted: bool,
}

/// How it stands with one limit, after the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    limit: RateLimit,
    left: u32,
    /// Seconds until there is one more.
    wait: u64,
}

/// Why a key may not be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// The limit that has to be waited for longest.
    pub limit: RateLimit,
    /// Seconds after which it may be used again, if nobody else uses it meanwhile; at least 1.
    pub retry_after: u64,
}

impl Decision {
    /// Of a key without limits.
    pub(super) const fn unlimited() -> Self {
        Self { standings: Vec::new(), accepted: true }
    }

    pub(super) fn new(accepted: bool, buckets: &[(RateLimit, Bucket)]) -> Self {
        let standing = |&(limit, bucket): &(RateLimit, Bucket)| Standing {
            limit,
            left: bucket.left(limit),
            wait: seconds(bucket.wait(limit)),
        };
        Self { standings: buckets.iter().map(standing).collect(), accepted }
    }

    /// Why not; nothing for a request that may go on.
    pub fn exceeded(&self) -> Option<Exceeded> {
        let longest = self.in_the_way().max_by_key(|standing| standing.wait).filter(|_| !self.accepted)?;
        Some(Exceeded { limit: longest.limit, retry_after: longest.wait.max(1) })
    }

    /// `RateLimit-Policy` and `RateLimit`; nothing for a key without limits. A refusal names what stands in the way alone, so
    /// that `Retry-After` is never before the end of a window that is named beside it.
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        if self.standings.is_empty() {
            return Vec::new();
        }
        let policy = |standing: &Standing| {
            let (limit, unit) = (standing.limit, standing.limit.unit());
            let burst = match limit.burst() {
                burst if burst == limit.requests() => String::new(),
                burst => format!(";keystead-burst={burst}"),
            };
            format!("\"{}\";q={};w={}{burst}", unit.word(), limit.requests(), unit.seconds())
        };
        let left = |standing: &Standing| {
            format!("\"{}\";r={};t={}", standing.limit.unit().word(), standing.left, standing.wait)
        };
        let policies: Vec<String> = self.standings.iter().map(policy).collect();
        let limits: Vec<String> = if self.accepted {
            self.standings.iter().map(left).collect()
        } else {
            self.in_the_way().map(left).collect()
        };
        let header = |(name, items): (HeaderName, Vec<String>)| {
            HeaderValue::try_from(items.join(", ")).ok().map(|value| (name, value))
        };
        [(POLICY, policies), (LIMIT, limits)].into_iter().filter_map(header).collect()
    }

    fn in_the_way(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().filter(|standing| standing.left == 0)
    }
}

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Self {
        Self::too_many_requests(exceeded.retry_after, exceeded.message())
    }
}

impl Exceeded {
    /// Which limit it is, and when to come back.
    pub fn message(&self) -> String {
        format!("The key may make {}. Try again in {}.", self.limit.in_words(), in_words(self.retry_after))
    }
}

/// Seconds, rounded up.
pub(super) fn seconds(micros: i64) -> u64 {
    micros.max(0).unsigned_abs().div_ceil(1_000_000)
}

/// `1 second`, `3 minutes`, `20 hours`; rounded up.
fn in_words(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=90 => (seconds, "second"),
        91..=5_400 => (seconds.div_ceil(MINUTE), "minute"),
        _ => (seconds.div_ceil(HOUR), "hour"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::rate_limits::{Limiter, RateLimits};

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn headers(decision: &Decision) -> String {
        decision.headers().iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect()
    }

    #[test]
    fn each_limit_has_its_item() {
        let limiter = Limiter::default();
        let limits = RateLimits::of_stored("10/second/20 60/minute/60");
        let expected = "ratelimit-policy: \"second\";q=10;w=1;keystead-burst=20, \"minute\";q=60;w=60\n\
                        ratelimit: \"second\";r=19;t=1, \"minute\";r=59;t=1\n";
        assert_eq!(headers(&limiter.take(1, &limits, NOW)), expected);
        assert!(limiter.take(2, &RateLimits::default(), NOW).headers().is_empty());
    }

    #[test]
    fn a_refusal_names_what_stands_in_the_way_and_when_to_come_back() {
        let limiter = Limiter::default();
        let limits = RateLimits::of_stored("2/second/2 3/minute/2 100/day/100");
        let accepted = [limiter.take(1, &limits, NOW), limiter.take(1, &limits, NOW)];
        assert!(accepted.iter().all(|decision| decision.exceeded().is_none()));
        let refused = limiter.take(1, &limits, NOW);
        let expected = "ratelimit-policy: \"second\";q=2;w=1, \"minute\";q=3;w=60;keystead-burst=2, \"day\";q=100;w=86400\n\
                        ratelimit: \"second\";r=0;t=1, \"minute\";r=0;t=20\n";
        assert_eq!(headers(&refused), expected);
        let exceeded = refused.exceeded().unwrap();
        assert_eq!((exceeded.retry_after, exceeded.limit.unit().word()), (20, "minute"));
        let words = "The key may make 3 requests per minute, at most 2 at once. Try again in 20 seconds.";
        assert_eq!(exceeded.message(), words);
    }

    #[test]
    fn a_wait_is_told_in_words_and_never_too_short() {
        for (seconds, words) in
            [(1, "1 second"), (90, "90 seconds"), (91, "2 minutes"), (5_400, "90 minutes"), (86_400, "24 hours")]
        {
            assert_eq!(in_words(seconds), words);
        }
        assert_eq!([0, 1, 1_000_000, 1_000_001].map(seconds), [0, 1, 1, 2]);
    }
}
