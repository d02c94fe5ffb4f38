//! Chance, handed in. Secrets come from the operating system's generator; tests may hand in another source.

use super::base62::ALPHABET;
use rand::TryRng;

/// A source of bytes that nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Panics
    /// When the operating system gives no random bytes: nothing safe can be done without them.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::panic, reason = "the one place that asks the system for chance")]
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = rand::rngs::SysRng.try_fill_bytes(buffer) {
            panic!("the operating system gives no random bytes: {error}");
        }
    }
}

/// `N` random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut buffer = [0; N];
    entropy.fill(&mut buffer);
    buffer
}

/// So many base-62 digits, each equally likely (bytes above the last multiple of 62 are thrown away).
pub fn base62(entropy: &dyn Entropy, length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut buffer = [0; 64];
    while text.len() < length {
        entropy.fill(&mut buffer);
        let digits = buffer.iter().filter(|byte| **byte < 248).map(|byte| ALPHABET[usize::from(byte % 62)] as char);
        text.extend(digits.take(length - text.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn every_digit_is_equally_likely_and_the_uneven_rest_is_thrown_away() {
        let text = base62(&Counting(AtomicU8::new(0)), 248);
        for digit in ALPHABET {
            assert_eq!(text.bytes().filter(|byte| byte == digit).count(), 4);
        }
        // Bytes 248 to 255 gave no digit: the next one is that of byte 0 again.
        assert_eq!(base62(&Counting(AtomicU8::new(248)), 1), "0");
    }
}
