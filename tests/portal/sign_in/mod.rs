//! Set-up, login, logout.

mod setup;
