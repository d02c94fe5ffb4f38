//! What runs beside the requests: writing what is noted, and taking away what is old.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::base::clock::Timestamp;
use crate::db::{self, Db};

use super::key_usage::{day_of, hour_of};
use super::recorder::{BATCH, Recorder};
use super::store;

/// Between two transactions.
const REST: Duration = Duration::from_millis(10);

/// Hours are kept so long.
const DAYS_OF_HOURS: i64 = 7;
/// Days, addresses and calls of the dead are kept so long.
const DAYS_OF_DAYS: i64 = 400;

/// Writes every so often, and when much is held, until the task is dropped.
pub async fn write_every(period: Duration, uses: Arc<Recorder>, db: Db) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = uses.holds_much() => {}
        }
        if let Err(error) = uses.write(&db).await {
            tracing::warn!(%error, "uses of keys are not written yet; they are tried again");
            // Much is held for as long as nothing can be written; that is no reason to try without rest.
            ticks.reset();
            ticks.tick().await;
        }
    }
}

/// Takes away what is old at this moment, in transactions of at most [`BATCH`] rows.
///
/// # Errors
/// When the database refuses.
pub async fn prune(db: &Db, now: Timestamp) -> Result<(), db::Error> {
    let (first_hour, first_day) = (hour_of(now) - 24 * DAYS_OF_HOURS, day_of(now) - DAYS_OF_DAYS);
    let first_moment = now.plus_days(-DAYS_OF_DAYS);
    batches(db, move |tx| store::prune_hours(tx, first_hour, BATCH)).await?;
    batches(db, move |tx| store::prune_days(tx, first_day, BATCH)).await?;
    batches(db, move |tx| store::prune_addresses(tx, first_day, BATCH)).await?;
    batches(db, move |tx| store::prune_dead(tx, first_moment, BATCH)).await
}

async fn batches(
    db: &Db,
    batch: impl Fn(&mut db::Tx<'_>) -> Result<usize, db::Error> + Send + Clone + 'static,
) -> Result<(), db::Error> {
    while db.write(batch.clone()).await? >= BATCH {
        tokio::time::sleep(REST).await;
    }
    Ok(())
}
