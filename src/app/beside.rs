//! What runs beside the requests: as long as the server does, and no longer.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::usage::{self, Recorder};
use crate::web::Portal;
use crate::{oauth, signing_keys};

/// How often uses are written: a crash loses less than twice that.
const USES: Duration = Duration::from_secs(5);
/// How often what is old is taken away.
const PRUNING: Duration = Duration::from_secs(60 * 60);
/// How often it is looked whether a signing key is due, or gone.
const SIGNING_KEYS: Duration = Duration::from_secs(10 * 60);

/// Starts all of it. It ends when the set is dropped.
pub fn start(portal: &Data<Portal>, uses: &Arc<Recorder>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let own = || Data::clone(portal);
    tasks.spawn_local(usage::write_every(USES, Arc::clone(uses), portal.db.clone()));
    tasks.spawn_local(every(PRUNING, own(), "taking away old counts of uses", async |portal| {
        usage::prune(&portal.db, portal.clock.now()).await
    }));
    tasks.spawn_local(every(PRUNING, own(), "taking away revoked tokens that have ended", async |portal| {
        oauth::prune(&portal.db, portal.clock.now()).await
    }));
    tasks.spawn_local(every(SIGNING_KEYS, own(), "rotating signing keys", async |portal| {
        signing_keys::rotate_due(portal).await
    }));
    tasks.spawn_local(every(
        SIGNING_KEYS,
        own(),
        "taking away signing keys that are no longer published",
        async |portal| signing_keys::prune(&portal.db, portal.clock.now()).await,
    ));
    tasks
}

/// Does the work now, and then once in each period.
async fn every<E: Display>(
    period: Duration,
    portal: Data<Portal>,
    work: &'static str,
    does: impl AsyncFn(&Portal) -> Result<(), E>,
) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = does(&portal).await {
            tracing::warn!(%error, work, "work beside the requests failed; it is tried again");
        }
    }
}
