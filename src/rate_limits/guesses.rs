//! Slows down whoever presents wrong secrets, before anything is looked up. Counters live in a table of fixed size; two
//! networks in one slot share its counter. Whoever holds a secret that was right lately is never kept waiting.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::base::clock::Timestamp;
use crate::base::hash::MacKey;
use crate::base::random::{self, Entropy};
use crate::web::Error;
use crate::web::client_address::network;

use super::bucket::Bucket;
use super::decision::seconds;
use super::rate_limit::{RateLimit, Unit};
use super::right_secrets::RightSecrets;

/// Wrong secrets from one network, a second.
pub const GUESSES_PER_SECOND: u32 = 20;
/// Wrong secrets from one network at once, after a time without any.
pub const GUESSES_AT_ONCE: u32 = 100;

const LIMIT: RateLimit = RateLimit::new(GUESSES_PER_SECOND, Unit::Second, GUESSES_AT_ONCE);

/// Those that were under way together are paid for afterwards, up to as many.
const MOST_DEBT: u32 = GUESSES_AT_ONCE;

const SLOTS: usize = 1 << 15;

/// Counts wrong secrets.
pub struct Guesses {
    key: MacKey,
    networks: Mutex<Vec<Bucket>>,
    right: RightSecrets,
}

/// Somebody who presents a secret, and may have it looked up.
#[derive(Debug, Clone, Copy)]
#[must_use = "what came of it is to be told"]
pub struct Attempt {
    network: usize,
    mac: u64,
}

/// Too many wrong secrets came from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyGuesses {
    /// Seconds to wait.
    pub retry_after: u64,
}

impl TooManyGuesses {
    /// A sentence for whoever has to wait.
    pub fn message(self) -> String {
        let plural = if self.retry_after == 1 { "" } else { "s" };
        format!("Too many wrong keys came from this address. Try again in {} second{plural}.", self.retry_after)
    }
}

impl From<TooManyGuesses> for Error {
    fn from(refused: TooManyGuesses) -> Self {
        Self::too_many_requests(refused.retry_after, refused.message())
    }
}

impl Guesses {
    /// With all counters at zero, and no secret known.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let networks = Mutex::new(vec![Bucket::default(); SLOTS]);
        Self { key: MacKey::new(&random::bytes(entropy)), networks, right: RightSecrets::new() }
    }

    /// Asks whether this secret may be looked up, presented from there. Nothing is counted yet: right ones cost nothing, however
    /// many come at once.
    ///
    /// # Errors
    /// The seconds to wait, where too many wrong ones came from there, and this one was not right lately.
    pub fn enter(&self, from: Option<IpAddr>, secret: &str, now: Timestamp) -> Result<Attempt, TooManyGuesses> {
        let place = from.map(network).unwrap_or_default();
        let attempt = Attempt {
            network: usize::try_from(self.mac(b"network", &place)).unwrap_or_default() % SLOTS,
            mac: self.mac(b"secret", secret),
        };
        let bucket = self.networks()[attempt.network].filled(LIMIT, now.micros(), MOST_DEBT);
        if bucket.holds_one(LIMIT) || self.right.know(attempt.mac) {
            return Ok(attempt);
        }
        Err(TooManyGuesses { retry_after: seconds(bucket.wait(LIMIT)).max(1) })
    }

    /// Tells what came of it: whether it is the secret of the key that was meant, whatever became of the key.
    pub fn settle(&self, attempt: Attempt, is_right: bool, now: Timestamp) {
        if is_right {
            self.right.remember(attempt.mac);
            return;
        }
        let mut networks = self.networks();
        let bucket = &mut networks[attempt.network];
        *bucket = bucket.filled(LIMIT, now.micros(), MOST_DEBT).less_one(LIMIT);
    }

    fn networks(&self) -> std::sync::MutexGuard<'_, Vec<Bucket>> {
        self.networks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mac(&self, what: &[u8], text: &str) -> u64 {
        let mac = self.key.mac(&[what, &[0], text.as_bytes()]);
        let mut first = [0; 8];
        first.copy_from_slice(&mac[..8]);
        // 0 is an empty place.
        u64::from_be_bytes(first).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn from(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    /// Guesses until it has to wait, or so often. Answers how often it was looked up.
    fn guess(guesses: &Guesses, address: &str, often: u32, now: Timestamp) -> u32 {
        let one = |number: &u32| {
            let attempt = guesses.enter(from(address), &format!("wrong {number}"), now);
            attempt.map(|attempt| guesses.settle(attempt, false, now)).is_ok()
        };
        u32::try_from((0..often).filter(one).count()).unwrap()
    }

    #[test]
    fn a_hundred_wrong_ones_are_looked_up_and_then_twenty_a_second() {
        let guesses = Guesses::new(&SystemEntropy);
        assert_eq!(guess(&guesses, "203.0.113.7", 1_000, NOW), GUESSES_AT_ONCE);
        assert_eq!(guesses.enter(from("203.0.113.7"), "wrong", NOW).unwrap_err().retry_after, 1);
        for second in 1..10 {
            assert_eq!(guess(&guesses, "203.0.113.7", 1_000, NOW.plus_seconds(second)), GUESSES_PER_SECOND);
        }
        assert_eq!(guess(&guesses, "203.0.113.8", 1_000, NOW), GUESSES_AT_ONCE, "a neighbour has its own");
    }

    #[test]
    fn one_ipv6_customer_is_one_address() {
        let guesses = Guesses::new(&SystemEntropy);
        let looked_up: u32 = (0..500).map(|host| guess(&guesses, &format!("2001:db8:1:2::{host:x}"), 1, NOW)).sum();
        assert_eq!(looked_up, GUESSES_AT_ONCE);
        assert_eq!(guess(&guesses, "2001:db8:1:3::1", 1, NOW), 1);
    }

    #[test]
    fn whoever_holds_a_right_secret_is_never_kept_waiting_by_others() {
        let guesses = Guesses::new(&SystemEntropy);
        let right = guesses.enter(from("203.0.113.7"), "right", NOW).unwrap();
        guesses.settle(right, true, NOW);
        guess(&guesses, "203.0.113.7", 10_000, NOW);
        assert!(guesses.enter(from("203.0.113.7"), "wrong", NOW).is_err());
        for _ in 0..10_000 {
            let again = guesses.enter(from("203.0.113.7"), "right", NOW).expect("it may be looked up");
            guesses.settle(again, true, NOW);
        }
    }

    #[test]
    fn right_secrets_cost_nothing_however_many_come_at_once() {
        let guesses = Guesses::new(&SystemEntropy);
        let attempts: Vec<_> = (0..10_000)
            .map(|number| guesses.enter(from("10.0.0.1"), &format!("right {number}"), NOW).unwrap())
            .collect();
        attempts.into_iter().for_each(|attempt| guesses.settle(attempt, true, NOW));
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), GUESSES_AT_ONCE);
    }

    #[test]
    fn guesses_that_were_under_way_together_are_paid_for_afterwards() {
        let guesses = Guesses::new(&SystemEntropy);
        let attempts: Vec<_> = (0..150).map(|_| guesses.enter(from("10.0.0.1"), "wrong", NOW).unwrap()).collect();
        attempts.into_iter().for_each(|attempt| guesses.settle(attempt, false, NOW));
        assert_eq!(
            guesses.enter(from("10.0.0.1"), "wrong", NOW).unwrap_err().retry_after,
            3,
            "51 to be paid for, 20 a second"
        );
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW.plus_seconds(3)), 10);
    }
}
