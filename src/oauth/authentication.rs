//! Whether a client is whom it claims to be: the key's right secret, with exactly its own client id.

use std::net::IpAddr;

use crate::access::Grant;
use crate::api_keys::secret_text::Malformed;
use crate::api_keys::{Presented, secret_text};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::rate_limits::{Decision, Limiter};
use crate::usage::Call;
use crate::verify::{self, Checked, Verdict};
use crate::web::Portal;

use super::client::Claimed;

/// A key that was presented with its right secret, dead or alive.
pub struct Known {
    /// What the key is at this moment.
    pub verdict: Verdict,
    /// The key.
    pub presented: Presented,
    /// What it holds.
    pub grants: Vec<Grant>,
    /// The database id of the secret that was presented.
    pub secret: i64,
}

impl Known {
    /// Counts a use of a key that is good, whatever it is then asked for.
    pub fn uses_its_key(&self, limiter: &Limiter, now: Timestamp) -> Option<Decision> {
        let key = &self.presented.key;
        (self.verdict == Verdict::Valid).then(|| limiter.take(key.id, &key.rate_limits, now))
    }

    /// The use that is noted.
    pub fn call(&self, at: Timestamp, address: Option<IpAddr>) -> Call {
        let (tenant, api_key) = (self.presented.tenant.scope, self.presented.key.id);
        Call { tenant, api_key, secret: Some(self.secret), at, address, code: self.verdict.code() }
    }
}

/// The key, if it is of the tenant with this slug, and presented with its right secret and exactly its own client id.
///
/// # Errors
/// When the database refuses.
pub fn authenticate(
    conn: &mut Conn,
    portal: &Portal,
    tenant: &str,
    claimed: &Claimed,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Option<Known>, db::Error> {
    let known = holder(conn, portal, &claimed.secret, from, now)?;
    let is_own =
        |known: &Known| known.presented.tenant.slug == tenant && known.presented.key.client_id == claimed.client_id;
    Ok(known.filter(is_own))
}

/// What is wrong with a text that cannot be a key. That tells nothing of any key.
pub fn malformed(portal: &Portal, secret: &Secret) -> Option<Malformed> {
    secret_text::parse(secret.expose(), &portal.settings.environment).err()
}

/// The key with this secret, of whatever tenant.
///
/// # Errors
/// When the database refuses.
pub fn holder(
    conn: &mut Conn,
    portal: &Portal,
    secret: &Secret,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Option<Known>, db::Error> {
    let text = secret.expose();
    let Ok(key_id) = secret_text::parse(text, &portal.settings.environment) else { return Ok(None) };
    let Checked { verdict, key: Some((presented, grants)), secret: Some(secret) } =
        verify::check(conn, &portal.keyring, key_id, text, from, now)?
    else {
        return Ok(None);
    };
    Ok(Some(Known { verdict, presented, grants, secret }))
}
