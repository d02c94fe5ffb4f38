//! Who still calls with a dead key: a part of the API Key Overview.

use crate::access::Actor;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions;
use crate::db::Conn;
use crate::usage::Why;
use crate::web::numbers::counted;
use crate::web::page::{Here, Moment};

use super::evidence;

/// Rows that are shown.
const SHOWN: usize = 5;
/// Rows that are counted.
const COUNTED: usize = 100;

/// All of it. Nothing to see is nothing to show.
#[derive(Debug, Default)]
pub struct StillKnockingView {
    /// The last called first.
    pub rows: Vec<KnockingView>,
    /// `6 dead keys`: how many there are.
    pub keys: String,
    /// How many more there are than are shown.
    pub more: usize,
    /// Whether there are more than were counted.
    pub many: bool,
}

/// A dead key that is called.
#[derive(Debug)]
pub struct KnockingView {
    /// The id in its address.
    pub key_id: String,
    /// Its client id.
    pub client_id: String,
    /// Why it is dead.
    pub why: Why,
    /// `41 times`
    pub times: String,
    /// Since when.
    pub first: Moment,
    /// Last when.
    pub last: Moment,
    /// Last from where.
    pub address: Option<String>,
}

/// Reads it: one query.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn read(conn: &mut Conn, actor: &Actor, here: Here<'_>) -> Result<StillKnockingView, ApiKeyError> {
    let mut found = actions::still_knocking(conn, actor, here.now, COUNTED + 1)?;
    let (all, many) = (found.len().min(COUNTED), found.len() > COUNTED);
    found.truncate(SHOWN);
    let rows = found.into_iter().map(|knocking| KnockingView {
        key_id: knocking.key_id,
        client_id: knocking.client_id,
        why: knocking.why,
        times: evidence::times(knocking.calls),
        first: here.moment(knocking.first_at),
        last: here.moment(knocking.last_at),
        address: knocking.address,
    });
    let keys = counted(all, many, "dead key");
    Ok(StillKnockingView { rows: rows.collect(), keys, more: all.saturating_sub(SHOWN), many })
}
