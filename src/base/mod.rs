//! Clock, time zones, chance, secrets, hashes, passwords, text, paging. Knows nothing about the product.

pub mod base62;
pub mod clock;
pub mod hash;
pub mod keyring;
pub mod paging;
pub mod password;
pub mod random;
pub mod secret;
#[cfg(test)]
pub mod seeded;
pub mod text;
pub mod zone;
