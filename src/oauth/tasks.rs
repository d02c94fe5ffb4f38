//! What runs beside the requests: taking away revoked tokens that have ended by themselves.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::base::clock::{Clock, Timestamp};
use crate::db::{self, Db};

use super::store;

/// Takes them away: now, and then every so often, until the task is dropped.
pub async fn prune_every(period: Duration, clock: Arc<dyn Clock>, db: Db) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = prune(&db, clock.now()).await {
            tracing::warn!(%error, "revoked tokens that have ended are not taken away yet; that is tried again");
        }
    }
}

/// Takes away those that have ended by this moment.
///
/// # Errors
/// When the database refuses.
pub async fn prune(db: &Db, now: Timestamp) -> Result<(), db::Error> {
    db.write(move |tx| store::prune_revoked(tx, now)).await?;
    Ok(())
}
