//! `POST /api/v1/verify`: what gateways ask.

mod addresses;
mod answers;
mod holders;
mod malformed;
mod permissions;
mod requests;
