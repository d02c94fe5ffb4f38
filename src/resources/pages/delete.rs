//! `/resources/{path}/delete`: what falls with the node, "Delete" and "Close".

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Permission, ResourcePath};
use crate::resources::ResourceError;
use crate::resources::actions;
use crate::resources::reading::{self, Fall};
use crate::tenants;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::form::{address, href, mark};
use super::overview::{self, OverviewView};
use crate::web::numbers::counted;

/// Holders who are named.
const NAMED: usize = 10;

/// Users, or API keys, who lose a role.
#[derive(Debug)]
struct HoldersView {
    count: String,
    named: Vec<String>,
    others: usize,
}

/// What falls.
#[derive(Debug)]
struct FallView {
    action: String,
    seen: String,
    beneath: Option<String>,
    grants: Option<String>,
    users: Option<HoldersView>,
    api_keys: Option<HoldersView>,
    changed: bool,
}

#[derive(Template)]
#[template(path = "resources/delete.html")]
struct DeletePage {
    shell: Shell,
    view: OverviewView,
    /// Nothing for the organization itself, which cannot be deleted.
    fall: Option<FallView>,
    /// How long a token lives, in minutes.
    token_minutes: i64,
}

/// The overlay.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    answer(&req, &portal, &who, StatusCode::OK, address(&path)?).await
}

/// "Delete".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    let (path, seen) = (address(&path)?, mark(&form.0)?);
    match who.write(&req, &portal, move |tx, act| actions::delete(tx, act, &path, seen)).await? {
        Ok(fall) => {
            let above = fall.node.path.as_str().rsplit_once(':').map_or("", |(above, _)| above);
            Ok(page::redirect(&portal, &format!("/resources/{above}"), Some(Flash::ok(deleted(&fall)))))
        }
        Err(ResourceError::Changed(node)) => answer(&req, &portal, &who, StatusCode::CONFLICT, node.path).await,
        Err(error) => Err(error.into()),
    }
}

/// What was deleted, in one sentence.
fn deleted(fall: &Fall) -> String {
    let beneath = (fall.beneath > 0).then(|| counted(fall.beneath, false, "resource") + " beneath it");
    let grants = (fall.grants > 0).then(|| counted(fall.grants, fall.more, "grant"));
    let with: Vec<String> = beneath.into_iter().chain(grants).collect();
    let with = if with.is_empty() { String::new() } else { format!(", with {}", with.join(" and ")) };
    format!("{} is deleted{with}.", fall.node.name)
}

async fn answer(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    path: ResourcePath,
) -> Result<HttpResponse, Error> {
    let (actor, asked) = (who.actor.clone(), path.clone());
    let fall = match portal.db.read(move |conn| reading::fall(conn, &actor, &asked)).await {
        Ok(fall) => Some(view(who, fall, status == StatusCode::CONFLICT)),
        Err(ResourceError::Root) => None,
        Err(error) => return Err(error.into()),
    };
    let view = overview::load(portal, who, path, None).await?.behind_an_overlay();
    let scope = who.actor.tenant;
    let token_minutes = portal.db.read(move |conn| tenants::by_id(conn, scope)).await?.access_token_minutes();
    page::html(req, portal, status, &DeletePage { shell: Shell::new(req, portal, who), view, fall, token_minutes })
}

fn view(who: &SignedIn, fall: Fall, changed: bool) -> FallView {
    let holders = |labels: Vec<String>, noun: &str, permission: Permission, place: &ResourcePath| {
        (!labels.is_empty()).then(|| {
            let count = counted(labels.len(), fall.more, noun);
            // Their names are for whoever may open their pages.
            let most = if who.actor.may(permission, place) { NAMED } else { 0 };
            let others = if most == 0 { 0 } else { labels.len().saturating_sub(most) };
            HoldersView { count, named: labels.into_iter().take(most).collect(), others }
        })
    };
    FallView {
        action: format!("{}/delete", href(&fall.node.path)),
        seen: fall.node.mark().to_string(),
        beneath: (fall.beneath > 0).then(|| counted(fall.beneath, false, "resource")),
        grants: (fall.grants > 0).then(|| counted(fall.grants, fall.more, "grant")),
        users: holders(fall.users, "user", Permission::ReadUsers, &who.actor.root),
        api_keys: holders(fall.api_keys, "API key", Permission::ReadApiKeys, &fall.node.path),
        changed,
    }
}
