//! Whether a pooler stands between us and PostgreSQL that gives the statements of one connection to changing server
//! processes. Our prepared statements live in one server process: in another one the same name may be another client's
//! query, whose rows would then be taken for the answer to ours.

use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::ManageConnection;

use super::connection::{Conn, Manager};
use super::{Error, dialect};

/// How long two connections may take to say which server process each has.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often they are made to change places.
const ROUNDS: usize = 4;

/// Opens two connections and lets their transactions overlap, so that a transaction pooler gives them a server process each;
/// whichever ends last is the one that such a pooler gives to the next transaction.
///
/// # Errors
/// [`Error::Refused`] where a connection does not keep its server process, [`Error::Unavailable`] where the server does not
/// answer.
pub(super) fn require_own_backends(manager: Manager) -> Result<(), Error> {
    let (told, verdict) = mpsc::channel();
    // On a thread of its own: a pooler without a second server process keeps the second connection waiting for minutes.
    std::thread::spawn(move || {
        // Nobody listens after the time is over.
        let _ = told.send(keep_their_backends(&manager));
    });
    match verdict.recv_timeout(PATIENCE) {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(Error::Refused(
            "a pooler in transaction mode is in front of it, behind which checks would get wrong answers: \
             set pool_mode=session for this database (PgBouncer), or connect to PostgreSQL directly"
                .into(),
        )),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::Unavailable(
            "it does not serve two connections at once: a pooler in front of it may be in transaction mode, or its pool too small"
                .into(),
        )),
    }
}

fn keep_their_backends(manager: &Manager) -> Result<bool, Error> {
    let open = || manager.connect().map_err(|error| Error::Unavailable(error.to_string()));
    let mut pair = [open()?, open()?];
    let mut first = None;
    for round in 0..ROUNDS {
        let backends = [begin(&mut pair[0])?, begin(&mut pair[1])?];
        let last = round % 2;
        for ending in [1 - last, last] {
            pair[ending].batch_execute("COMMIT")?;
        }
        if *first.get_or_insert(backends) != backends {
            return Ok(false);
        }
        // The other one comes first in the next round.
        pair.swap(0, 1);
        first = first.map(|[one, other]| [other, one]);
    }
    Ok(true)
}

fn begin(conn: &mut Conn) -> Result<Option<i32>, Error> {
    conn.batch_execute("BEGIN")?;
    dialect::backend_pid(conn)
}
