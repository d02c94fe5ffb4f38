//! The pages of API keys.

mod create;
mod delete;
mod detail;
mod edit;
mod expiry;
mod finding;
mod overview;
mod parts;
mod pause;
mod permissions;
mod rotate;
mod selected;
mod tags;
