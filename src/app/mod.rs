//! The mounted whole: opens the database, puts the features together, and listens.

mod beside;
mod boot;
mod files;
mod mailer;
mod server;

pub use boot::{Opened, StartError, open};
pub use mailer::mailer;
pub use server::{Running, Stop, all_routes, start};
