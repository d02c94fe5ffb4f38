//! Sessions: rows in the database, ended there. Knows user ids only.

pub mod session;
mod session_store;
mod store;

pub use session::{ABSOLUTE_SECONDS, IDLE_SECONDS, NewSession, PARALLEL, Token};
pub use session_store::DatabaseSessions;
pub use store::{Seen, end, end_all, insert, live_since, of_user};
