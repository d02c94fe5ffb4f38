//! People.

pub mod email;
pub mod password;
mod store;

pub use store::{Account, NewUser, by_email, insert, keep_sign_in};
