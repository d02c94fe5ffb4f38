//! What happened: every change writes its event in its own transaction. Imports neither keys nor users; events carry
//! snapshots of both.

mod action;
mod actions;
pub mod chain;
mod event;
pub mod pages;

mod record;
mod store;

pub use action::Action;
pub use actions::{last_change, list, of_target};
pub use event::{About, Event, Target};
pub use record::{begin_chain, record};
pub use store::{Entry, LastChange};
