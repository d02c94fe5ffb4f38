//! One act: who does it, when, from where, and with which chance. Handed to every verb.

use std::fmt;
use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::base::keyring::Keyring;
use crate::base::random::Entropy;

use super::actor::Actor;

/// Where a request came from, for the audit log.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The client's address.
    pub address: Option<String>,
    /// The request's id, which its log line and its error page carry too.
    pub request_id: Option<String>,
}

/// Everything that a verb needs to know beside its own arguments.
#[derive(Clone)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// When. One moment for everything the verb writes.
    pub now: Timestamp,
    /// From where.
    pub origin: Origin,
    /// For new secrets and ids.
    pub entropy: Arc<dyn Entropy>,
    /// For MACs and seals.
    pub keyring: Arc<Keyring>,
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act").field("actor", &self.actor.label).field("now", &self.now).finish_non_exhaustive()
    }
}
