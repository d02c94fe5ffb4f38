//! What a session is, and how long it lasts.

use std::collections::HashMap;

use crate::access::TenantScope;
use crate::base::hash;
use crate::base::random::{self, Entropy};
use crate::base::secret::Secret;

/// Ends after so many seconds without a request.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// Ends after so many seconds, whatever happens.
pub const ABSOLUTE_SECONDS: i64 = 8 * 60 * 60;
/// Live sessions of one user; one more ends the oldest.
pub const PARALLEL: i64 = 10;

const SESSION: &str = "session";
const TOKEN: &str = "token";
const UNKNOWN: &str = "unknown";

/// A session that is about to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The user's tenant.
    pub tenant: TenantScope,
    /// The user's database id.
    pub user: i64,
    /// The address signed in from.
    pub address: Option<String>,
    /// What the browser calls itself, cut to 200 characters.
    pub device: Option<String>,
}

/// What a session's cookie holds: 256 bits. The row has its SHA-256.
pub struct Token(Secret);

impl Token {
    /// A fresh one.
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self(Secret::new(random::base62(entropy, 43)))
    }

    /// What the row is found by.
    pub fn hash(&self) -> [u8; 32] {
        hash(self.0.expose())
    }

    /// Hands the token to the middleware, which puts it into the cookie of the answer.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which cannot happen.
    pub fn into_cookie(self, session: &actix_session::Session) -> Result<(), actix_session::SessionInsertError> {
        session.clear();
        session.renew();
        session.insert(TOKEN, self.0.expose())
    }
}

/// The token in the state of a session that begins with this answer.
pub(super) fn token_of(state: &HashMap<String, String>) -> Option<String> {
    serde_json::from_str(state.get(TOKEN)?).ok()
}

pub(super) fn hash(token: &str) -> [u8; 32] {
    hash::sha256(token.as_bytes())
}

/// The state of a session that was loaded: its database id.
pub fn loaded_state(session: i64) -> HashMap<String, String> {
    HashMap::from([(SESSION.to_owned(), session.to_string())])
}

/// The state of a session that could not be looked up: nobody knows whether it lives.
pub fn unknown_state() -> HashMap<String, String> {
    HashMap::from([(UNKNOWN.to_owned(), "true".to_owned())])
}

/// Whether the session could not be looked up.
pub fn is_unknown(session: &actix_session::Session) -> bool {
    session.get(UNKNOWN).is_ok_and(|unknown| unknown == Some(true))
}

/// The database id of the session behind this request, if there is a live one.
pub fn loaded_id(session: &actix_session::Session) -> Option<i64> {
    session.get(SESSION).ok().flatten()
}
