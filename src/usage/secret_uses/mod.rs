//! The last use of each secret by itself, and how often it was used: to see a rotation through.

mod store;

pub use store::{SecretUse, secret_uses};
