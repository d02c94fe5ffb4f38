//! The pages of API keys.

mod client_ids;
mod create;
mod delete;
mod delete_in_use;
mod detail;
mod edit;
mod expiry;
mod export;
mod finding;
mod history;
mod meanwhile;
mod overview;
mod parts;
mod pause;
mod permissions;
mod plans;
mod rotate;
mod rotation;
mod scoped;
mod selected;
mod sent_twice;
mod tags;
