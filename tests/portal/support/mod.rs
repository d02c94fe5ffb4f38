//! What the tests speak with: a portal of their own, visitors with browsers, callers with keys.

mod addresses;
mod backend;
mod caller;
mod clock;
mod database;
mod factory;
mod log;
mod page;
mod people;
mod portal;
mod rights;
#[cfg(feature = "test-smtp")]
mod smtp;
mod statements;
mod targets;
mod uses;
mod visitor;
mod wire;

pub use addresses::{BOB, address_of, paths};
pub use backend::Backend;
pub use caller::Answer;
pub use factory::{Key, PASSWORD};
pub use page::Page;
pub use portal::{Portal, run};
#[cfg(feature = "test-smtp")]
pub use smtp::{Behaviour, MailServer, certify};
pub use targets::{Maker, Targets};
pub use visitor::Visitor;
pub use wire::Wire;

/// Makes of one async function two tests: on SQLite, and on PostgreSQL where there is one.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($portal:ident: Portal) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "some need nothing of their file")]
            use super::*;

            $(#[$meta])*
            async fn test($portal: $crate::support::Portal) $body

            #[test]
            fn sqlite() {
                $crate::support::run($crate::support::Backend::Sqlite, test);
            }

            #[cfg(feature = "test-postgres")]
            #[test]
            fn postgres() {
                $crate::support::run($crate::support::Backend::Postgres, test);
            }
        }
    )+};
}
pub(crate) use on_both;
