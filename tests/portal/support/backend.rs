//! A database for one test: a file, or a database of the PostgreSQL server that the test run started.

use std::path::Path;

#[cfg(feature = "test-postgres")]
use diesel::prelude::*;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    #[cfg(feature = "test-postgres")]
    Postgres,
}

impl Backend {
    /// The URL of a new, empty database.
    pub fn fresh(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", folder.join("keystead.db").display()),
            #[cfg(feature = "test-postgres")]
            Self::Postgres => fresh_postgres(),
        }
    }
}

#[cfg(feature = "test-postgres")]
fn fresh_postgres() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};

    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("KEYSTEAD_TEST_POSTGRES").expect("KEYSTEAD_TEST_POSTGRES: run the tests with make test");
    let name = format!("portal_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut maintenance = PgConnection::establish(&server).expect("the test server answers");
    diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut maintenance).expect("a database is made");
    let (place, _) = server.rsplit_once('/').expect("the URL ends with a database");
    format!("{place}/{name}")
}
