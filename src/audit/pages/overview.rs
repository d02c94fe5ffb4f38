//! `/audit`: what happened in the tenant, newest first.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::audit::{self, About, Entry};
use crate::base::paging::Cursor;
use crate::web::actor::SignedIn;
use crate::web::form::Pairs;
use crate::web::page::{self, Shell};
use crate::web::{Error, Portal, paging};

use super::event_view::EventView;

const ROWS: usize = 50;
const PATH: &str = "/audit";

#[derive(Template)]
#[template(path = "audit/overview.html")]
struct AuditPage {
    shell: Shell,
    events: Vec<EventView>,
    newer: Option<String>,
    older: Option<String>,
    /// What the events are about, where they are about one thing.
    about: Option<String>,
    /// The address of the first page.
    first: String,
    /// The zone of the times.
    zone: String,
}

/// The list; with `?target=api_key:…` of one thing alone.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    let actor = who.actor.clone();
    let about = Pairs::of_query(&req)?.get("target").map(str::parse::<About>).transpose();
    let about = about.map_err(|()| {
        Error::bad_request("This address names nothing that events are about. A target is a kind and an id, such as api_key:4Jq9ZbT0kLw2.")
    })?;
    let (mut first, mut name) = (PATH.to_owned(), format!("audit_events/{}", actor.tenant.id()));
    if let Some(about) = &about {
        let query: String = form_urlencoded::byte_serialize(about.to_string().as_bytes()).collect();
        first = format!("{PATH}?target={query}");
        name = format!("{name}/{about}");
    }
    let page = paging::page(&req, portal.keyring.cursor(), &name)?;
    let asked = about.clone();
    let read = move |conn: &mut crate::db::Conn| match &asked {
        Some(about) => audit::of_target(conn, &actor, about, page, ROWS),
        None => audit::list(conn, &actor, page, ROWS),
    };
    let slice = portal.db.read(read).await?;
    let place = |entry: &Entry| Cursor { at: entry.seq, ..Cursor::default() };
    let (newer, older) = paging::links(&first, portal.keyring.cursor(), &name, &slice, place);
    let here = who.here(portal.clock.now());
    let events: Vec<EventView> = slice.rows.into_iter().map(|entry| EventView::new(entry, here)).collect();
    // As it is called in the newest event here.
    let label = |about: About| events.first().and_then(|event| event.target.clone()).unwrap_or(about.id);
    let about = about.map(label);
    let (shell, zone) = (Shell::new(&req, &portal, &who), who.time_zone.name().to_owned());
    let page = AuditPage { shell, events, newer, older, about, first, zone };
    page::html(&req, &portal, StatusCode::OK, &page)
}
