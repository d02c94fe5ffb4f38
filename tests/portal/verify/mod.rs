//! `POST /api/v1/verify`: what gateways ask.

mod answers;
mod malformed;
mod permissions;
mod requests;
