//! Set-up, login, logout.

mod login;
mod logout;
mod session;
mod setup;
mod throttle;
