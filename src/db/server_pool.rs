//! The connections to a server, which may fall silent without closing them: what crossed a network that lost it is waited for
//! for ever, by a thread that nothing can wake and that keeps its place in the pool.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use diesel::RunQueryDsl;
use diesel::r2d2::{ManageConnection, Pool};
use diesel::sql_types::Text;

use super::Error;
use super::connection::{Conn, Manager, Url};

/// Most connections of a node.
const SIZE: u32 = 10;
/// How long a connection of the pool is waited for.
const TURN: Duration = Duration::from_secs(2);
/// How often the server is asked to end the connections of a pool that was given up, and the pause between two tries.
const CLOSING_TRIES: u32 = 20;
const CLOSING_PAUSE: Duration = Duration::from_millis(500);

/// Ends what the server no longer works on, of one pool: its side of the connection is closed, which wakes the thread that
/// waits at ours.
const CLOSE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 \
    AND usename = current_user AND state <> 'active' AND pid <> pg_backend_pid()";

/// A pool that can be replaced while threads wait in it.
pub(super) struct ServerPool {
    url: Url,
    /// Tells this node's connections from those of others.
    node: String,
    current: RwLock<Generation>,
}

#[derive(Clone)]
struct Generation {
    number: u64,
    pool: Pool<Manager>,
}

impl ServerPool {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server cannot be reached.
    pub(super) fn connect(url: &Url, node: String) -> Result<Self, Error> {
        let manager = Manager::for_writing(url.named(&name(&node, 0)));
        let pool = builder().build(manager).map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self { url: url.clone(), node, current: RwLock::new(Generation { number: 0, pool }) })
    }

    /// The pool of this moment, and its number.
    pub(super) fn current(&self) -> (u64, Pool<Manager>) {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        (current.number, current.pool.clone())
    }

    /// Gives up the pool with this number, in which a caller waited in vain, and goes on with a new one. The old one's
    /// connections end as their threads return.
    pub(super) fn give_up(&self, number: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.number != number {
            return;
        }
        tracing::warn!("the database did not answer in time; its connections are replaced");
        let next = number + 1;
        let manager = Manager::for_writing(self.url.named(&name(&self.node, next)));
        *current = Generation { number: next, pool: builder().build_unchecked(manager) };
        let (manager, old) = (Manager::for_writing(self.url.clone()), name(&self.node, number));
        std::thread::spawn(move || close(&manager, &old));
    }
}

fn name(node: &str, number: u64) -> String {
    format!("keystead-{node}-{number}")
}

fn builder() -> diesel::r2d2::Builder<Manager> {
    Pool::builder()
        .max_size(SIZE)
        .min_idle(Some(1))
        .connection_timeout(TURN)
        .test_on_check_out(true)
        .error_handler(Box::new(super::pool::Tell))
}

fn close(manager: &Manager, name: &str) {
    for _ in 0..CLOSING_TRIES {
        if let Ok(Conn::Postgres(mut conn)) = manager.connect() {
            let closed = diesel::sql_query(CLOSE).bind::<Text, _>(name).execute(&mut conn);
            if closed.is_ok() {
                return;
            }
        }
        std::thread::sleep(CLOSING_PAUSE);
    }
}
