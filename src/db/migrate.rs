//! The embedded migrations: forward only, run at start, one process at a time.

use std::time::Duration;

use diesel::migration::{MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Conn;
use super::{Error, dialect};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How often another process that migrates the same database is waited for, and how long each time: a minute in all.
const LOCK_TRIES: u32 = 120;
const LOCK_PAUSE: Duration = Duration::from_millis(500);

/// Brings the schema up to date; returns how many migrations ran.
///
/// # Errors
/// When one of them fails; it is rolled back, earlier ones stay. [`Error::Refused`] where a newer program has migrated the
/// database already, or another one does not end doing so.
pub fn migrate(conn: &mut Conn) -> Result<usize, Error> {
    lock(conn)?;
    let ran = match conn {
        Conn::Postgres(c) => run(c, POSTGRES),
        Conn::Sqlite(c) => run(c, SQLITE),
    };
    dialect::migration_unlock(conn)?;
    ran
}

fn lock(conn: &mut Conn) -> Result<(), Error> {
    for attempt in 0..LOCK_TRIES {
        if dialect::try_migration_lock(conn)? {
            return Ok(());
        }
        if attempt == 0 {
            tracing::warn!("waiting for another Keystead that is migrating this database");
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Err(Error::Refused(
        "another process has been migrating it for a minute: end that one (it holds the advisory lock in pg_locks), then start again"
            .into(),
    ))
}

fn run<DB, C>(conn: &mut C, known: EmbeddedMigrations) -> Result<usize, Error>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed = |error| Error::Unavailable(format!("a migration failed: {error}"));
    let versions: Vec<MigrationVersion<'static>> =
        known.migrations().map_err(failed)?.iter().map(|migration| migration.name().version().as_owned()).collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied.iter().filter(|version| !versions.contains(version)).max() {
        let newest = versions.iter().max().map(ToString::to_string).unwrap_or_default();
        return Err(Error::Refused(format!(
            "it was migrated to version {newer} by a newer Keystead, and this one ({}) knows versions up to {newest}: start the newer one",
            env!("CARGO_PKG_VERSION")
        )));
    }
    conn.run_pending_migrations(known).map(|ran| ran.len()).map_err(failed)
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
