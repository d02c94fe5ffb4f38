//! API keys: what people create. Their text, their life, their pages.

mod actions;
pub mod allowed_addresses;
pub mod api_key;
pub mod client_id;
pub mod deleted;
mod error;
pub mod expiry;
pub mod filter;
mod hand_over;
pub mod key_id;
mod pages;
pub mod problem;
pub mod reason;
mod rights;
mod routes;
pub mod secret_text;
mod store;
pub mod tag;
mod words;

pub use actions::{
    Added, Created, Edit, Ending, NewApiKey, Numbered, Present, Rotation, Shown, add_tag, cancel_rotation,
    count_ending_after, create, delete, delete_confirmed, disable, edit, enable, finish_rotation, list, revoke_secret,
    rotate, show, show_numbered,
};
pub use allowed_addresses::AllowedAddresses;
pub use api_key::ApiKey;
pub use error::ApiKeyError;
pub use expiry::Expiry;
pub use hand_over::HandOver;
pub use pages::listeners::Listeners;
pub use routes::{NAV, routes};
pub use store::{Presented, StoredSecret, presented, tags_of_presented};
pub use tag::Tag;
