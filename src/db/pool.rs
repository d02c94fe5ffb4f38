//! The two ways to the database: [`Db::read`] and [`Db::write`], both off the async threads.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::{HandleError, ManageConnection, Pool, PooledConnection};

use super::connection::{Conn, Manager, Purpose, Url};
use super::file::DatabaseFile;
use super::migrate::migrate;
use super::pooler::require_own_backends;
use super::server_pool::ServerPool;
use super::{Error, dialect};
use crate::base::random::{self, Entropy};

/// How long a server may take, over all tries.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often a transaction is tried when others are in the way.
const TRIES: usize = 3;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Backend);

#[derive(Clone)]
enum Backend {
    /// One writer: SQLite's own queue is not fair.
    Embedded {
        readers: Pool<Manager>,
        writer: Pool<Manager>,
        file: Arc<DatabaseFile>,
    },
    Server(Arc<ServerPool>),
}

/// A transaction that writes. Only [`Db::write`] makes one, so a function that takes it cannot be called outside of one.
pub struct Tx<'a>(&'a mut Conn);

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.0
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.0
    }
}

/// Failed connections are told once, without the address: it may hold a password.
#[derive(Debug)]
pub(super) struct Tell;

impl HandleError<diesel::r2d2::Error> for Tell {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::warn!(%error, "no connection to the database");
    }
}

impl Db {
    /// Connects; says at once when that is impossible.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what the database said, [`Error::Refused`] behind a pooler in transaction mode.
    pub fn connect(url: &Url, entropy: &dyn Entropy) -> Result<Self, Error> {
        // One attempt by hand: a pool would try for its whole time-out and then not say why.
        let first = |purpose| {
            let manager = Manager { url: url.clone(), purpose };
            manager.connect().map(drop).map_err(|error| Error::Unavailable(error.to_string()))?;
            Ok::<Manager, Error>(manager)
        };
        match url {
            Url::Sqlite(path) => {
                let pool = |purpose, size, turn| {
                    let builder = Pool::builder().max_size(size).min_idle(Some(1)).test_on_check_out(false);
                    let builder = builder.connection_timeout(turn).error_handler(Box::new(Tell));
                    builder.build(first(purpose)?).map_err(|error| Error::Unavailable(error.to_string()))
                };
                let writer = pool(Purpose::Write, 1, Duration::from_secs(5))?;
                let readers = pool(Purpose::Read, 4, Duration::from_secs(2))?;
                Ok(Self(Backend::Embedded { readers, writer, file: Arc::new(DatabaseFile::at(path)?) }))
            }
            Url::Postgres(_) => {
                require_own_backends(first(Purpose::Write)?)?;
                let pool = ServerPool::connect(url, random::base62(entropy, 12))?;
                Ok(Self(Backend::Server(Arc::new(pool))))
            }
        }
    }

    /// Brings the schema up to date; returns how many migrations ran.
    ///
    /// # Errors
    /// When one of them fails, and [`Error::Refused`] where a newer program was here before.
    pub fn migrate(&self) -> Result<usize, Error> {
        migrate(&mut *take(&self.writers())?)
    }

