//! The pages of API keys.

mod create;
mod delete;
mod detail;
mod edit;
mod overview;
mod pause;
mod permissions;
mod rotate;
