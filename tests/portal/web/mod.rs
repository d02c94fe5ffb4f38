//! What all pages and endpoints have in common.

mod access;
mod client_address;
mod csrf;
mod headers;
mod limits;
mod readiness;
mod routes;
