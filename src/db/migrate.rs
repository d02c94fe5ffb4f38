//! The embedded migrations: forward only, run at start, one process at a time.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use super::{Error, dialect};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the schema up to date; returns how many migrations ran.
///
/// # Errors
/// When one of them fails; it is rolled back, earlier ones stay.
pub fn migrate(conn: &mut Conn) -> Result<usize, Error> {
    dialect::migration_lock(conn)?;
    let ran = match conn {
        Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(|versions| versions.len()),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|versions| versions.len()),
    };
    let ran = ran.map_err(|error| Error::Unavailable(format!("a migration failed: {error}")))?;
    dialect::migration_unlock(conn)?;
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    fn names(folder: &str) -> BTreeSet<String> {
        let entries =
            std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder))
                .unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn both_databases_have_the_same_migrations() {
        assert_eq!(names("sqlite"), names("postgres"));
        assert!(names("sqlite").len() >= 5);
    }
}
