//! What is known of the use of one key, read after this node has written what it holds of it.

use crate::api_keys::actions::{self, Shown};
use crate::base::clock::Timestamp;
use crate::usage::{Addresses, KeyUsage, LastUse, Recorder};
use crate::web::actor::SignedIn;
use crate::web::numbers::{counted, thousands};
use crate::web::page::Moment;
use crate::web::{Error, Portal};

/// So many addresses of a day are told apart; where there are others beside fewer, they told none.
const APART: usize = 100;

/// A key and its use, as of this moment.
pub(super) struct Evidence {
    pub shown: Shown,
    pub usage: KeyUsage,
}

/// Writes what this node holds of the key, and reads.
pub(super) async fn read(portal: &Portal, uses: &Recorder, who: &SignedIn, key_id: &str) -> Result<Evidence, Error> {
    let (actor, id, now) = (who.actor.clone(), key_id.to_owned(), portal.clock.now());
    let mut shown = portal.db.read(move |conn| actions::show(conn, &actor, &id)).await?;
    uses.write_key(&portal.db, shown.listed.key.id).await?;
    let (actor, id) = (who.actor.clone(), key_id.to_owned());
    let usage = portal.db.read(move |conn| actions::usage_of(conn, &actor, &id, now)).await?;
    shown.listed.last_use = usage.last.clone();
    Ok(Evidence { shown, usage })
}

/// A use in words.
#[derive(Debug)]
pub(super) struct UseView {
    pub when: Moment,
    pub address: Option<String>,
}

impl UseView {
    pub fn new(used: LastUse, now: Timestamp) -> Self {
        Self { when: Moment::new(used.at, now), address: used.address }
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
