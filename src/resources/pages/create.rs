//! `/resources/new`: what it belongs to, its kind, its name.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Permission, ResourcePath};
use crate::resources::actions;
use crate::resources::reading;
use crate::resources::reading::MANAGE;
use crate::web::actor::SignedIn;
use crate::web::error::Kind;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::form::{EditErrors, EditForm, address, href};
use super::overview::{self, OverviewView};

#[derive(Template)]
#[template(path = "resources/create.html")]
struct CreatePage {
    shell: Shell,
    view: OverviewView,
    form: EditForm,
    errors: EditErrors,
    offered: Vec<String>,
}

/// The empty form, beneath the node that the query names, or the highest one that the viewer manages.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    let parent = match Pairs::of_query(&req)?.get("parent") {
        Some(text) => address(text)?,
        None => who.actor.places(&[MANAGE]).into_iter().next().unwrap_or_else(|| who.actor.root.clone()),
    };
    let view = overview::load(&portal, &who, parent.clone(), None).await?.behind_an_overlay();
    who.actor.require(MANAGE, &parent)?;
    let form = EditForm { parent: parent.to_string(), ..EditForm::default() };
    answer(&req, &portal, &who, StatusCode::OK, view, form, EditErrors::default()).await
}

/// "Add".
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    let form = EditForm::read(&form.0);
    let (status, errors) = match form.parse() {
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        Ok(wanted) => match who.write(&req, &portal, move |tx, act| actions::add(tx, act, &wanted)).await? {
            Ok(node) => {
                let flash = Flash::ok(format!("{} is added.", node.name));
                return Ok(page::redirect(&portal, &href(&node.path), Some(flash)));
            }
            Err(error) => EditErrors::of(error)?,
        },
    };
    let view = behind(&portal, &who, &form).await?;
    answer(&req, &portal, &who, status, view, form, errors).await
}

/// What lies behind the overlay: the node that was typed, or the root where it is none.
async fn behind(portal: &Portal, who: &SignedIn, form: &EditForm) -> Result<OverviewView, Error> {
    let root = who.actor.root.clone();
    match overview::load(portal, who, form.parent.trim().parse().unwrap_or_else(|_| root.clone()), None).await {
        Err(error) if error.kind == Kind::NotFound => overview::load(portal, who, root, None).await,
        result => result,
    }
    .map(OverviewView::behind_an_overlay)
}

async fn answer(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    view: OverviewView,
    form: EditForm,
    errors: EditErrors,
) -> Result<HttpResponse, Error> {
    let actor = who.actor.clone();
    let offered = portal.db.read(move |conn| reading::offered(conn, &actor)).await?;
    let offered = offered.iter().map(ResourcePath::to_string).collect();
    let shell = Shell::new(req, portal, who);
    page::html(req, portal, status, &CreatePage { shell, view, form, errors, offered })
}
