//! Keystead: the API-key portal that a company hosts itself.
//!
//! The map. Each folder is one thing, and imports only go up this list:
//!
//! | folder | what it is |
//! |---|---|
//! | [`base`] | clock, chance, secrets, hashes, passwords, cursors; knows nothing about the product |
//! | [`db`] | two databases behind one type |
//! | [`mail`] | letters, through the company's own mail server |
//! | [`access`] | who acts, and what they may do; pure |
//! | [`web`] | HTTP furniture; names no feature |
//! | [`audit`] | what happened |
//! | [`installation`] | which secret it belongs to, whether it is set up |
//! | [`tenants`] | the organizations |
//! | [`signing_keys`] | the keys that sign access tokens |
//! | [`grants`] | who holds which role on which resource |
//! | [`resources`], [`roles`] | the tenant's own vocabulary |
//! | [`usage`] | how keys are used: when, how often and from where |
//! | [`rate_limits`] | how often a key may be used, and how often strangers may guess |
//! | [`sessions`], [`invitations`] | session rows, and one-time links to choose a password; know user ids only |
//! | [`users`] | people |
//! | [`sign_in`] | set-up, login, logout, accepting an invitation |
//! | [`account`] | one's own page |
//! | [`api_keys`] | what people create |
//! | [`settings`] | the rules of an organization |
//! | [`verify`] | whether a presented key is good |
//! | [`oauth`] | access tokens for keys |
//! | [`gateway`] | the check endpoint |
//! | [`compat`] | what clients of other systems ask |
//! | [`health`] | for whoever runs it |
//! | [`config`], [`app`], [`cli`] | settings, the mounted whole, the commands |

#![warn(clippy::disallowed_methods)]
#![warn(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
// They panic when the write fails.
#![warn(clippy::print_stderr, clippy::print_stdout)]

pub mod access;
pub mod account;
pub mod api_keys;
pub mod app;
pub mod audit;
pub mod base;
pub mod cli;
pub mod compat;
pub mod config;
pub mod db;
pub mod gateway;
pub mod grants;
pub mod health;
pub mod installation;
pub mod invitations;
pub mod mail;
pub mod oauth;
pub mod rate_limits;
pub mod resources;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod signing_keys;
pub mod tenants;
pub mod usage;
pub mod users;
pub mod verify;
pub mod web;
