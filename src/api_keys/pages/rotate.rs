//! `/api-keys/{key id}/rotate`: how long the present secret goes on working beside the new one. The answer is the step
//! "Credential", once.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, OVERLAPS, Present, Rotation};
use crate::tenants;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
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
    problem: Option<Problem>,
    /// The secret that the same form made before, for as long as nothing has used it.
    lost: Option<SecretView>,
}

/// Why nothing was rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// The key was changed, or rotated by the same form, since that was opened with this version.
    Stale(i64),
    /// The secret that was said to be lost has been used.
    Used,
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
    view(&req, &portal, &uses, &who, path.into_inner(), USUAL, None).await
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
    let (Some(present), Ok(version)) = (present(&pairs), pairs.text("version").parse()) else {
        return Err(Error::bad_request("This form is incomplete. Open “Rotate” again."));
    };
    if present == Present::Lost {
        // What was used a moment ago counts too.
        evidence::write(&portal, &uses, &who, &key_id).await??;
    }
    let (id, scope, rotation) = (key_id.clone(), who.actor.tenant, Rotation { present, version });
    let tenant = portal.db.read(move |conn| tenants::by_id(conn, scope)).await?;
    match who.write(&req, &portal, move |tx, act| actions::rotate(tx, act, &id, rotation)).await? {
        Ok(created) => credential::view(&req, &portal, &who, &tenant, created, true).await,
        Err(ApiKeyError::Stale(_)) => {
            view(&req, &portal, &uses, &who, key_id, chosen(present), Some(Problem::Stale(version))).await
        }
        Err(ApiKeyError::SecretUsed) => {
            view(&req, &portal, &uses, &who, key_id, chosen(present), Some(Problem::Used)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What was chosen for the present secrets.
fn present(pairs: &Pairs) -> Option<Present> {
    if pairs.get("action") == Some("replace") {
        return Some(Present::Lost);
    }
    let overlap = pairs.get("overlap")?.parse().ok().filter(|overlap| OVERLAPS.contains(overlap))?;
    Some(Present::Overlaps(overlap))
}

const fn chosen(present: Present) -> i64 {
    match present {
        Present::Overlaps(seconds) => seconds,
        Present::Lost => USUAL,
    }
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key_id: String,
    chosen: i64,
    problem: Option<Problem>,
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
    let (version, key_status) = (shown.listed.key.version, shown.listed.key.status(now, known.usage.last.is_some()));
    let mut views = secrets::views(&shown.secrets, &known.secrets, &known.usage, key_status, here);
    // The one change since the form was opened is this user's rotation.
    let is_lost = |newest: &SecretView| {
        problem == Some(Problem::Stale(version - 1))
            && newest.last_use.is_none()
            && newest.created_by == who.actor.label
            && matches!(newest.state, SecretState::Current)
    };
    let lost = if views.first().is_some_and(is_lost) { Some(views.remove(0)) } else { None };
    let page = RotatePage {
        shell: Shell::new(req, portal, who),
        list,
        version,
        key: RowView::new(shown.listed, who, now),
        overlaps: OVERLAPS.iter().map(overlap).collect(),
        stopping: views.into_iter().find(|secret| matches!(secret.state, SecretState::Retiring { .. })),
        as_of: here.moment(now),
        token_minutes: known.tenant.access_token_minutes(),
        problem,
        lost,
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
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
