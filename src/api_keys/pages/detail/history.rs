//! What happened to a key, on its page: the newest events of the audit log, for whoever may read that.

use crate::access::{Actor, Permission};
use crate::audit;
use crate::audit::pages::EventView;
use crate::base::paging::Page;
use crate::db::Conn;
use crate::web::Error;
use crate::web::page::Here;

/// Events on the page; all of them are in the audit log.
const ROWS: usize = 10;

/// The newest events, with before and after.
#[derive(Debug)]
pub struct HistoryView {
    pub events: Vec<EventView>,
    /// Where all of them are.
    pub all: String,
}

/// Reads them; nothing for whoever may not read the audit log.
///
/// # Errors
/// When the database refuses.
pub fn read(conn: &mut Conn, actor: &Actor, key_id: &str, here: Here<'_>) -> Result<Option<HistoryView>, Error> {
    if !actor.may(Permission::ReadAudit, &actor.root) {
        return Ok(None);
    }
    let about = audit::About { kind: "api_key".into(), id: key_id.to_owned() };
    let slice = audit::of_target(conn, actor, &about, Page::First, ROWS)?;
    let events = slice.rows.into_iter().map(|entry| EventView::new(entry, here)).collect();
    Ok(Some(HistoryView { events, all: format!("/audit?target={about}") }))
}
