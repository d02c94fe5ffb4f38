//! `/api-keys/{key id}/rotation/finish` and `/cancel`: what becomes of a rotation before its time. Neither can be undone, so
//! each shows what is known of the secret that stops.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Act, Permission};
use crate::api_keys::actions;
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::db::Tx;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::detail::secrets::{self, Heard, SecretState, SecretView};
use super::evidence;
use super::overview::{self, ListView, RowView};

/// What becomes of the rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The old secret stops now.
    Finish,
    /// The new secret stops now, and the old one goes on.
    Cancel,
}

type Verb = fn(&mut Tx<'_>, &Act, &str, i64) -> Result<ApiKey, ApiKeyError>;

#[derive(Template)]
#[template(path = "api_keys/rotation.html")]
struct RotationPage {
    shell: Shell,
    list: ListView,
    key: RowView,
    version: i64,
    end: End,
    current: SecretView,
    retiring: SecretView,
    /// When that was so.
    as_of: Moment,
    /// How long a token lives, in minutes.
    token_minutes: i64,
    /// The key was changed since the form was opened.
    stale: bool,
}

impl RotationPage {
    /// How long the old secret works yet.
    fn left(&self) -> &str {
        match &self.retiring.state {
            SecretState::Retiring { left, .. } => left,
            SecretState::Current | SecretState::Ended { .. } => "",
        }
    }

    fn is_still_used(&self) -> bool {
        matches!(self.retiring.state, SecretState::Retiring { heard: Heard::StillUsed, .. })
    }
}

/// The overlay "Finish now".
pub async fn show_finish(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    view(&req, &portal, &uses, &who, path.into_inner(), End::Finish, StatusCode::OK).await
}

/// The overlay "Cancel rotation".
pub async fn show_cancel(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    view(&req, &portal, &uses, &who, path.into_inner(), End::Cancel, StatusCode::OK).await
}

/// "Finish now".
pub async fn finish(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    submit(&req, &portal, &uses, &who, path.into_inner(), &form, End::Finish).await
}

/// "Cancel rotation".
pub async fn cancel(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    submit(&req, &portal, &uses, &who, path.into_inner(), &form, End::Cancel).await
}

async fn submit(
    req: &HttpRequest,
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key_id: String,
    form: &Form,
    end: End,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let Ok(version) = form.0.text("version").parse() else {
        return Err(Error::bad_request("This form is incomplete. Open the page of the key again."));
    };
    let (verb, words): (Verb, &str) = match end {
        End::Finish => (actions::finish_rotation, "The rotation is finished. The old key works no more."),
        End::Cancel => (actions::cancel_rotation, "The rotation is cancelled. The key from before goes on working."),
    };
    let id = key_id.clone();
    let flash = match who.write(req, portal, move |tx, act| verb(tx, act, &id, version)).await? {
        Ok(key) => Flash::ok(format!("{}: {words}", key.client_id)),
        Err(ApiKeyError::Stale(_)) => return view(req, portal, uses, who, key_id, end, StatusCode::CONFLICT).await,
        Err(ApiKeyError::NotRotating(key)) => return Ok(nothing_to_end(portal, &key)),
        Err(error) => return Err(error.into()),
    };
    Ok(page::redirect(portal, &format!("/api-keys/{key_id}"), Some(flash)))
}

/// The same form twice finds no rotation any more, and has nothing to ask.
fn nothing_to_end(portal: &Portal, key: &ApiKey) -> HttpResponse {
    let words = format!("{}: No rotation is going on, so nothing was changed.", key.client_id);
    page::redirect(portal, &format!("/api-keys/{}", key.key_id), Some(Flash::warn(words)))
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key_id: String,
    end: End,
    status: StatusCode,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let known = evidence::read(portal, uses, who, &key_id).await?;
    let (shown, now, here) = (known.shown, known.usage.now, who.here(known.usage.now));
    let key = &shown.listed.key;
    if end == End::Cancel {
        who.actor.require_to_give_all(&shown.grants)?;
    }
    let mut working = secrets::views(&shown.secrets, &known.secrets, &known.usage, key.status(now, true), here)
        .into_iter()
        .filter(|secret| !matches!(secret.state, SecretState::Ended { .. }));
    let (Some(current), Some(retiring)) = (working.next(), working.next()) else {
        return Ok(nothing_to_end(portal, key));
    };
    let page = RotationPage {
        shell: Shell::new(req, portal, who),
        list: overview::behind(portal, who).await?,
        version: key.version,
        key: RowView::new(shown.listed, who, now),
        end,
        current,
        retiring,
        as_of: here.moment(now),
        token_minutes: known.tenant.access_token_minutes(),
        stale: status == StatusCode::CONFLICT,
    };
    page::html(req, portal, status, &page)
}
