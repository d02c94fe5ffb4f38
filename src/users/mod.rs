//! People: who can sign in to the portal of a tenant, and what they hold there.

mod actions;
pub mod email;
mod error;
mod filter;
mod pages;
pub mod password;
pub mod problem;
mod routes;
mod store;
pub mod user;

/// Most characters of a person's or an organization's name.
pub const LONGEST_NAME: usize = 100;

pub use actions::{
    Edit, Invite, Link, all, delete, end_sessions, invite, is_backed_by_its_maker, link, link_by_email, list, save,
};
pub use error::UserError;
pub use filter::Filter;
pub use routes::{NAV, routes};
pub use store::{
    Account, NewUser, PUBLIC_ID, activate, by_email, by_id, insert, keep_password, keep_sign_in, keep_time_zone,
    password_hash, rename,
};
pub use user::User;
