//! The last use of each key. A crash loses what was noted since the last batch, and nothing else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::{self, Db};

use super::store::{self, Noted};

/// Most rows in one transaction, so that other writes are not kept waiting.
const BATCH: usize = 500;

/// Uses that are not written yet, by the key's database id.
#[derive(Debug, Default)]
pub struct LastUses(Mutex<HashMap<i64, Noted>>);

impl LastUses {
    /// Notes an accepted use. Touches memory alone.
    pub fn note(&self, tenant: TenantScope, api_key: i64, at: Timestamp, address: Option<IpAddr>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(api_key, Noted { tenant, at, address });
    }

    /// Writes what is noted. What cannot be written is kept for the next time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(&self, db: &Db) -> Result<(), db::Error> {
        let noted: Vec<_> = self.0.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
        for (index, batch) in noted.chunks(BATCH).enumerate() {
            let rows = batch.to_vec();
            let written = db
                .write(move |tx| rows.iter().try_for_each(|(api_key, noted)| store::keep_last_use(tx, *api_key, noted)))
                .await;
            if let Err(error) = written {
                self.put_back(&noted[index * BATCH..]);
                return Err(error);
            }
        }
        Ok(())
    }

    fn put_back(&self, noted: &[(i64, Noted)]) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (api_key, use_) in noted {
            map.entry(*api_key).or_insert(*use_);
        }
    }
}

/// Writes every so often, until the task is dropped.
pub async fn write_every(period: Duration, uses: Arc<LastUses>, db: Db) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = uses.write(&db).await {
            tracing::warn!(%error, "last uses are not written yet; they are tried again");
        }
    }
}
