//! Chance that is the same in each run, for tests of what holds whatever comes.

use std::sync::Mutex;

use super::random::Entropy;

/// So many stories does such a test tell.
pub const STORIES: u64 = 1_000;

/// A row of numbers that look like chance.
pub struct Seeded(Mutex<u64>);

impl Seeded {
    /// The row of this number.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1))
    }

    /// The next one.
    pub fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    /// The next one, below this one.
    pub fn below(&self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most).unwrap()).unwrap()
    }

    /// One of them.
    pub fn one<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// So many of these letters, at least one.
    pub fn word(&self, longest: usize, letters: &[u8]) -> String {
        (0..=self.below(longest)).map(|_| char::from(*self.one(letters))).collect()
    }

    /// Any text without a NUL and without the letter that stands for what is no text; often of what has a meaning somewhere.
    pub fn text(&self, longest: usize) -> String {
        const MEANING: [char; 16] =
            ['%', '+', '&', '=', ':', ' ', ';', '/', '"', '\\', '\n', '\r', '\t', 'ü', '…', '\u{1f511}'];
        let letter = |_| match self.below(3) {
            0 => *self.one(&MEANING),
            1 => char::from(u8::try_from(1 + self.below(127)).unwrap()),
            _ => u32::try_from(1 + self.below(0x11_0000 - 1)).ok().and_then(char::from_u32).unwrap_or('x'),
        };
        let text: String = (0..self.below(longest + 1)).map(letter).collect();
        text.replace('\u{fffd}', "x")
    }
}

impl Entropy for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill_with(|| u8::try_from(self.next() >> 56).unwrap());
    }
}
