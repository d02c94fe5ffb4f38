//! People.

pub mod email;
pub mod password;
mod store;

/// Most characters of a person's or an organization's name.
pub const LONGEST_NAME: usize = 100;

pub use store::{Account, NewUser, by_email, insert, keep_sign_in};
