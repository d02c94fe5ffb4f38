//! `/settings`: all of them, and the form of the rules for keys.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::settings::SettingsError;
use crate::settings::actions;
use crate::settings::problem::SettingsProblem;
use crate::settings::rules::Typed;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::view::{Given, SettingsView, StageView};

#[derive(Template)]
#[template(path = "settings/overview.html")]
struct SettingsPage {
    shell: Shell,
    view: SettingsView,
}

/// The page.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    page(&req, &portal, &who, StatusCode::OK, Given::Nothing).await
}

/// "Save".
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    let typed = Typed::of_pairs(&form.0);
    // A form without its version is one of no version.
    let version = form.0.text("version").parse().unwrap_or_default();
    let rules = match typed.parse() {
        Ok(rules) => rules,
        Err(problems) => {
            let given = Given::Keys { typed, version, problems };
            return page(&req, &portal, &who, StatusCode::UNPROCESSABLE_ENTITY, given).await;
        }
    };
    match who.write(&req, &portal, move |tx, act| actions::change(tx, act, &rules, version)).await? {
        Ok(()) => Ok(page::redirect(&portal, "/settings", Some(Flash::ok("The settings are saved.")))),
        Err(SettingsError::Stale) => {
            let given = Given::Keys { typed, version, problems: vec![SettingsProblem::Stale] };
            page(&req, &portal, &who, StatusCode::CONFLICT, given).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page, also with what was typed and what is wrong with it.
pub(super) async fn page(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    given: Given,
) -> Result<HttpResponse, Error> {
    let view = SettingsView::read(portal, who, given).await?;
    page::html(req, portal, status, &SettingsPage { shell: Shell::new(req, portal, who), view })
}
