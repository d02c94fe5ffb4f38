//! `POST /api/v1/verify`: what gateways ask.

mod addresses;
mod answers;
mod batch;
mod holders;
mod malformed;
mod permissions;
mod requests;
