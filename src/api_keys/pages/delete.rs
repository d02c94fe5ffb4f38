//! `/api-keys/{key id}/delete`: what hangs on the key, what will stop working, that it cannot be undone, "Delete" and "Close".

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions;
use crate::api_keys::problem::ConfirmProblem;
use crate::usage::{KeyUsage, Recorder, Standing};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Here, Moment, Shell};
use crate::web::{Error, Portal};

use super::evidence::{self, Evidence, UseView};
use super::overview::{self, ListView, RowView};

/// Addresses that are named one by one.
const NAMED: usize = 3;

/// What hangs on the key.
#[derive(Debug)]
struct EvidenceView {
    as_of: Moment,
    /// From when on 24 hours are counted.
    since: Moment,
    last: Option<UseView>,
    /// Used within 24 hours.
    in_use: bool,
    /// `4,812 times`: in 24 hours, or in 30 days.
    times: String,
    /// `2 addresses`
    addresses: Option<String>,
    /// Which, where they are few.
    named: Vec<String>,
}

impl EvidenceView {
    fn new(usage: KeyUsage, here: Here<'_>) -> Self {
        let now = usage.now;
        let in_use = usage.standing() == Standing::InUse;
        let (calls, addresses) = if in_use {
            (usage.accepted_in_24_hours(), usage.addresses_in_24_hours())
        } else {
            (usage.accepted_in_30_days(), usage.addresses_in_30_days())
        };
        let few = addresses.known.len() <= NAMED && !addresses.others;
        Self {
            as_of: here.moment(now),
            since: here.moment(usage.first_hour()),
            in_use,
            times: evidence::times(calls),
            addresses: evidence::addresses(&addresses),
            named: if few { addresses.known } else { Vec::new() },
            last: usage.last.map(|last| UseView::new(last, here)),
        }
    }
}

#[derive(Template)]
#[template(path = "api_keys/delete.html")]
struct DeletePage {
    shell: Shell,
    list: ListView,
    key: RowView,
    disabled: bool,
    /// Whether it was used within 30 days.
    used: bool,
    /// How long a token lives, in minutes.
    token_minutes: i64,
    evidence: EvidenceView,
    typed: String,
    problem: Option<ConfirmProblem>,
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
    view(&req, &portal, &uses, &who, &path, StatusCode::OK, String::new(), None).await
}

/// "Delete". A second click finds the key dead and says so.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let key_id = path.into_inner();
    let typed = form.0.get("confirm").map(str::to_owned);
    // What was used a moment ago counts too.
    evidence::write(&portal, &uses, &who, &key_id).await??;
    let (id, text) = (key_id.clone(), typed.clone().unwrap_or_default());
    let deleted = who.write(&req, &portal, move |tx, act| actions::delete_confirmed(tx, act, &id, &text)).await?;
    let flash = match deleted {
        Ok(key) => Flash::ok(format!("{} is deleted.", key.client_id)),
        Err(ApiKeyError::AlreadyDeleted(deleted)) => {
            Flash::warn(format!("{} was deleted before.", deleted.key.client_id))
        }
        Err(ApiKeyError::NotConfirmed) => {
            let problem = match typed.as_deref().map(str::trim) {
                None => ConfirmProblem::UsedMeanwhile,
                Some("") => ConfirmProblem::Empty,
                Some(_) => ConfirmProblem::Different,
            };
            let (status, typed) = (StatusCode::UNPROCESSABLE_ENTITY, typed.unwrap_or_default());
            return view(&req, &portal, &uses, &who, &key_id, status, typed, Some(problem)).await;
        }
        Err(error) => return Err(error.into()),
    };
    Ok(page::redirect(&portal, "/api-keys", Some(flash)))
}

#[expect(clippy::too_many_arguments, reason = "what the two ways to this page have in common")]
async fn view(
    req: &HttpRequest,
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key_id: &str,
    status: StatusCode,
    typed: String,
    problem: Option<ConfirmProblem>,
) -> Result<HttpResponse, Error> {
    let Evidence { shown, usage, tenant, .. } = evidence::read(portal, uses, who, key_id).await?;
    let list = overview::behind(portal, who).await?;
    let here = who.here(usage.now);
    let page = DeletePage {
        shell: Shell::new(req, portal, who),
        list,
        disabled: shown.listed.key.disabled_at.is_some(),
        key: RowView::new(shown.listed, who, usage.now),
        used: usage.standing() != Standing::Quiet,
        token_minutes: tenant.access_token_minutes(),
        evidence: EvidenceView::new(usage, here),
        typed,
        problem,
    };
    page::html(req, portal, status, &page)
}

impl DeletePage {
    /// The client id as a regular expression, for the browser's own check. Spaces around it are forgiven.
    fn pattern(&self) -> String {
        format!("\\s*{}\\s*", self.key.client_id.replace('.', "\\."))
    }
}
