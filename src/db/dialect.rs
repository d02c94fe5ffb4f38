//! The few places where the two databases differ; each has both arms, and both are tested.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Text};

use super::connection::Conn;
use super::{Error, Tx};

/// Runs the same expression on the inner connection, for what the enum cannot do (upsert, hot point reads).
macro_rules! both {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $body,
            $crate::db::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use both;

/// The columns of a row, in the order of its fields, as a type and as its value: for several queries, on either database.
macro_rules! columns {
    ($visible:vis $type:ident, $value:ident: $($table:ident::$column:ident),+ $(,)?) => {
        #[doc = "The columns, as a type."]
        $visible type $type = ($($table::$column,)+);
        #[doc = "The columns, to be selected."]
        $visible const $value: $type = ($($table::$column,)+);
    };
}
pub(crate) use columns;

/// A number column as one by whose index nothing is looked up. Without statistics SQLite takes a tenant for ten rows, and
/// reads all that it has where a few ids are given, too.
macro_rules! unindexed {
    ($column:expr) => {
        ($column + 0)
    };
}
pub(crate) use unindexed;

/// The oldest SQLite that is safe to use: before it, WAL could corrupt the file.
pub const SQLITE_FLOOR: (u32, u32, u32) = (3, 51, 3);

/// Begins a transaction that will write. On SQLite at once as the writer: a reader that turns writer fails without waiting.
pub(super) fn begin_write(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c)?,
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
    }
    Ok(())
}

/// A row whose lock stands for an invariant over several rows.
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// The installation: its first administrator.
    Installation,
    /// A tenant: everything in it that people change. Whoever opens a transaction for an actor takes it first.
    Tenant(i64),
    /// The uses of a key: its counts, and how many addresses of it are told apart.
    Uses(i64),
    /// The end of an audit chain. Always the last lock of a transaction.
    AuditHead(i64),
}

/// Waits until no other transaction holds this lock. On SQLite there is one writer anyway.
///
/// # Errors
/// When the database refuses or another transaction waits for us in turn.
pub fn lock_row(tx: &mut Tx<'_>, lock: Lock) -> Result<(), Error> {
    let Conn::Postgres(c) = &mut **tx else { return Ok(()) };
    let (sql, id) = match lock {
        Lock::Installation => ("SELECT 1 FROM installation WHERE id = $1 FOR UPDATE", 1),
        // Rows that point at the tenant are still let in, wherever they are made.
        Lock::Tenant(id) => ("SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE", id),
        Lock::Uses(id) => ("SELECT 1 FROM api_key_uses WHERE api_key_id = $1 FOR UPDATE", id),
        Lock::AuditHead(id) => ("SELECT 1 FROM audit_heads WHERE chain_id = $1 FOR UPDATE", id),
    };
    diesel::sql_query(sql).bind::<diesel::sql_types::BigInt, _>(id).execute(c)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Keeps two processes from migrating the same server at once, where no other one does; held until the connection closes or
/// [`migration_unlock`].
pub(super) fn try_migration_lock(conn: &mut Conn) -> Result<bool, Error> {
    let Conn::Postgres(c) = conn else { return Ok(true) };
    let row: Locked = diesel::sql_query("SELECT pg_try_advisory_lock(7738135521147) AS locked").get_result(c)?;
    Ok(row.locked)
}

/// The opposite of [`try_migration_lock`].
pub(super) fn migration_unlock(conn: &mut Conn) -> Result<(), Error> {
    if let Conn::Postgres(c) = conn {
        diesel::sql_query("SELECT pg_advisory_unlock(7738135521147)").execute(c)?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// The process of the server that this connection speaks to; `None` on SQLite.
pub(super) fn backend_pid(conn: &mut Conn) -> Result<Option<i32>, Error> {
    let Conn::Postgres(c) = conn else { return Ok(None) };
    let row: Backend = diesel::sql_query("SELECT pg_backend_pid() AS pid").get_result(c)?;
    Ok(Some(row.pid))
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// What `sqlite_version()` says; `None` on PostgreSQL.
///
/// # Errors
/// When the database refuses.
pub fn sqlite_version(conn: &mut Conn) -> Result<Option<String>, Error> {
    match conn {
        Conn::Postgres(_) => Ok(None),
        Conn::Sqlite(c) => {
            let row: Version = diesel::sql_query("SELECT sqlite_version() AS version").get_result(c)?;
            Ok(Some(row.version))
        }
    }
}

/// Whether a version like `3.53.2` is at least [`SQLITE_FLOOR`].
pub fn is_safe_sqlite(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= SQLITE_FLOOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsafe_sqlite_is_recognised() {
        assert!(is_safe_sqlite("3.51.3") && is_safe_sqlite("3.53.2") && is_safe_sqlite("4.0"));
        assert!(!is_safe_sqlite("3.51.2") && !is_safe_sqlite("3.9.99") && !is_safe_sqlite("nonsense"));
    }
}
