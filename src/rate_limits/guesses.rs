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

/// Secrets from one network that are looked up at the same time, of those that are not known to be right. Which of them are wrong
/// comes out afterwards; those are paid for then, all of them.
pub const MOST_UNDER_WAY: u32 = 1_000;

const SLOTS: usize = 1 << 15;

/// Counts wrong secrets.
pub struct Guesses {
    key: MacKey,
    networks: Mutex<Vec<Place>>,
    right: RightSecrets,
}

/// What comes from one network.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    wrong: Bucket,
    under_way: u32,
}

/// Somebody who presents a secret, and may have it looked up.
#[must_use = "what came of it is to be told"]
pub struct Attempt<'a> {
    guesses: &'a Guesses,
    network: usize,
    mac: u64,
    at: Timestamp,
    is_under_way: bool,
    is_wrong: bool,
}

impl Attempt<'_> {
    /// Tells what came of it: whether it is the secret of the key that was meant, whatever became of the key; `None` where the
    /// truth is not known. Of an attempt of which nothing is told, because whoever made it hung up, nobody knows that it was right.
    pub fn settle(mut self, is_right: Option<bool>) {
        match is_right {
            Some(true) => self.guesses.right.remember(self.mac),
            Some(false) => self.guesses.right.forget(self.mac),
            None => {}
        }
        self.is_wrong = is_right == Some(false);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.is_under_way && !self.is_wrong {
            return;
        }
        let mut networks = self.guesses.networks();
        let place = &mut networks[self.network];
        place.under_way = place.under_way.saturating_sub(u32::from(self.is_under_way));
        if self.is_wrong {
            place.wrong = place.wrong.filled(LIMIT, self.at.micros(), MOST_UNDER_WAY).less_one(LIMIT);
        }
    }
}

/// Too many wrong secrets came from there, or too many of which nobody knows yet what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyGuesses {
    /// Seconds to wait.
    pub retry_after: u64,
    is_guessing: bool,
}

impl TooManyGuesses {
    /// A sentence for whoever has to wait.
    pub fn message(self) -> String {
        let plural = if self.retry_after == 1 { "" } else { "s" };
        let what = if self.is_guessing {
            "Too many wrong keys came from this address."
        } else {
            "Too many keys from this address are looked up at this moment."
        };
        format!("{what} Try again in {} second{plural}.", self.retry_after)
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
        let networks = Mutex::new(vec![Place::default(); SLOTS]);
        Self { key: MacKey::new(&random::bytes(entropy)), networks, right: RightSecrets::new() }
    }

    /// Asks whether this secret may be looked up, presented from there.
    ///
    /// # Errors
    /// The seconds to wait, where too many wrong ones came from there, or too many of which nobody knows yet what they are, and this
    /// one was not right lately.
    pub fn enter(&self, from: Option<IpAddr>, secret: &str, now: Timestamp) -> Result<Attempt<'_>, TooManyGuesses> {
        let place = from.map(network).unwrap_or_default();
        let network = usize::try_from(self.mac(b"network", &place)).unwrap_or_default() % SLOTS;
        let mac = self.mac(b"secret", secret);
        if self.right.know(mac) {
            return Ok(Attempt { guesses: self, network, mac, at: now, is_under_way: false, is_wrong: false });
        }
        let mut networks = self.networks();
        let place = &mut networks[network];
        let wrong = place.wrong.filled(LIMIT, now.micros(), MOST_UNDER_WAY);
        let is_guessing = !wrong.holds_one(LIMIT);
        if is_guessing || place.under_way >= MOST_UNDER_WAY {
            return Err(TooManyGuesses { retry_after: seconds(wrong.wait(LIMIT)).max(1), is_guessing });
        }
        place.under_way += 1;
        Ok(Attempt { guesses: self, network, mac, at: now, is_under_way: true, is_wrong: true })
    }

    fn networks(&self) -> std::sync::MutexGuard<'_, Vec<Place>> {
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
            attempt.map(|attempt| attempt.settle(Some(false))).is_ok()
        };
        u32::try_from((0..often).filter(one).count()).unwrap()
    }

    #[test]
    fn a_hundred_wrong_ones_are_looked_up_and_then_twenty_a_second() {
        let guesses = Guesses::new(&SystemEntropy);
        assert_eq!(guess(&guesses, "203.0.113.7", 1_000, NOW), GUESSES_AT_ONCE);
        assert_eq!(guesses.enter(from("203.0.113.7"), "wrong", NOW).err().map(|refused| refused.retry_after), Some(1));
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
        right.settle(Some(true));
        guess(&guesses, "203.0.113.7", 10_000, NOW);
        assert!(guesses.enter(from("203.0.113.7"), "wrong", NOW).is_err());
        for _ in 0..10_000 {
            let again = guesses.enter(from("203.0.113.7"), "right", NOW).expect("it may be looked up");
            again.settle(Some(true));
        }
    }

    #[test]
    fn right_secrets_cost_nothing_however_many_come_at_once() {
        let guesses = Guesses::new(&SystemEntropy);
        for round in 0..10 {
            let attempts: Vec<_> = (0..MOST_UNDER_WAY)
                .map(|number| {
                    guesses
                        .enter(from("10.0.0.1"), &format!("right {round} {number}"), NOW)
                        .expect("it may be looked up")
                })
                .collect();
            attempts.into_iter().for_each(|attempt| attempt.settle(Some(true)));
        }
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), GUESSES_AT_ONCE);
    }

    #[test]
    fn where_the_truth_is_not_known_nobody_guessed() {
        let guesses = Guesses::new(&SystemEntropy);
        for secret in ["nobody knows", "right"] {
            for _ in 0..2 * MOST_UNDER_WAY {
                guesses.enter(from("10.0.0.1"), secret, NOW).expect("it may be looked up").settle(None);
            }
            guesses.enter(from("10.0.0.1"), "right", NOW).expect("it may be looked up").settle(Some(true));
        }
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW), GUESSES_AT_ONCE);
    }

    #[test]
    fn guesses_that_were_under_way_together_are_bounded_and_paid_for_afterwards() {
        let guesses = Guesses::new(&SystemEntropy);
        let enter = |now| guesses.enter(from("10.0.0.1"), "wrong", now);
        let under_way: Vec<_> = (0..10_000).filter_map(|_| enter(NOW).ok()).collect();
        assert_eq!(under_way.len(), MOST_UNDER_WAY as usize);
        let told = |now| enter(now).err().map(TooManyGuesses::message).unwrap_or_default();
        assert_eq!(told(NOW), "Too many keys from this address are looked up at this moment. Try again in 1 second.");
        // Whoever hangs up has asked all the same.
        for (number, attempt) in under_way.into_iter().enumerate() {
            if number % 2 == 0 { attempt.settle(Some(false)) } else { drop(attempt) }
        }
        // 901 are to be paid for, 20 a second.
        assert_eq!(told(NOW), "Too many wrong keys came from this address. Try again in 46 seconds.");
        assert_eq!(guess(&guesses, "10.0.0.1", 1_000, NOW.plus_seconds(46)), 20);
    }

    #[test]
    fn a_right_secret_that_is_presented_as_somebody_elses_is_known_no_more() {
        let guesses = Guesses::new(&SystemEntropy);
        let enter = || guesses.enter(from("10.0.0.1"), "right", NOW);
        enter().expect("it may be looked up").settle(Some(true));
        for _ in 0..GUESSES_AT_ONCE {
            enter().expect("it may be looked up").settle(Some(false));
        }
        assert!(enter().is_err());
    }
}
