//! `/api-keys/new`, the step "Create". Its answer is the step "Credential", once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, NewApiKey};
use crate::api_keys::client_id::{ClientId, Name};
use crate::api_keys::problem::{ClientIdProblem, NameProblem};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::base::base62;
use crate::base::clock::Timestamp;
use crate::base::random;
use crate::tenants::{self, Tenant};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::credential;
use super::overview::{self, ListView};

/// Lives that are offered, in days.
const PRESETS: [i64; 4] = [30, 90, 180, 365];
/// Characters of the form's id: 131 bits.
const INTENT: usize = 22;

#[derive(Debug, Default)]
struct CreateForm {
    client_id: String,
    name: String,
    expiry: String,
    intent: String,
}

#[derive(Debug, Default)]
struct CreateErrors {
    client_id: Option<ClientIdProblem>,
    name: Option<NameProblem>,
    expiry: bool,
}

impl CreateErrors {
    fn count(&self) -> usize {
        usize::from(self.client_id.is_some()) + usize::from(self.name.is_some()) + usize::from(self.expiry)
    }
}

/// A life that is offered.
#[derive(Debug)]
pub(super) struct PresetView {
    pub days: i64,
    pub label: String,
    pub until: String,
    pub selected: bool,
}

#[derive(Template)]
#[template(path = "api_keys/create.html")]
struct CreatePage {
    shell: Shell,
    list: ListView,
    form: CreateForm,
    errors: CreateErrors,
    presets: Vec<PresetView>,
}

#[derive(Template)]
#[template(path = "api_keys/already_created.html")]
struct AlreadyCreatedPage {
    shell: Shell,
    list: ListView,
    key_id: String,
    client_id: String,
    created: Moment,
    deleted: bool,
}

/// The empty form, with an id that is good for one key.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let tenant = tenant(&portal, &who).await?;
    let intent = random::base62(&*portal.entropy, INTENT);
    let form = CreateForm { expiry: tenant.default_key_days.to_string(), intent, ..CreateForm::default() };
    view(&req, &portal, &who, &tenant, StatusCode::OK, form, CreateErrors::default()).await
}

/// Makes the key and shows its secret: in this answer, and nowhere else ever.
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let Form(pairs) = form;
    let form = CreateForm {
        client_id: pairs.text("client_id"),
        name: pairs.text("name"),
        expiry: pairs.text("expiry"),
        intent: pairs.text("intent"),
    };
    if form.intent.len() != INTENT || !base62::is_base62(&form.intent) {
        return Err(Error::bad_request("This form is incomplete. Open “Add an API key” again."));
    }
    let tenant = tenant(&portal, &who).await?;
    let new = match parse(&form, &tenant, &portal.settings.environment) {
        Ok(new) => new,
        Err(errors) => return view(&req, &portal, &who, &tenant, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await,
    };
    match who.write(&req, &portal, move |tx, act| actions::create(tx, act, &new)).await? {
        Ok(created) => credential::view(&req, &portal, &who, &tenant, created, false).await,
        Err(ApiKeyError::AlreadyCreated(key)) => already_created(&req, &portal, &who, *key).await,
        Err(ApiKeyError::ClientIdTaken) => {
            let errors = CreateErrors { client_id: Some(ClientIdProblem::Taken), ..CreateErrors::default() };
            view(&req, &portal, &who, &tenant, StatusCode::CONFLICT, form, errors).await
        }
        Err(ApiKeyError::LivesTooLong(_)) => {
            let errors = CreateErrors { expiry: true, ..CreateErrors::default() };
            view(&req, &portal, &who, &tenant, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

fn parse(form: &CreateForm, tenant: &Tenant, environment: &str) -> Result<NewApiKey, CreateErrors> {
    let client_id = ClientId::parse(&form.client_id);
    let name = Name::parse(&form.name, form.client_id.trim());
    let days = offered(tenant).into_iter().find(|days| days.to_string() == form.expiry);
    match (client_id, name, days) {
        (Ok(client_id), Ok(name), Some(days)) => {
            Ok(NewApiKey { client_id, name, environment: environment.to_owned(), days, intent: form.intent.clone() })
        }
        (client_id, name, days) => {
            Err(CreateErrors { client_id: client_id.err(), name: name.err(), expiry: days.is_none() })
        }
    }
}

/// The presets that the tenant allows.
pub(super) fn offered(tenant: &Tenant) -> Vec<i64> {
    PRESETS.into_iter().filter(|days| tenant.longest_key_days.is_none_or(|longest| *days <= longest)).collect()
}

async fn tenant(portal: &Portal, who: &SignedIn) -> Result<Tenant, Error> {
    let scope = who.actor.tenant;
    Ok(portal.db.read(move |conn| tenants::by_id(conn, scope)).await?)
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    tenant: &Tenant,
    status: StatusCode,
    form: CreateForm,
    errors: CreateErrors,
) -> Result<HttpResponse, Error> {
    let presets = presets(tenant, &form.expiry, portal.clock.now());
    let list = overview::behind(portal, who).await?;
    page::html(req, portal, status, &CreatePage { shell: Shell::new(req, portal, who), list, form, errors, presets })
}

pub(super) fn presets(tenant: &Tenant, chosen: &str, now: Timestamp) -> Vec<PresetView> {
    let preset = |days: i64| PresetView {
        days,
        label: format!("{days} days"),
        until: Moment::new(now.plus_days(days), now).date,
        selected: days.to_string() == chosen,
    };
    offered(tenant).into_iter().map(preset).collect()
}

/// The form was sent again: by a reload, a double click, a replay.
async fn already_created(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    key: ApiKey,
) -> Result<HttpResponse, Error> {
    let list = overview::behind(portal, who).await?;
    let page = AlreadyCreatedPage {
        shell: Shell::new(req, portal, who),
        list,
        created: Moment::new(key.created_at, portal.clock.now()),
        deleted: key.deleted_at.is_some(),
        key_id: key.key_id,
        client_id: key.client_id,
    };
    page::html(req, portal, StatusCode::CONFLICT, &page)
}
