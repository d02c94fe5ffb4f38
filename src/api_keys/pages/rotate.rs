//! `/api-keys/{key id}/rotate`: how long the present secret goes on working beside the new one. The answer is the step
//! "Credential", once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, OVERLAPS, Rotation};
use crate::tenants;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::credential;
use super::detail::secrets::{self, SecretState, SecretView};
use super::evidence;
use super::overview::{self, ListView, RowView};

/// What is chosen when nothing else is: a day.
const USUAL: i64 = OVERLAPS[2];

#[derive(Debug)]
struct OverlapView {
    seconds: i64,
    label: &'static str,
    until: Option<Moment>,
    selected: bool,
}

#[derive(Template)]
#[template(path = "api_keys/rotate.html")]
struct RotatePage {
    shell: Shell,
    list: ListView,
    key: RowView,
    version: i64,
    overlaps: Vec<OverlapView>,
    /// While a rotation is going on already: the secret that stops at once, because there are never more than two.
    stopping: Option<SecretView>,
    /// When that was so.
    as_of: Moment,
    /// How long a token lives, in minutes.
    token_minutes: i64,
    /// The key was changed, or rotated by the same form, since it was opened.
    stale: bool,
}

/// The overlay.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    view(&req, &portal, &uses, &who, path.into_inner(), StatusCode::OK, USUAL).await
}

/// Makes the new secret and shows it: in this answer, and nowhere else ever.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (key_id, Form(pairs)) = (path.into_inner(), form);
    let overlap = pairs.text("overlap").parse().ok().filter(|overlap| OVERLAPS.contains(overlap));
    let (Some(overlap), Ok(version)) = (overlap, pairs.text("version").parse()) else {
        return Err(Error::bad_request("This form is incomplete. Open “Rotate” again."));
    };
    let (id, scope, rotation) = (key_id.clone(), who.actor.tenant, Rotation { overlap, version });
    let tenant = portal.db.read(move |conn| tenants::by_id(conn, scope)).await?;
    match who.write(&req, &portal, move |tx, act| actions::rotate(tx, act, &id, rotation)).await? {
        Ok(created) => credential::view(&req, &portal, &who, &tenant, created, true).await,
        Err(ApiKeyError::Stale(_)) => view(&req, &portal, &uses, &who, key_id, StatusCode::CONFLICT, overlap).await,
        Err(error) => Err(error.into()),
    }
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key_id: String,
    status: StatusCode,
    chosen: i64,
) -> Result<HttpResponse, Error> {
    let known = evidence::read(portal, uses, who, &key_id).await?;
    let (shown, now, here) = (known.shown, known.usage.now, who.here(known.usage.now));
    who.actor.require_to_give_all(&shown.grants)?;
    let list = overview::behind(portal, who).await?;
    let overlap = |seconds: &i64| OverlapView {
        seconds: *seconds,
        label: label(*seconds),
        until: (*seconds > 0).then(|| here.moment(now.plus_seconds(*seconds))),
        selected: *seconds == chosen,
    };
    let mut views =
        secrets::views(&shown.secrets, &known.secrets, &known.usage, shown.listed.key.status(now, true), here)
            .into_iter();
    let page = RotatePage {
        shell: Shell::new(req, portal, who),
        list,
        version: shown.listed.key.version,
        key: RowView::new(shown.listed, who, now),
        overlaps: OVERLAPS.iter().map(overlap).collect(),
        stopping: views.find(|secret| matches!(secret.state, SecretState::Retiring { .. })),
        as_of: here.moment(now),
        token_minutes: known.tenant.access_token_minutes(),
        stale: status == StatusCode::CONFLICT,
    };
    page::html(req, portal, status, &page)
}

const fn label(seconds: i64) -> &'static str {
    match seconds {
        0 => "Now",
        3_600 => "After 1 hour",
        86_400 => "After 24 hours",
        604_800 => "After 7 days",
        _ => "After 30 days",
    }
}
