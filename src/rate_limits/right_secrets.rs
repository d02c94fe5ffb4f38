//! Which secrets were right lately: these need not wait behind what others guess. It says nothing of what a key is now; that is
//! looked up each time.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many of them are remembered.
pub const SECRETS: usize = 65_536;

/// Places in which a secret may be; the newest takes that of the one it met last.
const WAYS: usize = 4;

/// A table of fixed size of what is left of each secret: 64 bits of its MAC under a key that lives as long as this process.
pub(super) struct RightSecrets(Vec<AtomicU64>);

impl RightSecrets {
    pub fn new() -> Self {
        Self(std::iter::repeat_with(AtomicU64::default).take(SECRETS).collect())
    }

    /// Whether it was right lately. Wrong once in 10^18 times, and then a guess is looked up as any other.
    pub fn know(&self, mac: u64) -> bool {
        self.places(mac).iter().any(|place| place.load(Ordering::Relaxed) == mac)
    }

    pub fn remember(&self, mac: u64) {
        if self.know(mac) {
            return;
        }
        let places = self.places(mac);
        let free = places.iter().find(|place| place.load(Ordering::Relaxed) == 0);
        // Which of them gives way is as good as chance: the top of a MAC.
        let place = free.unwrap_or(&places[(mac >> 62) as usize % WAYS]);
        place.store(mac, Ordering::Relaxed);
    }

    pub fn forget(&self, mac: u64) {
        for place in self.places(mac) {
            // Another one may have taken its place just now.
            let _ = place.compare_exchange(mac, 0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    fn places(&self, mac: u64) -> &[AtomicU64] {
        let first = (mac as usize % (SECRETS / WAYS)) * WAYS;
        &self.0[first..first + WAYS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_known_and_there_is_room_for_so_many_only() {
        let secrets = RightSecrets::new();
        let mac = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for number in 1..=1_000_000 {
            secrets.remember(mac(number));
            assert!(secrets.know(mac(number)));
        }
        let known = (1..=1_000_000).filter(|number| secrets.know(mac(*number))).count();
        assert!((SECRETS / 2..=SECRETS).contains(&known), "{known}");
        assert!(!secrets.know(mac(2_000_000)) && secrets.0.len() == SECRETS);
    }

    #[test]
    fn what_is_forgotten_is_not_known_and_the_others_are() {
        let secrets = RightSecrets::new();
        (1..=4).for_each(|number| secrets.remember(number));
        secrets.forget(2);
        secrets.forget(9);
        assert_eq!([1, 2, 3, 4].map(|number| secrets.know(number)), [true, false, true, true]);
    }

    #[test]
    fn a_few_thousand_in_use_all_fit() {
        let secrets = RightSecrets::new();
        let mac = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        (1..=5_000).for_each(|number| secrets.remember(mac(number)));
        let known = (1..=5_000).filter(|number| secrets.know(mac(*number))).count();
        assert!(known >= 4_990, "{known}");
    }
}
