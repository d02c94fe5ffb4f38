//! The pages before and after a session.

pub mod home;
pub mod invitation;
pub mod login;
pub mod logout;
pub mod setup;
