//! What a session is, and how long it lasts.

use std::collections::HashMap;

use crate::access::TenantScope;

/// Ends after so many seconds without a request.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// Ends after so many seconds, whatever happens.
pub const ABSOLUTE_SECONDS: i64 = 8 * 60 * 60;
/// Live sessions of one user; one more ends the oldest.
pub const PARALLEL: i64 = 10;

const SESSION: &str = "session";
const UNKNOWN: &str = "unknown";
const TENANT: &str = "tenant";
const USER: &str = "user";
const ADDRESS: &str = "address";
const DEVICE: &str = "device";

/// A session that is about to begin; carried to the store as the middleware's state.
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

impl NewSession {
    /// As the middleware keeps state until the answer is made. Values are JSON, as `actix-session` writes them.
    pub fn into_state(self, session: &actix_session::Session) -> Result<(), actix_session::SessionInsertError> {
        session.insert(TENANT, self.tenant.id())?;
        session.insert(USER, self.user)?;
        session.insert(ADDRESS, self.address)?;
        session.insert(DEVICE, self.device)
    }

    /// Reads what [`NewSession::into_state`] wrote.
    pub fn from_state(state: &HashMap<String, String>) -> Option<Self> {
        fn read<T: serde::de::DeserializeOwned>(state: &HashMap<String, String>, name: &str) -> Option<T> {
            serde_json::from_str(state.get(name)?).ok()
        }
        Some(Self {
            tenant: TenantScope::from_row(read(state, TENANT)?),
            user: read(state, USER)?,
            address: read(state, ADDRESS)?,
            device: read(state, DEVICE)?,
        })
    }
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
