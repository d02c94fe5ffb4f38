//! `/settings/signing-keys/rotate` and `/replace`: the next signing key, in turn or at once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Act, Permission};
use crate::db::Tx;
use crate::signing_keys::{self, AHEAD_SECONDS, MAY_BE_KEPT_SECONDS, Rotated, SigningKeyError};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::view::{Given, SettingsView, StageView};

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    InTurn,
    AtOnce,
}

type Verb = fn(&mut Tx<'_>, &Act, Option<&str>) -> Result<Rotated, SigningKeyError>;

#[derive(Template)]
#[template(path = "settings/signing_keys.html")]
struct RotatePage {
    shell: Shell,
    view: SettingsView,
    how: How,
    /// How long the new key is published before it signs, in minutes.
    ahead: i64,
    /// How long others may keep the published keys, in minutes.
    kept: i64,
    /// The keys were changed since the form was opened.
    stale: bool,
}

/// The overlay "Rotate".
pub async fn show_rotate(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    view(&req, &portal, &who, How::InTurn, StatusCode::OK).await
}

/// The overlay "Replace at once".
pub async fn show_replace(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    view(&req, &portal, &who, How::AtOnce, StatusCode::OK).await
}

/// "Rotate".
pub async fn rotate(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    submit(&req, &portal, &who, &form, How::InTurn).await
}

/// "Replace at once".
pub async fn replace(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    submit(&req, &portal, &who, &form, How::AtOnce).await
}

async fn submit(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    form: &Form,
    how: How,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    let Some(seen) = form.0.get("kid").map(str::to_owned) else {
        return Err(Error::bad_request("This form is incomplete. Open the settings again."));
    };
    let verb: Verb = match how {
        How::InTurn => signing_keys::rotate,
        How::AtOnce => signing_keys::replace,
    };
    let moment = |at| Moment::local(at, portal.clock.now(), &who.time_zone).exact;
    let flash = match who.write(req, portal, move |tx, act| verb(tx, act, Some(&seen))).await? {
        Ok(_) if how == How::AtOnce => {
            Flash::ok("A new key signs now. The keys before it are gone, and their tokens with them.")
        }
        Ok(rotated) => {
            Flash::ok(format!("A new key is published. It begins to sign on {}.", moment(rotated.signs_from)))
        }
        Err(SigningKeyError::UnderWay { from }) => Flash::warn(under_way(&moment(from))),
        Err(SigningKeyError::Stale) => return view(req, portal, who, how, StatusCode::CONFLICT).await,
        Err(error) => return Err(error.into()),
    };
    Ok(page::redirect(portal, "/settings", Some(flash)))
}

fn under_way(from: &str) -> String {
    format!(
        "A rotation is under way, so nothing was changed: the new key begins to sign on {from}. Rotate again after that."
    )
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    how: How,
    status: StatusCode,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    let view = SettingsView::read(portal, who, Given::Nothing).await?;
    if let (How::InTurn, Some(from)) = (how, &view.under_way) {
        return Ok(page::redirect(portal, "/settings", Some(Flash::warn(under_way(&from.exact)))));
    }
    let page = RotatePage {
        shell: Shell::new(req, portal, who),
        view,
        how,
        ahead: AHEAD_SECONDS / 60,
        kept: MAY_BE_KEPT_SECONDS / 60,
        stale: status == StatusCode::CONFLICT,
    };
    page::html(req, portal, status, &page)
}
