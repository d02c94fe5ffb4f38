//! `/users/{user id}/delete`: what ends with a user, and that it cannot be undone.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::base::paging::Page;
use crate::users::actions;
use crate::users::filter::Filter;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, ListView, RowView};

#[derive(Template)]
#[template(path = "users/delete.html")]
struct DeletePage {
    shell: Shell,
    list: ListView,
    user: RowView,
    sessions: usize,
}

/// The overlay.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageUsers)?;
    let (act, public_id) = (portal.act(&req, who.actor.clone()), path.into_inner());
    let shown = portal.db.read(move |conn| actions::show_to_change(conn, &act, &public_id)).await?;
    let list = overview::list(&portal, &who, Filter::default(), Page::First).await?;
    let user = RowView::new(shown.listed, &who.actor.root, who.here(portal.clock.now()));
    let page = DeletePage { shell: Shell::new(&req, &portal, &who), list, user, sessions: shown.sessions };
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
    let public_id = path.into_inner();
    let user = who.write(&req, &portal, move |tx, act| actions::delete(tx, act, &public_id)).await??;
    Ok(page::redirect(&portal, "/users", Some(Flash::ok(format!("{} is deleted.", user.email)))))
}
