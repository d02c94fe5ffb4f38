//! What is known of the use of one key, read after this node has written what it holds of it.

use std::collections::HashMap;

use crate::access::Actor;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, Shown};
use crate::base::clock::Timestamp;
use crate::db;
use crate::tenants::{self, Tenant};
use crate::usage::{Addresses, KeyUsage, LastUse, Recorder, SecretUse};
use crate::web::actor::SignedIn;
use crate::web::numbers::{counted, thousands};
use crate::web::page::{Here, Moment};
use crate::web::{Error, Portal};

/// So many addresses of a day are told apart; where there are others beside fewer, they told none.
const APART: usize = 100;

/// A key and its use, as of the moment in it.
pub(super) struct Evidence {
    pub shown: Shown,
    pub usage: KeyUsage,
    /// Where the key is.
    pub tenant: Tenant,
    /// By the database ids of the secrets.
    pub secrets: HashMap<i64, SecretUse>,
    /// Whether this node has written what it held.
    pub is_all: bool,
}

/// Writes what this node holds of the key, and reads: for a user who changes the key by it. A deleted key is 410.
pub(super) async fn read(portal: &Portal, uses: &Recorder, who: &SignedIn, key_id: &str) -> Result<Evidence, Error> {
    let now = portal.clock.now();
    write(portal, uses, who, key_id).await??;
    read_written(portal, who, key_id, true, now, actions::show_to_change).await
}

/// The same for whoever only looks: where nothing can be written, what is there is read.
pub(super) async fn look(portal: &Portal, uses: &Recorder, who: &SignedIn, key_id: &str) -> Result<Evidence, Error> {
    let now = portal.clock.now();
    let written = write(portal, uses, who, key_id).await?;
    if let Err(error) = &written {
        tracing::warn!(%error, "the uses of a key are not written yet; its page is shown without them");
    }
    read_written(portal, who, key_id, written.is_ok(), now, actions::show).await
}

/// How the key itself is read.
type Show = fn(&mut db::Conn, &Actor, &str) -> Result<Shown, ApiKeyError>;

/// Writes what this node holds of the key. Whether it is written; an error of its own where there is nothing to write for.
pub(super) async fn write(
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key_id: &str,
) -> Result<Result<(), db::Error>, Error> {
    let (actor, id) = (who.actor.clone(), key_id.to_owned());
    let (api_key, _) = portal.db.read(move |conn| actions::first_use(conn, &actor, &id)).await?;
    Ok(uses.write_key(&portal.db, api_key).await)
}

async fn read_written(
    portal: &Portal,
    who: &SignedIn,
    key_id: &str,
    is_all: bool,
    now: Timestamp,
    show: Show,
) -> Result<Evidence, Error> {
    let (actor, id) = (who.actor.clone(), key_id.to_owned());
    let read = move |conn: &mut db::Conn| {
        let mut shown = show(conn, &actor, &id)?;
        let usage = actions::usage_of(conn, &actor, &id, now)?;
        let secrets = actions::secret_uses_of(conn, &actor, &id)?;
        shown.listed.last_use.clone_from(&usage.last);
        let tenant = tenants::by_id(conn, actor.tenant)?;
        Ok::<_, Error>(Evidence { shown, usage, tenant, secrets, is_all })
    };
    portal.db.read(read).await
}

/// A use in words.
#[derive(Debug)]
pub(super) struct UseView {
    pub when: Moment,
    pub address: Option<String>,
}

impl UseView {
    pub fn new(used: LastUse, here: Here<'_>) -> Self {
        Self { when: here.moment(used.at), address: used.address }
    }
}

/// `4,812 times`
pub(super) fn times(calls: i64) -> String {
    counted(count(calls), false, "time")
}

/// `2 addresses`, `2 addresses and some that are not known`, `more than 100 addresses`; nothing where no caller told one.
pub(super) fn addresses(addresses: &Addresses) -> Option<String> {
    let known = addresses.known.len();
    let plural = if known == 1 { "" } else { "es" };
    match (known, addresses.others) {
        (0, _) => None,
        (_, false) => Some(format!("{} address{plural}", thousands(known))),
        (APART.., true) => Some(format!("more than {} address{plural}", thousands(known))),
        (_, true) => Some(format!("{} address{plural} and some that are not known", thousands(known))),
    }
}

/// A stored count as pages count.
pub(super) fn count(calls: i64) -> usize {
    usize::try_from(calls).unwrap_or_default()
}
