//! One-time links by which a person chooses a password, the first one or another one. Knows user ids only; the page behind
//! the link belongs to signing in.

mod invitation;
mod store;

pub use invitation::{Invitation, Issued, LIFE_SECONDS, Purpose};
pub use store::{find, issue, of_user, remove};
