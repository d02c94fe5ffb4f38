//! `/api-keys/{key id}/disable`: stops a key at once. The overlay is there for the reason; a form without one disables too,
//! for the way back is one click away.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, Shown};
use crate::api_keys::problem::ReasonProblem;
use crate::api_keys::reason::Reason;
use crate::tenants;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, ListView, RowView};

#[derive(Template)]
#[template(path = "api_keys/disable.html")]
struct DisablePage {
    shell: Shell,
    list: ListView,
    key: RowView,
    reason: String,
    problem: Option<ReasonProblem>,
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
    who.require(Permission::ManageApiKeys)?;
    view(&req, &portal, &who, path.into_inner(), String::new(), None).await
}

/// "Disable". The way back is on the message, for whoever may go it.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (key_id, typed) = (path.into_inner(), form.0.text("reason"));
    let reason = match Reason::parse(&typed) {
        Ok(reason) => reason,
        Err(problem) => return view(&req, &portal, &who, key_id, typed, Some(problem)).await,
    };
    let id = key_id.clone();
    let done = who.write(&req, &portal, move |tx, act| actions::disable(tx, act, &id, reason.as_ref())).await?;
    let key = done.map_err(|error| Error::from(error).keeping(vec![("Reason", typed)]))?;
    let place = format!("/api-keys/{key_id}");
    let flash = Flash::ok(format!("{} is disabled. No check accepts it from now on.", key.client_id));
    let may_enable = who.actor.require_to_give_all(&shown(&portal, &who, key_id).await?.grants).is_ok();
    let flash = if may_enable { flash.with_button("Enable it again", format!("{place}/enable")) } else { flash };
    Ok(page::redirect(&portal, &place, Some(flash)))
}

async fn shown(portal: &Portal, who: &SignedIn, key_id: String) -> Result<Shown, Error> {
    let actor = who.actor.clone();
    Ok(portal.db.read(move |conn| actions::show_to_change(conn, &actor, &key_id)).await?)
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    key_id: String,
    reason: String,
    problem: Option<ReasonProblem>,
) -> Result<HttpResponse, Error> {
    let kept = [("Reason", reason.clone())];
    let shown = shown(portal, who, key_id).await.map_err(|error| error.keeping(kept.into()))?;
    let scope = who.actor.tenant;
    let tenant = portal.db.read(move |conn| tenants::by_id(conn, scope)).await?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = DisablePage {
        shell: Shell::new(req, portal, who),
        list: overview::behind(portal, who).await?,
        key: RowView::new(shown.listed, who, portal.clock.now()),
        reason,
        problem,
        token_minutes: tenant.access_token_minutes(),
    };
    page::html(req, portal, status, &page)
}
