//! The pages before and after a session.

pub mod login;
pub mod logout;
pub mod setup;
