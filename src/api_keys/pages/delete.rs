//! `/api-keys/{key id}/delete`: what will stop working, that it cannot be undone, "Delete" and "Close".

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, ListView, RowView};

#[derive(Template)]
#[template(path = "api_keys/delete.html")]
struct DeletePage {
    shell: Shell,
    list: ListView,
    key: RowView,
}

/// The overlay.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (actor, key_id) = (who.actor.clone(), path.into_inner());
    let shown = portal.db.read(move |conn| actions::show(conn, &actor, &key_id)).await?;
    if shown.listed.key.deleted_at.is_some() {
        return Err(Error::not_found());
    }
    let list = overview::behind(&portal, &who).await?;
    let key = RowView::new(shown.listed, &who.actor.root, portal.clock.now());
    page::html(&req, &portal, StatusCode::OK, &DeletePage { shell: Shell::new(&req, &portal, &who), list, key })
}

/// "Delete". A second click finds the key dead and says so.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let key_id = path.into_inner();
    let flash = match who.write(&req, &portal, move |tx, act| actions::delete(tx, act, &key_id)).await? {
        Ok(key) => Flash::ok(format!("{} is deleted.", key.client_id)),
        Err(ApiKeyError::AlreadyDeleted(key)) => Flash::warn(format!("{} was deleted before.", key.client_id)),
        Err(error) => return Err(error.into()),
    };
    Ok(page::redirect(&portal, "/api-keys", Some(flash)))
}
