//! Notes uses in memory, and writes them. A crash loses what was noted since the last batch, and nothing else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::db::{self, Db};

use super::call::{Call, Noted, Seen, What};
use super::held::Held;
use super::outcome::Outcome;
use super::store;

/// Most rows in one transaction, so that other writes are not kept waiting.
pub const BATCH: usize = 500;

/// Fewest rows in one transaction.
const LEAST: usize = 20;

/// Between two transactions. The queue for the one writer of an embedded database is not fair: without a rest, whoever has
/// just written is the first to write again.
const REST: Duration = Duration::from_millis(10);

/// What this node knows of the use of keys and has not written yet.
#[derive(Debug, Default)]
pub struct Recorder(Arc<Notes>);

#[derive(Debug)]
struct Notes {
    held: Mutex<Held>,
    /// Whoever takes something out holds it until it is written or put back.
    turn: tokio::sync::Mutex<Turn>,
    much: Notify,
}

/// The right to write, with how many rows at once.
#[derive(Debug)]
struct Turn {
    rows: usize,
}

impl Turn {
    /// A server that is far away may be given more than it can do in the time there is. Then it is given less, so that it
    /// gets on at all.
    fn learns(&mut self, written: &Result<(), db::Error>) {
        self.rows = match written {
            Ok(()) => (self.rows * 2).min(BATCH),
            Err(_) => (self.rows / 2).max(LEAST),
        };
    }
}

impl Default for Notes {
    fn default() -> Self {
        Self { held: Mutex::default(), turn: tokio::sync::Mutex::new(Turn { rows: BATCH }), much: Notify::new() }
    }
}

impl Recorder {
    /// Notes a call. Touches memory alone.
    pub fn note(&self, call: &Call) {
        self.note_many(call, 1);
    }

    /// Notes a call that came so often, at the same moment from the same address.
    pub fn note_many(&self, call: &Call, calls: i64) {
        if self.0.held().note(call, calls) {
            self.0.much.notify_one();
        }
    }

    /// Waits until so much is held that it should be written before its time.
    pub async fn holds_much(&self) {
        self.0.much.notified().await;
    }

    /// The first use of a key, where this node holds it.
    pub fn first_use(&self, api_key: i64) -> Option<Seen> {
        self.0.held().first_use(api_key)
    }

    /// Writes what is noted, in transactions of at most [`BATCH`] rows. What cannot be written is kept for the next time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(&self, db: &Db) -> Result<(), db::Error> {
        let (notes, db) = (Arc::clone(&self.0), db.clone());
        to_its_end(async move { notes.write(&db).await }).await
    }

    /// Writes at once what this node holds of one key, and waits for what it is just writing.
    ///
    /// # Errors
    /// When the database refuses. It is kept then.
    pub async fn write_key(&self, db: &Db, api_key: i64) -> Result<(), db::Error> {
        let (notes, db) = (Arc::clone(&self.0), db.clone());
        to_its_end(async move { notes.write_key(&db, api_key).await }).await
    }
}

/// Goes on when nobody waits any more, such as a browser that hung up: what was taken out is written, or put back.
async fn to_its_end(work: impl Future<Output = Result<(), db::Error>> + Send + 'static) -> Result<(), db::Error> {
    match tokio::spawn(work).await {
        Ok(written) => written,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(db::Error::Unavailable(error.to_string())),
    }
}

impl Notes {
    async fn write(&self, db: &Db) -> Result<(), db::Error> {
        let (mut next, mut refused) = (Some(i64::MIN), Ok(()));
        while let Some(from) = next {
            let mut turn = self.turn.lock().await;
            let (batch, then) = self.held().take(from, turn.rows);
            next = then;
            let written = self.write_batch(db, batch).await;
            turn.learns(&written);
            match written {
                Ok(()) => {}
                Err(error @ db::Error::Unavailable(_)) => return Err(error),
                // The fault of a row, perhaps: the others are not kept waiting for it.
                Err(error) => refused = Err(error),
            }
            drop(turn);
            if next.is_some() {
                tokio::time::sleep(REST).await;
            }
        }
        refused
    }

    async fn write_key(&self, db: &Db, api_key: i64) -> Result<(), db::Error> {
        let mut turn = self.turn.lock().await;
        loop {
            let rows = turn.rows;
            let batch = self.held().take_key(api_key, rows);
            let last = batch.len() < rows;
            let written = self.write_batch(db, batch).await;
            turn.learns(&written);
            written?;
            if last {
                return Ok(());
            }
        }
    }

    async fn write_batch(&self, db: &Db, batch: Vec<Noted>) -> Result<(), db::Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let outcome = Outcome::new();
        let (rows, inside) = (batch.clone(), outcome.clone());
        let given_up = || db::Error::Unavailable("nobody waits for this batch any more".into());
        let written = db
            .write(move |tx| {
                if !inside.begins() {
                    return Err(given_up());
                }
                for (at, row) in rows.iter().enumerate() {
                    if at == 0 || rows[at - 1].api_key != row.api_key {
                        store::lock(tx, row)?;
                    }
                    store::keep(tx, row)?;
                }
                if inside.commits() { Ok(()) } else { Err(given_up()) }
            })
            .await;
        if written.is_err() {
            let was_nothing = outcome.was_nothing() || db.tells_of_every_commit();
            let mut held = self.held();
            // The answer to a commit may be lost on the way. Counts that may have been written are not written again: a
            // count that is too low by some seconds is better than one that is too high. When a key was used first and last
            // can be written twice.
            let keeps = |row: &Noted| was_nothing || matches!(row.what, What::Use { .. });
            batch.into_iter().filter(keeps).for_each(|row| held.add(row));
        }
        written
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
