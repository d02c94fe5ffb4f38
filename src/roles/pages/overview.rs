//! `/roles`: all roles, which is also what lies behind the question before one is deleted.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Actor;
use crate::roles::actions::{self, Listed};
use crate::web::actor::SignedIn;
use crate::web::page::{self, Shell};
use crate::web::{Error, Portal};

use super::holders::counted;

/// Its address.
pub const PATH: &str = "/roles";

#[derive(Template)]
#[template(path = "roles/overview.html")]
struct OverviewPage {
    shell: Shell,
    rows: Vec<RowView>,
}

/// One role.
#[derive(Debug)]
pub struct RowView {
    /// The slug in its addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Whether it is built in.
    pub built_in: bool,
    /// Whether the reader may change it.
    pub editable: bool,
    /// How many permissions it contains.
    pub permissions: usize,
    /// How many users hold it.
    pub users: String,
    /// How many API keys hold it.
    pub api_keys: String,
}

impl RowView {
    fn new(listed: Listed, actor: &Actor) -> Self {
        let Listed { role, counts } = listed;
        Self {
            built_in: role.built_in.is_some(),
            editable: role.built_in.is_none() && role.beyond(actor).is_none(),
            permissions: role.permissions.len(),
            users: counted(counts.users),
            api_keys: counted(counts.api_keys),
            slug: role.slug,
            name: role.name,
            description: role.description,
        }
    }
}

/// The list.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    let rows = rows(&portal, &who).await?;
    page::html(&req, &portal, StatusCode::OK, &OverviewPage { shell: Shell::new(&req, &portal, &who), rows })
}

/// The rows, for this page and for what lies behind an overlay.
pub async fn rows(portal: &Portal, who: &SignedIn) -> Result<Vec<RowView>, Error> {
    let actor = who.actor.clone();
    let listed = portal.db.read(move |conn| actions::list(conn, &actor)).await?;
    Ok(listed.into_iter().map(|listed| RowView::new(listed, &who.actor)).collect())
}
