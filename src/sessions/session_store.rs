//! `actix-session`'s store, on our database. The cookie holds a random token; the row holds its SHA-256.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;

use crate::base::clock::Clock;
use crate::db::{self, Db};

use super::session;
use super::store;

/// How much a row's `last_seen_at` may lag behind, in seconds: one write a minute, not one a request.
const SEEN_EVERY: i64 = 60;

/// Sessions in the database.
#[derive(Clone)]
pub struct DatabaseSessions {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl DatabaseSessions {
    /// A store on this database.
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    async fn live(&self, key: &SessionKey) -> Result<Option<i64>, db::Error> {
        let (now, hash) = (self.clock.now(), token_hash(key));
        let Some(live) = self.db.read(move |conn| store::find_live(conn, &hash, now)).await? else {
            return Ok(None);
        };
        if now.seconds_since(live.last_seen_at) >= SEEN_EVERY {
            // Not worth a page: a disk that is full can still be read.
            if let Err(error) = self.db.write(move |tx| store::touch(tx, live.tenant, live.id, now)).await {
                tracing::warn!(%error, "when a session was seen last cannot be written");
            }
        }
        Ok(Some(live.id))
    }
}

fn token_hash(key: &SessionKey) -> [u8; 32] {
    session::hash(key.as_ref())
}

impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        // An error here would end the request without a page: the middleware behind answers instead.
        let found = self.live(key).await.inspect_err(|error| tracing::warn!(%error, "a session cannot be looked up"));
        Ok(found.map_or_else(|_| Some(session::unknown_state()), |id| id.map(session::loaded_state)))
    }

    /// The row was written by the verb that began the session, in its own transaction.
    async fn save(&self, state: HashMap<String, String>, _: &Duration) -> Result<SessionKey, SaveError> {
        let token = session::token_of(&state).and_then(|token| SessionKey::try_from(token).ok());
        token.ok_or_else(|| SaveError::Other(anyhow::anyhow!("a session without a token")))
    }

    /// State never changes while a session lives, and a session that ended meanwhile is not revived.
    async fn update(
        &self,
        key: SessionKey,
        _: HashMap<String, String>,
        _: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    /// Ends the session that a sign-in or a sign-out leaves behind. After a sign-out there is nothing left to do.
    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = token_hash(key);
        Ok(self.db.write(move |tx| store::delete(tx, &hash)).await?)
    }
}
