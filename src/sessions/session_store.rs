//! `actix-session`'s store, on our database. The cookie holds a random token; the row holds its SHA-256.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;

use crate::base::clock::Clock;
use crate::base::hash;
use crate::base::random::{self, Entropy};
use crate::db::{self, Db};

use super::session::{self, NewSession};
use super::store;

/// How much a row's `last_seen_at` may lag behind, in seconds: one write a minute, not one a request.
const SEEN_EVERY: i64 = 60;

/// Sessions in the database.
#[derive(Clone)]
pub struct DatabaseSessions {
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl DatabaseSessions {
    /// A store on this database.
    pub fn new(db: Db, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { db, clock, entropy }
    }

    async fn live(&self, key: &SessionKey) -> Result<Option<i64>, db::Error> {
        let (now, hash) = (self.clock.now(), token_hash(key));
        let Some((id, seen)) = self.db.read(move |conn| store::find_live(conn, &hash, now)).await? else {
            return Ok(None);
        };
        if now.seconds_since(seen) >= SEEN_EVERY {
            // Not worth a page: a disk that is full can still be read.
            if let Err(error) = self.db.write(move |tx| store::touch(tx, id, now)).await {
                tracing::warn!(%error, "when a session was seen last cannot be written");
            }
        }
        Ok(Some(id))
    }

    async fn begin(&self, new: NewSession) -> Result<SessionKey, anyhow::Error> {
        let token = random::base62(&*self.entropy, 43);
        let key = SessionKey::try_from(token).map_err(|_| anyhow::anyhow!("a token is too long"))?;
        let (now, hash) = (self.clock.now(), token_hash(&key));
        self.db.write(move |tx| store::insert(tx, &new, &hash, now)).await?;
        Ok(key)
    }

    async fn end(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = token_hash(key);
        Ok(self.db.write(move |tx| store::delete(tx, &hash)).await?)
    }
}

fn token_hash(key: &SessionKey) -> [u8; 32] {
    hash::sha256(key.as_ref().as_bytes())
}

impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        // An error here would end the request without a page: the middleware behind answers instead.
        let found = self.live(key).await.inspect_err(|error| tracing::warn!(%error, "a session cannot be looked up"));
        Ok(found.map_or_else(|_| Some(session::unknown_state()), |id| id.map(session::loaded_state)))
    }

    async fn save(&self, state: HashMap<String, String>, _: &Duration) -> Result<SessionKey, SaveError> {
        let new = NewSession::from_state(&state)
            .ok_or_else(|| SaveError::Other(anyhow::anyhow!("a session without a user")))?;
        self.begin(new).await.map_err(SaveError::Other)
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

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.end(key).await
    }
}
