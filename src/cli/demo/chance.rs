//! Chance that is the same each time, so that the demo is. Good for sample counts, and for nothing secret.

/// The generator SplitMix64.
pub(super) struct Chance(u64);

impl Chance {
    /// The same for the same word.
    pub fn of(word: &str) -> Self {
        // FNV-1a.
        Self(
            word.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)),
        )
    }

    /// From 0 up to, and without, the limit.
    pub fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or_default() % limit.max(1)
    }

    /// A number that is about this one: up to a fifth less or more.
    pub fn about(&mut self, number: i64) -> i64 {
        let spread = number / 5;
        number - spread + self.below(2 * spread + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_gives_the_same_numbers_within_their_limits() {
        let numbers = |word| {
            let mut chance = Chance::of(word);
            (0..1_000).map(|_| chance.about(100)).collect::<Vec<_>>()
        };
        assert_eq!(numbers("erp"), numbers("erp"));
        assert_ne!(numbers("erp"), numbers("scada"));
        assert!(numbers("erp").iter().all(|number| (80..=120).contains(number)));
        assert_eq!(Chance::of("x").below(0), 0);
    }
}
