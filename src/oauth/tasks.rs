//! What is done beside the requests, when it is time.

use crate::base::clock::Timestamp;
use crate::db::{self, Db};

use super::store;

/// Takes away the revoked tokens that have ended by themselves by this moment.
///
/// # Errors
/// When the database refuses.
pub async fn prune(db: &Db, now: Timestamp) -> Result<(), db::Error> {
    db.write(move |tx| store::prune_revoked(tx, now)).await.map(drop)
}
