//! `/roles/{slug}/delete`: who loses the role, that it cannot be undone, "Delete" and "Close".

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::roles::RoleError;
use crate::roles::actions::{self, Shown};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::holders::HoldersView;
use super::overview::{self, RowView};

/// Holders of each kind who are named.
const NAMED: usize = 10;

#[derive(Template)]
#[template(path = "roles/delete.html")]
struct DeletePage {
    shell: Shell,
    rows: Vec<RowView>,
    slug: String,
    name: String,
    holders: HoldersView,
}

/// The overlay. A built-in role is never asked about: its own page says why.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (actor, slug) = (who.actor.clone(), path.into_inner());
    let Shown { role, holders } = match portal.db.read(move |conn| actions::show_own(conn, &actor, &slug)).await {
        Ok(shown) => shown,
        Err(RoleError::BuiltIn(role)) => {
            let flash = Flash::warn(format!("{} is built in, so it cannot be deleted.", role.name));
            return Ok(page::redirect(&portal, &format!("{}/{}", overview::PATH, role.slug), Some(flash)));
        }
        Err(error) => return Err(error.into()),
    };
    let page = DeletePage {
        shell: Shell::new(&req, &portal, &who),
        rows: overview::rows(&portal, &who).await?,
        holders: HoldersView::new(holders, &who.actor, NAMED),
        slug: role.slug,
        name: role.name,
    };
    page::html(&req, &portal, StatusCode::OK, &page)
}

/// "Delete".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let slug = path.into_inner();
    let role = who.write(&req, &portal, move |tx, act| actions::delete(tx, act, &slug)).await??;
    Ok(page::redirect(&portal, overview::PATH, Some(Flash::ok(format!("{} is deleted.", role.name)))))
}
