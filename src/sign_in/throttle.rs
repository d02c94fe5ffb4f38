//! Slows guessing down without locking anybody out. Counters live in a table of fixed size, so unknown names cost no memory
//! and look like known ones; two names in one slot share its counter.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::base::clock::Timestamp;
use crate::base::hash::MacKey;
use crate::base::random::{self, Entropy};

/// Tries without a wait.
pub const FREE_TRIES: u32 = 5;
/// The longest wait between tries, in seconds. Waits double from one second up to it.
pub const LONGEST_WAIT: i64 = 30;
/// Tries in 24 hours for one account from browsers that it never signed in from.
pub const TRIES_PER_DAY: u32 = 100;
/// Tries without a wait from one address, over all accounts.
const FREE_TRIES_OF_ADDRESS: u32 = 50;

const SLOTS: usize = 1 << 16;
const DAY: i64 = 86_400;

/// Counts tries at signing in.
pub struct Throttle {
    key: MacKey,
    slots: Mutex<Vec<Slot>>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    tries: u32,
    since: Timestamp,
    next_at: Timestamp,
}

const EMPTY: Slot = Slot { tries: 0, since: Timestamp::from_micros(0), next_at: Timestamp::from_micros(0) };

/// Where a try comes from.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    /// The account that is tried, folded, whether it exists or not.
    pub account: &'a str,
    /// The browser, if it has signed in to this account before. Its tries are counted apart: a stranger's failures never
    /// keep the owner out.
    pub device: Option<&'a str>,
    /// The client's address.
    pub address: Option<IpAddr>,
}

impl Throttle {
    /// With all counters at zero.
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self { key: MacKey::new(&random::bytes(entropy)), slots: Mutex::new(vec![EMPTY; SLOTS]) }
    }

    /// Counts the try, before any password is looked at; so parallel guesses do not slip through.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn enter(&self, attempt: &Try<'_>, now: Timestamp) -> Result<(), u64> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let account = self.account_slot(attempt);
        let per_day = if attempt.device.is_some() { u32::MAX } else { TRIES_PER_DAY };
        let mut checks = vec![(account, FREE_TRIES, per_day)];
        if let Some(address) = attempt.address {
            checks.push((self.slot(&["address", &network(address)]), FREE_TRIES_OF_ADDRESS, u32::MAX));
        }
        let wait = checks.iter().map(|(slot, ..)| slots[*slot].next_at.micros().saturating_sub(now.micros())).max();
        if let Some(wait) = wait.filter(|wait| *wait > 0) {
            return Err(wait.unsigned_abs().div_ceil(1_000_000));
        }
        for (slot, free, per_day) in checks {
            slots[slot].count(free, per_day, now);
        }
        Ok(())
    }

    /// The password was right: the account's counter for this browser starts again.
    pub fn succeed(&self, attempt: &Try<'_>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots[self.account_slot(attempt)] = EMPTY;
    }

    fn account_slot(&self, attempt: &Try<'_>) -> usize {
        self.slot(&["account", attempt.account, attempt.device.unwrap_or_default()])
    }

    fn slot(&self, parts: &[&str]) -> usize {
        let parts: Vec<&[u8]> = parts.iter().flat_map(|part| [part.as_bytes(), &[0]]).collect();
        let mac = self.key.mac(&parts);
        usize::from(u16::from_be_bytes([mac[0], mac[1]]))
    }
}

impl Slot {
    fn count(&mut self, free: u32, per_day: u32, now: Timestamp) {
        if now.seconds_since(self.since) >= DAY {
            *self = Self { since: now, ..EMPTY };
        }
        self.tries = self.tries.saturating_add(1);
        // How many tries beyond the free ones the next one makes.
        let wait = match self.tries.saturating_add(1).saturating_sub(free) {
            _ if self.tries >= per_day => DAY - now.seconds_since(self.since),
            0 => 0,
            over => 1_i64.checked_shl(over - 1).unwrap_or(LONGEST_WAIT).clamp(1, LONGEST_WAIT),
        };
        self.next_at = now.plus_seconds(wait);
    }
}

/// An IPv4 address alone; an IPv6 address with its /64, which is one customer.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemEntropy;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn stranger(account: &str) -> Try<'_> {
        Try { account, device: None, address: None }
    }

    #[test]
    fn five_tries_are_free_then_the_wait_doubles_up_to_half_a_minute() {
        let throttle = Throttle::new(&SystemEntropy);
        let ada = stranger("ada@acme.example");
        for _ in 0..FREE_TRIES {
            assert_eq!(throttle.enter(&ada, NOW), Ok(()));
        }
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..7 {
            let wait = throttle.enter(&ada, now).unwrap_err();
            waits.push(wait);
            now = now.plus_seconds(i64::try_from(wait).unwrap());
            assert_eq!(throttle.enter(&ada, now), Ok(()));
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_strangers_failures_never_keep_the_owners_browser_out() {
        let throttle = Throttle::new(&SystemEntropy);
        let mut now = NOW;
        for _ in 0..TRIES_PER_DAY {
            while let Err(wait) = throttle.enter(&stranger("ada@acme.example"), now) {
                now = now.plus_seconds(i64::try_from(wait).unwrap());
            }
        }
        assert!(throttle.enter(&stranger("ada@acme.example"), now).unwrap_err() > 60);
        assert_eq!(throttle.enter(&Try { device: Some("known"), ..stranger("ada@acme.example") }, now), Ok(()));
        assert_eq!(throttle.enter(&stranger("ada@acme.example"), NOW.plus_seconds(DAY + 60)), Ok(()));
    }

    #[test]
    fn signing_in_starts_the_count_again() {
        let throttle = Throttle::new(&SystemEntropy);
        for _ in 0..20 {
            assert_eq!(throttle.enter(&stranger("ada@acme.example"), NOW), Ok(()));
            throttle.succeed(&stranger("ada@acme.example"));
        }
    }

    #[test]
    fn many_accounts_from_one_address_are_slowed_down_too() {
        let throttle = Throttle::new(&SystemEntropy);
        let address = Some("203.0.113.7".parse().unwrap());
        let refused = (0..100)
            .find(|n| throttle.enter(&Try { address, ..stranger(&format!("user{n}@x.example")) }, NOW).is_err());
        assert_eq!(refused, Some(50));
    }

    #[test]
    fn one_ipv6_customer_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3::4".parse().unwrap()), network("2001:db8:1:2:ffff::1".parse().unwrap()));
        assert_ne!(network("2001:db8:1:2::1".parse().unwrap()), network("2001:db8:1:3::1".parse().unwrap()));
    }
}
