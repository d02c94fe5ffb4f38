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
    /// Whether it was counted as wrong before anybody knew.
    is_counted: bool,
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

    /// Asks whether this secret may be looked up, presented from there. It counts as a wrong one until something else is known, so
    /// that those that come together are no more than those that come one after the other.
    ///
    /// # Errors
    /// The seconds to wait, where too many wrong ones came from there, and this one was not right lately.
    pub fn enter(&self, from: Option<IpAddr>, secret: &str, now: Timestamp) -> Result<Attempt, TooManyGuesses> {
        let place = from.map(network).unwrap_or_default();
        let network = usize::try_from(self.mac(b"network", &place)).unwrap_or_default() % SLOTS;
        let mac = self.mac(b"secret", secret);
        if self.right.know(mac) {
            return Ok(Attempt { network, mac, is_counted: false });
        }
        let mut networks = self.networks();
        let bucket = networks[network].filled(LIMIT, now.micros());
        if !bucket.holds_one(LIMIT) {
            return Err(TooManyGuesses { retry_after: seconds(bucket.wait(LIMIT)).max(1) });
        }
        networks[network] = bucket.less_one(LIMIT);
        Ok(Attempt { network, mac, is_counted: true })
    }

    /// Tells what came of it: whether it is the secret of the key that was meant, whatever became of the key; `None` where the
    /// truth is not known. An attempt of which nothing is told, because whoever made it hung up, stays counted.
    pub fn settle(&self, attempt: Attempt, is_right: Option<bool>, now: Timestamp) {
        if is_right == Some(true) {
            self.right.remember(attempt.mac);
        }
        let is_wrong = is_right == Some(false);
        if is_wrong == attempt.is_counted {
            return;
        }
        let mut networks = self.networks();
        let bucket = networks[attempt.network].filled(LIMIT, now.micros());
        networks[attempt.network] = if is_wrong { bucket.less_one(LIMIT) } else { bucket.one_more(LIMIT) };
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
            attempt.map(|attempt| guesses.settle(attempt, Some(false), now)).is_ok()
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
        guesses.settle(right, Some(true), NOW);
        guess(&guesses, "203.0.113.7", 10_000, NOW);
        assert!(guesses.enter(from("203.0.113.7"), "wrong", NOW).is_err());
        for _ in 0..10_000 {
            let again = guesses.enter(from("203.0.113.7"), "right", NOW).expect("it may be looked up");
            guesses.settle(again, Some(true), NOW);
        }
    }

    #[test]
    fn right_secrets_cost_nothing() {
        let guesses = Guesses::new(&SystemEntropy);
        for number in 0..10_000 {
            let attempt = guesses.enter(from("10.0.0.1"), &format!("right {number}"), NOW).unwrap();
            guesses.settle(attempt, Some(true), NOW);
        }
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), GUESSES_AT_ONCE);
    }

    #[test]
    fn where_the_truth_is_not_known_nobody_guessed() {
        let guesses = Guesses::new(&SystemEntropy);
        for _ in 0..1_000 {
            let attempt = guesses.enter(from("10.0.0.1"), "nobody knows", NOW).unwrap();
            guesses.settle(attempt, None, NOW);
        }
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), GUESSES_AT_ONCE);
    }

    #[test]
    fn no_more_are_under_way_together_than_may_come_one_after_the_other() {
        let guesses = Guesses::new(&SystemEntropy);
        let enter = |secret: &str| guesses.enter(from("10.0.0.1"), secret, NOW);
        let under_way: Vec<_> = (0..150).filter_map(|_| enter("wrong").ok()).collect();
        assert_eq!(under_way.len(), 100);
        assert_eq!(enter("wrong").unwrap_err().retry_after, 1);
        // Whoever hangs up has asked all the same; whoever was right makes room.
        let mut under_way = under_way.into_iter();
        guesses.settle(under_way.next().unwrap(), Some(true), NOW);
        guesses.settle(under_way.next().unwrap(), Some(false), NOW);
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), 1);
    }
}
