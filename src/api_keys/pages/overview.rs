//! `/api-keys`: the API Key Overview, which is also what lies behind every overlay.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, Listed};
use crate::api_keys::api_key::Status;
use crate::base::clock::Timestamp;
use crate::base::paging::{Cursor, Page};
use crate::web::actor::SignedIn;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal, paging};

/// Rows on a page.
pub const ROWS: usize = 50;
const PATH: &str = "/api-keys";

#[derive(Template)]
#[template(path = "api_keys/overview.html")]
struct OverviewPage {
    shell: Shell,
    list: ListView,
}

/// The list.
#[derive(Debug)]
pub struct ListView {
    /// Its rows, newest first.
    pub rows: Vec<RowView>,
    /// Whether to show what changes something.
    pub may_manage: bool,
    /// The address of the newer page.
    pub newer: Option<String>,
    /// The address of the older page.
    pub older: Option<String>,
    /// Whether this is the first page.
    pub first_page: bool,
}

/// One key.
#[derive(Debug)]
pub struct RowView {
    /// The id in its addresses.
    pub key_id: String,
    /// Its client id.
    pub client_id: String,
    /// Its name, where it is another one.
    pub name: Option<String>,
    /// How its secret is shown.
    pub hint: String,
    /// Its tags.
    pub tags: Vec<TagView>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created: Moment,
    /// Its last use.
    pub last_used: Option<Moment>,
    /// Its end.
    pub expires: Option<Moment>,
    /// What it is.
    pub status: Status,
}

/// A chip.
#[derive(Debug)]
pub struct TagView {
    /// Before the colon.
    pub key: String,
    /// After it.
    pub value: String,
}

impl RowView {
    /// As seen from `now`.
    pub fn new(listed: Listed, now: Timestamp) -> Self {
        let Listed { key, tags, last_use } = listed;
        Self {
            status: key.status(now, last_use.is_some()),
            name: (key.name != key.client_id).then_some(key.name),
            key_id: key.key_id,
            client_id: key.client_id,
            hint: key.hint,
            tags: tags.into_iter().map(|tag| TagView { key: tag.key, value: tag.value }).collect(),
            created_by: key.created_by,
            created: Moment::new(key.created_at, now),
            last_used: last_use.map(|last| Moment::new(last.at, now)),
            expires: key.expires_at.unless_never().map(|at| Moment::new(at, now)),
        }
    }
}

/// The list.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    let page = paging::page(&req, portal.keyring.cursor(), &list_name(&who))?;
    let list = list(&portal, &who, page).await?;
    page::html(&req, &portal, StatusCode::OK, &OverviewPage { shell: Shell::new(&req, &portal, &who), list })
}

/// A page of the list, for this page and for what lies behind an overlay.
pub async fn list(portal: &Portal, who: &SignedIn, page: Page) -> Result<ListView, Error> {
    let actor = who.actor.clone();
    let slice = portal.db.read(move |conn| actions::list(conn, &actor, page, ROWS)).await?;
    let place = |listed: &Listed| Cursor { at: 0, id: listed.key.id };
    let (newer, older) = paging::links(PATH, portal.keyring.cursor(), &list_name(who), &slice, place);
    let now = portal.clock.now();
    Ok(ListView {
        rows: slice.rows.into_iter().map(|listed| RowView::new(listed, now)).collect(),
        may_manage: who.require(Permission::ManageApiKeys).is_ok(),
        newer,
        older,
        first_page: page == Page::First,
    })
}

fn list_name(who: &SignedIn) -> String {
    format!("api_keys/{}", who.actor.tenant.id())
}
