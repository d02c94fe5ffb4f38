//! What the tests speak with: a place of its own for each program, the running program, people with browsers, and a look
//! into the database from outside.

// The same databases and pages as in tests/portal; not every word of theirs is needed here.
#[path = "../../portal/support/backend.rs"]
mod backend;
#[expect(dead_code, reason = "not every word of theirs is needed here")]
#[path = "../../portal/support/page.rs"]
mod page;

mod database;
mod patience;
mod person;
mod place;
#[cfg(feature = "test-postgres")]
pub mod pooler;
#[cfg(feature = "test-postgres")]
pub mod proxy;
mod running;
#[cfg(feature = "test-smtp")]
#[expect(dead_code, reason = "not every word of theirs is needed here")]
#[path = "../../portal/support/smtp.rs"]
mod smtp;

pub use backend::Backend;
pub use database::Database;
pub use page::Page;
pub use patience::{PATIENCE, eventually};
pub use person::{Answer, Key, Person, client, token, verify};
pub use place::{PASSWORD, Place};
pub use running::Running;
#[cfg(feature = "test-smtp")]
pub use smtp::{Behaviour, MailServer};

/// Makes of one async function two tests: on SQLite, and on PostgreSQL where there is one.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident: Place) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn test($place: $crate::support::Place) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                test($crate::support::Place::with($crate::support::Backend::Sqlite)).await;
            }

            #[cfg(feature = "test-postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                test($crate::support::Place::with($crate::support::Backend::Postgres)).await;
            }
        }
    )+};
}
pub(crate) use on_both;