    /// Runs the closure with a connection that is for reading.
    ///
    /// # Errors
    /// What the closure answers, or [`Error::Unavailable`].
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let db = self.clone();
        self.in_time(off_thread(move || db.read_here(work))).await
    }

    /// [`Db::read`] for the check of a key alone: a few rows, each found by an index. On SQLite it runs on the worker
    /// thread, because going to another one takes longer than the reading.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn point_read<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let reader = match &self.0 {
            Backend::Embedded { readers, .. } => readers.try_get(),
            Backend::Server(_) => None,
        };
        match reader {
            Some(mut conn) => work(&mut conn),
            // Nobody waits for a connection on a worker thread.
            None => self.read(work).await,
        }
    }

    /// Runs the closure in a transaction: committed when it answers `Ok`, rolled back otherwise. It may run up to three
    /// times when other transactions are in the way, so it has no effect outside of the database.
    ///
    /// # Errors
    /// What the closure answers, or [`Error::Unavailable`].
    pub async fn write<T, E>(&self, work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + std::error::Error + Send + 'static,
    {
        let db = self.clone();
        self.in_time(off_thread(move || db.write_here(work))).await
    }

    /// Whether an error of [`Db::write`] always means that nothing was committed: so without a network in between, where the
    /// answer to a commit cannot be lost.
    pub const fn tells_of_every_commit(&self) -> bool {
        self.is_embedded()
    }

    const fn is_embedded(&self) -> bool {
        matches!(self.0, Backend::Embedded { .. })
    }

    fn readers(&self) -> Pool<Manager> {
        match &self.0 {
            Backend::Embedded { readers, .. } => readers.clone(),
            Backend::Server(pool) => pool.current().1,
        }
    }

    fn writers(&self) -> Pool<Manager> {
        match &self.0 {
            Backend::Embedded { writer, .. } => writer.clone(),
            Backend::Server(pool) => pool.current().1,
        }
    }

    /// Whether the database is still where it was opened.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file of an embedded one was moved away, deleted or replaced.
    pub fn require_in_place(&self) -> Result<(), Error> {
        match &self.0 {
            Backend::Embedded { file, .. } => file.require_in_place(),
            Backend::Server(_) => Ok(()),
        }
    }

    /// A server that took a connection and says nothing is not waited for, and neither are its connections. Whether it did what
    /// it was asked is not known then.
    async fn in_time<T, E: From<Error>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let Backend::Server(pool) = &self.0 else { return work.await };
        let (number, _) = pool.current();
        tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| {
            pool.give_up(number);
            Err(Error::Unavailable("the server does not answer".into()).into())
        })
    }

    /// [`Db::read`] for a thread that may wait, such as that of a shell command.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_here<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = take(&self.readers())?;
        let result = work(&mut conn);
        unless_lost(&mut conn, result)
    }

    /// [`Db::write`] for a thread that may wait.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_here<T, E>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error> + std::error::Error + 'static,
    {
        self.require_in_place()?;
        let mut conn = take(&self.writers())?;
        let mut tries = 1;
        loop {
            match transaction(&mut conn, &mut work) {
                Err(error) if tries < TRIES && may_be_retried(&error) => tries += 1,
                result => return unless_lost(&mut conn, result),
            }
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Db")
    }
}

fn take(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, Error> {
    pool.get().map_err(|error| Error::Unavailable(error.to_string()))
}

/// Whatever a closure makes of it, and whatever language the server speaks: with a connection that is gone, the truth is not
/// known.
fn unless_lost<T, E: From<Error>>(conn: &mut Conn, result: Result<T, E>) -> Result<T, E> {
    if result.is_err() && conn.is_lost() {
        return Err(Error::Unavailable("the connection was lost".into()).into());
    }
    result
}

fn transaction<T, E: From<Error>>(conn: &mut Conn, work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
    dialect::begin_write(conn)?;
    let open = Open { conn, done: false };
    let value = work(&mut Tx(open.conn))?;
    open.commit()?;
    Ok(value)
}

/// A transaction that is rolled back unless it was committed, also when the closure panics.
struct Open<'a> {
    conn: &'a mut Conn,
    done: bool,
}

impl Open<'_> {
    fn commit(mut self) -> Result<(), Error> {
        // diesel rolls back by itself when the commit fails.
        self.done = true;
        dialect::both!(&mut *self.conn, |c| AnsiTransactionManager::commit_transaction(c))?;
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.done {
            let rolled_back = dialect::both!(&mut *self.conn, |c| AnsiTransactionManager::rollback_transaction(c));
            if let Err(error) = rolled_back {
                tracing::warn!(%error, "a transaction could not be rolled back; its connection is given up");
            }
        }
    }
}

/// A feature's error that comes from the database has the database's error among its sources.
fn may_be_retried(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<Error>().is_some_and(Error::may_be_retried) {
            return true;
        }
        next = error.source();
    }
    false
}

async fn off_thread<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(Error::Unavailable(error.to_string()).into()),
    }
}
