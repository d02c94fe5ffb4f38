//! What all pages and endpoints have in common.

mod access;
mod client_address;
mod compression;
mod csrf;
mod foreign;
mod headers;
mod limits;
mod matrix;
mod readiness;
mod round_trips;
mod routes;
mod scoped;
mod translation;
