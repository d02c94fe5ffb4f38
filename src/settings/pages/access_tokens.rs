//! `/settings/access-tokens`: the form of the rules for access tokens, on the page of all settings.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::access::Permission;
use crate::settings::SettingsError;
use crate::settings::actions;
use crate::settings::problem::TokenProblem;
use crate::settings::token_rules::TypedTokens;
use crate::signing_keys::SigningKeyError;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Moment};
use crate::web::{Error, Portal};

use super::overview;
use super::view::Given;

/// Twenty audiences of a thousand letters, as forms encode them.
const LIMIT: usize = 65_536;

/// "Save access tokens".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    form: Form<LIMIT>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageSettings)?;
    let typed = TypedTokens::of_pairs(&form.0);
    // A form without its version is one of no version.
    let version = form.0.text("version").parse().unwrap_or_default();
    let (status, problems) = match typed.parse() {
        Err(problems) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Ok(rules) => {
            let change = who.write(&req, &portal, move |tx, act| actions::change_tokens(tx, act, &rules, version));
            match change.await? {
                Ok(rotated) => {
                    let zone = &who.time_zone;
                    let words = rotated.map_or_else(
                        || "The settings are saved.".to_owned(),
                        |new| {
                            let from = Moment::local(new.signs_from, portal.clock.now(), zone);
                            format!(
                                "The settings are saved. A new {} key begins to sign on {}.",
                                new.algorithm, from.exact
                            )
                        },
                    );
                    return Ok(page::redirect(&portal, "/settings", Some(Flash::ok(words))));
                }
                Err(SettingsError::Stale) => (StatusCode::CONFLICT, vec![TokenProblem::Stale]),
                Err(SettingsError::SigningKeys(SigningKeyError::UnderWay { from })) => {
                    let from = Moment::local(from, portal.clock.now(), &who.time_zone);
                    (StatusCode::CONFLICT, vec![TokenProblem::UnderWay { from }])
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    overview::page(&req, &portal, &who, status, Given::Tokens { typed, version, problems }).await
}
