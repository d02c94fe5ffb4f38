//! Slows guessing down without locking anybody out. Counters live in a table of fixed size, so unknown names cost no memory
//! and look like known ones; two names in one slot share its counter.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::base::clock::Timestamp;
use crate::base::hash::MacKey;
use crate::base::random::{self, Entropy};
use crate::web::client_address::network;

/// Tries without a wait.
pub const FREE_TRIES: u32 = 5;
/// The longest wait between tries, in seconds. Waits double from one second up to it.
pub const LONGEST_WAIT: i64 = 30;
/// Tries without a wait from one address, over all accounts.
const FREE_TRIES_OF_ADDRESS: u32 = 50;

const SLOTS: usize = 1 << 15;
const DAY: i64 = 86_400;

/// Counts tries at signing in.
pub struct Throttle {
    key: MacKey,
    tables: Mutex<Tables>,
}

/// A table for each kind of counter, so that filling one does not disturb the others.
struct Tables {
    strangers: Vec<Slot>,
    devices: Vec<Slot>,
    addresses: Vec<Slot>,
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
        let table = || vec![EMPTY; SLOTS];
        let tables = Tables { strangers: table(), devices: table(), addresses: table() };
        Self { key: MacKey::new(&random::bytes(entropy)), tables: Mutex::new(tables) }
    }

    /// Counts the try, before any password is looked at; so parallel guesses do not slip through.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn enter(&self, attempt: &Try<'_>, now: Timestamp) -> Result<(), u64> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let account = self.account_slot(attempt);
        if attempt.device.is_some() {
            // Whoever shares the address with a known browser does not keep it out either.
            tables.devices[account].wait(now)?;
            tables.devices[account].count(FREE_TRIES, now);
            return Ok(());
        }
        let address = attempt.address.map(|address| self.slot(&[&network(address)]));
        tables.strangers[account].wait(now)?;
        if let Some(address) = address {
            tables.addresses[address].wait(now)?;
            tables.addresses[address].count(FREE_TRIES_OF_ADDRESS, now);
        }
        tables.strangers[account].count(FREE_TRIES, now);
        Ok(())
    }

    /// The password was right: the account's counter starts again, and the address gets its try back.
    pub fn succeed(&self, attempt: &Try<'_>) {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let account = self.account_slot(attempt);
        if attempt.device.is_some() {
            tables.devices[account] = EMPTY;
            return;
        }
        tables.strangers[account] = EMPTY;
        if let Some(address) = attempt.address {
            tables.addresses[self.slot(&[&network(address)])].give_back();
        }
    }

    fn account_slot(&self, attempt: &Try<'_>) -> usize {
        self.slot(&[attempt.account, attempt.device.unwrap_or_default()])
    }

    fn slot(&self, parts: &[&str]) -> usize {
        let parts: Vec<&[u8]> = parts.iter().flat_map(|part| [part.as_bytes(), &[0]]).collect();
        let mac = self.key.mac(&parts);
        usize::from(u16::from_be_bytes([mac[0], mac[1]])) % SLOTS
    }
}

impl Slot {
    fn wait(&self, now: Timestamp) -> Result<(), u64> {
        let left = self.next_at.micros().saturating_sub(now.micros());
        if left > 0 { Err(left.unsigned_abs().div_ceil(1_000_000)) } else { Ok(()) }
    }

    fn count(&mut self, free: u32, now: Timestamp) {
        if now.seconds_since(self.since) >= DAY {
            *self = Self { since: now, ..EMPTY };
        }
        self.tries = self.tries.saturating_add(1).min(u32::MAX - 1);
        let wait = match (self.tries + 1).saturating_sub(free) {
            0 => 0,
            over => (1 << (over - 1).min(5)).min(LONGEST_WAIT),
        };
        self.next_at = now.plus_seconds(wait);
    }

    fn give_back(&mut self) {
        self.tries = self.tries.saturating_sub(1);
        self.next_at = EMPTY.next_at;
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
        for _ in 0..80 {
            let wait = throttle.enter(&ada, now).unwrap_err();
            waits.push(wait);
            now = now.plus_seconds(i64::try_from(wait).unwrap());
            assert_eq!(throttle.enter(&ada, now), Ok(()));
        }
        assert_eq!(waits[..7], [1, 2, 4, 8, 16, 30, 30]);
        assert!(waits[7..].iter().all(|wait| *wait == 30));
    }

    #[test]
    fn a_strangers_failures_never_keep_the_owner_out_not_even_from_the_same_address() {
        let throttle = Throttle::new(&SystemEntropy);
        let address = Some("203.0.113.7".parse().unwrap());
        let from_there = |account| Try { address, ..stranger(account) };
        let invented: Vec<String> = (0..200).map(|n| format!("user{n}@acme.example")).collect();
        for account in &invented {
            // Refused or not: it goes on and on.
            let _ = throttle.enter(&from_there(account), NOW);
            let _ = throttle.enter(&from_there("ada@acme.example"), NOW);
        }
        assert!(throttle.enter(&from_there("ada@acme.example"), NOW).is_err());
        assert_eq!(throttle.enter(&Try { device: Some("known"), ..from_there("ada@acme.example") }, NOW), Ok(()));
        // From another browser it is a matter of half a minute, never of a day.
        let later = NOW.plus_seconds(LONGEST_WAIT);
        assert_eq!(throttle.enter(&from_there("ada@acme.example"), later), Ok(()));
    }

    #[test]
    fn an_office_behind_one_address_is_not_slowed_down_by_its_own_success() {
        let throttle = Throttle::new(&SystemEntropy);
        let address = Some("203.0.113.7".parse().unwrap());
        for n in 0..200 {
            let account = format!("user{n}@acme.example");
            let attempt = Try { address, ..stranger(&account) };
            assert_eq!(throttle.enter(&attempt, NOW), Ok(()));
            throttle.succeed(&attempt);
        }
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
}
