//! From a presented text to a verdict: structure first, then one look-up by the id inside, then the MAC.

use std::net::IpAddr;

use crate::access::Grant;
use crate::api_keys::{Presented, presented, secret_text};
use crate::base::clock::Timestamp;
use crate::base::keyring::Keyring;
use crate::db::{Conn, Error};
use crate::grants::{self, Holder};

use super::verdict::{Verdict, judge, matching};

/// A verdict with the key behind it. The key is there only for whoever holds its right secret.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// The key, and what it holds at this moment.
    pub key: Option<(Presented, Vec<Grant>)>,
    /// The database id of the secret that was presented, where there is a key.
    pub secret: Option<i64>,
}

impl Checked {
    /// A verdict without a key.
    pub const fn without_key(verdict: Verdict) -> Self {
        Self { verdict, key: None, secret: None }
    }
}

/// Checks a text of the right structure, presented from `from`; `key_id` is the id inside of it.
///
/// # Errors
/// When the database refuses: then nobody knows, and that is the answer.
pub fn check(
    conn: &mut Conn,
    keyring: &Keyring,
    key_id: &str,
    text: &str,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Checked, Error> {
    let found = presented(conn, key_id)?;
    // Computed for an unknown id too: what it takes tells little of whether there is such a key.
    let mac = secret_text::mac(keyring.pepper(), text);
    let Some(found) = found else { return Ok(Checked::without_key(Verdict::Unknown)) };
    let Some(secret) = matching(&found.secrets, &mac) else { return Ok(Checked::without_key(Verdict::Unknown)) };
    let (verdict, secret) = (judge(&found.key, secret, from, now), Some(secret.id));
    let grants = grants::of(conn, found.tenant.scope, Holder::ApiKey(found.key.id))?;
    Ok(Checked { verdict, key: Some((found, grants)), secret })
}
