//! From a presented text to a verdict: structure first, then one look-up by the id inside, then the MAC.

use crate::access::Grant;
use crate::api_keys::{Presented, presented, secret_text};
use crate::base::clock::Timestamp;
use crate::base::hash;
use crate::base::keyring::Keyring;
use crate::db::{Conn, Error};
use crate::grants::{self, Holder};

use super::verdict::{Verdict, judge};

/// A verdict with the key behind it. The key is there only for whoever holds its right secret.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// The key, and what it holds at this moment.
    pub key: Option<(Presented, Vec<Grant>)>,
    /// The database id of the secret that was presented, where it is one of the key's.
    pub secret: Option<i64>,
}

impl Checked {
    /// A verdict without a key.
    pub const fn without_key(verdict: Verdict) -> Self {
        Self { verdict, key: None, secret: None }
    }
}

/// Checks a text of the right structure; `key_id` is the id inside of it.
///
/// # Errors
/// When the database refuses: then nobody knows, and that is the answer.
pub fn check(conn: &mut Conn, keyring: &Keyring, key_id: &str, text: &str, now: Timestamp) -> Result<Checked, Error> {
    let found = presented(conn, key_id)?;
    // Computed for an unknown id too: the same work for known and unknown.
    let mac = secret_text::mac(keyring.pepper(), text);
    let Some(found) = found else { return Ok(Checked::without_key(Verdict::Unknown)) };
    match judge(&found.key, &found.secrets, &mac, now) {
        Verdict::Unknown => Ok(Checked::without_key(Verdict::Unknown)),
        verdict => {
            let grants = grants::of(conn, found.tenant.scope, Holder::ApiKey(found.key.id))?;
            // Whoever is told more than "unknown" knows which secret it was.
            let secret = found.secrets.iter().find(|secret| hash::equal(&secret.mac, &mac)).map(|secret| secret.id);
            Ok(Checked { verdict, key: Some((found, grants)), secret })
        }
    }
}
