//! The pages of API keys.

mod create;
mod delete;
mod detail;
mod overview;
mod permissions;
