//! `/api-keys/new`, the step "Create". Its answer is the step "Credential", once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, NewApiKey};
use crate::api_keys::client_id::ClientId;
use crate::api_keys::problem::{ClientIdProblem, KeyProblem};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::base::base62;
use crate::base::random;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::credential;
use super::evidence;
use super::fields::{self, FieldsView, KeyFields, LIMIT, Offer, Terms};
use super::overview::{self, ListView};

/// Characters of the form's id: 131 bits.
const INTENT: usize = 22;

#[derive(Debug)]
struct CreateForm {
    client_id: String,
    fields: KeyFields,
    intent: String,
    /// The person asked for the form as it is, with other rows or with the words.
    again: bool,
}

#[derive(Template)]
#[template(path = "api_keys/create.html")]
struct CreatePage {
    shell: Shell,
    list: ListView,
    intent: String,
    fields: FieldsView,
}

#[derive(Template)]
#[template(path = "api_keys/already_created.html")]
struct AlreadyCreatedPage {
    shell: Shell,
    list: ListView,
    key_id: String,
    client_id: String,
    created: Moment,
    version: i64,
    deleted: bool,
    /// Alive, and no call with it is known: another secret for it breaks nothing.
    unused: bool,
}

impl CreateForm {
    fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            client_id: pairs.text("client_id"),
            fields: KeyFields::of_pairs(pairs),
            intent: pairs.text("intent"),
            again: false,
        }
    }

    fn parse(&self, terms: Terms<'_>, environment: &str) -> Result<NewApiKey, Vec<KeyProblem>> {
        let parsed = self.fields.parse(self.client_id.trim(), terms);
        match (ClientId::parse(&self.client_id), parsed) {
            (Ok(client_id), Ok(parsed)) => Ok(NewApiKey {
                client_id,
                name: parsed.name,
                environment: environment.to_owned(),
                expiry: parsed.expiry,
                wanted: parsed.wanted,
                tags: parsed.tags,
                allowed_addresses: parsed.allowed_addresses,
                rate_limits: parsed.rate_limits,
                intent: self.intent.clone(),
            }),
            (client_id, parsed) => {
                let client_id = client_id.err().map(KeyProblem::ClientId);
                Err(client_id.into_iter().chain(parsed.err().unwrap_or_default()).collect())
            }
        }
    }
}

/// The empty form, with an id that is good for one key.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let offer = fields::offer(&portal, &who).await?;
    let intent = random::base62(&*portal.entropy, INTENT);
    let form = CreateForm { client_id: String::new(), fields: KeyFields::blank(&offer.tenant), intent, again: false };
    view(&req, &portal, &who, offer, StatusCode::OK, form, Vec::new()).await
}

/// Makes the key and shows its secret: in this answer, and nowhere else ever. Or adds a row, takes one out, says what the key
/// will be able to do.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    form: Form<LIMIT>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let Form(pairs) = form;
    let (mut form, action) = (CreateForm::of_pairs(&pairs), pairs.text("action"));
    if form.intent.len() != INTENT || !base62::is_base62(&form.intent) {
        return Err(Error::bad_request("This form is incomplete. Open “Add an API key” again."));
    }
    let offer = fields::offer(&portal, &who).await?;
    if form.fields.rearrange(&action) || action == "preview" {
        form.again = true;
        return view(&req, &portal, &who, offer, StatusCode::OK, form, Vec::new()).await;
    }
    let terms = Terms { tenant: &offer.tenant, zone: &who.time_zone, now: portal.clock.now(), present: None };
    let new = match form.parse(terms, &portal.settings.environment) {
        Ok(new) => new,
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return view(&req, &portal, &who, offer, status, form, problems).await;
        }
    };
    let (status, problem) = match who.write(&req, &portal, move |tx, act| actions::create(tx, act, &new)).await? {
        Ok(created) => return credential::view(&req, &portal, &who, &offer.tenant, created, false).await,
        Err(ApiKeyError::AlreadyCreated(key)) => return already_created(&req, &portal, &uses, &who, *key).await,
        Err(ApiKeyError::ClientIdTaken) => (StatusCode::CONFLICT, KeyProblem::ClientId(ClientIdProblem::Taken)),
        Err(ApiKeyError::ClientIdKept(users)) => {
            (StatusCode::CONFLICT, KeyProblem::ClientId(ClientIdProblem::Kept { users: users.join(", ") }))
        }
        Err(error) => fields::problem_of(error, &form.fields.rows)?,
    };
    view(&req, &portal, &who, offer, status, form, vec![problem]).await
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    offer: Offer,
    status: StatusCode,
    form: CreateForm,
    problems: Vec<KeyProblem>,
) -> Result<HttpResponse, Error> {
    let CreateForm { client_id, fields, intent, again } = form;
    let (looks, times) = ((&who.actor, &who.time_zone), (portal.clock.now(), None));
    let page = CreatePage {
        list: overview::behind(portal, who).await?,
        shell: Shell::new(req, portal, who),
        intent,
        fields: FieldsView { again, ..FieldsView::new(client_id, fields, offer, looks, times, problems) },
    };
    page::html(req, portal, status, &page)
}

impl CreatePage {
    fn client_id_problem(&self) -> Option<&ClientIdProblem> {
        self.fields.problems.iter().find_map(|problem| match problem {
            KeyProblem::ClientId(wrong) => Some(wrong),
            _ => None,
        })
    }
}

/// The form was sent again: by a reload, a double click, a replay.
async fn already_created(
    req: &HttpRequest,
    portal: &Portal,
    uses: &Recorder,
    who: &SignedIn,
    key: ApiKey,
) -> Result<HttpResponse, Error> {
    let known = evidence::look(portal, uses, who, &key.key_id).await?;
    let list = overview::behind(portal, who).await?;
    let page = AlreadyCreatedPage {
        shell: Shell::new(req, portal, who),
        list,
        created: who.here(portal.clock.now()).moment(key.created_at),
        version: key.version,
        deleted: key.deleted_at.is_some(),
        unused: key.deleted_at.is_none() && known.is_all && known.usage.first.is_none(),
        key_id: key.key_id,
        client_id: key.client_id,
    };
    page::html(req, portal, StatusCode::CONFLICT, &page)
}
