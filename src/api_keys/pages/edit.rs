//! `/api-keys/{key id}/edit`: the panel "View or edit": everything about a key that can be changed.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, Edit, Shown};
use crate::api_keys::problem::KeyProblem;
use crate::grants::form::GrantRow;
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::fields::{self, FieldsView, KeyFields, LIMIT, Terms};
use super::overview::{self, ListView, RowView};

/// What is in the form.
#[derive(Debug)]
struct EditForm {
    fields: KeyFields,
    version: i64,
    /// Whether the page says how the key is now: somebody else saved meanwhile, or had done so when the form came back.
    beside: bool,
    /// The person asked for the form as it is, with other rows or with the words.
    again: bool,
}

#[derive(Template)]
#[template(path = "api_keys/edit.html")]
struct EditPage {
    shell: Shell,
    list: ListView,
    key: RowView,
    version: i64,
    fields: FieldsView,
}

impl EditForm {
    fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            fields: KeyFields::of_pairs(pairs),
            version: pairs.text("version").parse().unwrap_or_default(),
            beside: pairs.get("beside").is_some(),
            again: false,
        }
    }

    /// "Add them to mine": what the key holds now and no row has.
    fn takes_the_grants_of(&mut self, shown: &Shown) {
        let rows = &mut self.fields.rows;
        rows.retain(|row| !row.is_empty());
        let others: Vec<GrantRow> = shown.grants.iter().map(GrantRow::from).filter(|row| !rows.contains(row)).collect();
        rows.extend(others);
    }

    fn parse(&self, shown: &Shown, terms: Terms<'_>) -> Result<Edit, Vec<KeyProblem>> {
        let parsed = self.fields.parse(&shown.listed.key.client_id, terms)?;
        Ok(Edit {
            name: parsed.name,
            wanted: parsed.wanted,
            tags: parsed.tags,
            expiry: parsed.expiry,
            allowed_addresses: parsed.allowed_addresses,
            rate_limits: parsed.rate_limits,
            version: self.version,
        })
    }
}

/// The panel.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let shown = living(&portal, &who, path.into_inner()).await?;
    let fields = KeyFields::of_key(&shown, &who.time_zone);
    let form = EditForm { fields, version: shown.listed.key.version, beside: false, again: false };
    view(&req, &portal, &who, StatusCode::OK, shown, form, Vec::new()).await
}

/// "Update API key", or one of the buttons that ask for the form again.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form<LIMIT>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (key_id, Form(pairs)) = (path.into_inner(), form);
    let (mut form, action) = (EditForm::of_pairs(&pairs), pairs.text("action"));
    let shown = living(&portal, &who, key_id.clone()).await.map_err(|error| error.keeping(form.fields.in_words()))?;
    if action == "take-grants" {
        form.takes_the_grants_of(&shown);
    }
    if form.fields.rearrange(&action) || ["preview", "take-grants"].contains(&action.as_str()) {
        form.again = true;
        return view(&req, &portal, &who, StatusCode::OK, shown, form, Vec::new()).await;
    }
    let tenant = fields::offer(&portal, &who).await?.tenant;
    let (now, present) = (portal.clock.now(), Some(shown.listed.key.expires_at));
    let edit = match form.parse(&shown, Terms { tenant: &tenant, zone: &who.time_zone, now, present }) {
        Ok(edit) => edit,
        Err(problems) => {
            return view(&req, &portal, &who, StatusCode::UNPROCESSABLE_ENTITY, shown, form, problems).await;
        }
    };
    let id = key_id.clone();
    let (status, problem) = match who.write(&req, &portal, move |tx, act| actions::edit(tx, act, &id, &edit)).await? {
        Ok(key) => {
            let flash = Flash::ok(format!("{} is updated.", key.client_id));
            return Ok(page::redirect(&portal, &format!("/api-keys/{key_id}"), Some(flash)));
        }
        Err(ApiKeyError::Stale(_)) => (StatusCode::CONFLICT, KeyProblem::Stale),
        Err(error) => fields::problem_of(error, &form.fields.rows)
            .map_err(|error| Error::from(error).keeping(form.fields.in_words()))?,
    };
    let shown = living(&portal, &who, key_id).await.map_err(|error| error.keeping(form.fields.in_words()))?;
    if problem == KeyProblem::Stale {
        (form.version, form.beside) = (shown.listed.key.version, true);
    }
    view(&req, &portal, &who, status, shown, form, vec![problem]).await
}

/// The key with everything; one that is deleted is 410.
async fn living(portal: &Portal, who: &SignedIn, key_id: String) -> Result<Shown, Error> {
    let actor = who.actor.clone();
    Ok(portal.db.read(move |conn| actions::show_to_change(conn, &actor, &key_id)).await?)
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    shown: Shown,
    form: EditForm,
    problems: Vec<KeyProblem>,
) -> Result<HttpResponse, Error> {
    let (offer, now) = (fields::offer(portal, who).await?, portal.clock.now());
    let (key, zone) = (&shown.listed.key, &who.time_zone);
    let (looks, times) = ((&who.actor, zone), (now, Some(key.expires_at)));
    let fields = FieldsView::new(key.client_id.clone(), form.fields, offer, looks, times, problems);
    let fields = FieldsView { again: form.again, ..fields };
    let fields = if form.beside {
        let (actor, key) = (who.actor.clone(), key.clone());
        let change = portal.db.read(move |conn| actions::last_change_of(conn, &actor, &key)).await?;
        fields.beside(&shown, change, &who.actor, who.here(now))
    } else {
        fields
    };
    let list = overview::behind(portal, who).await?;
    let shell = Shell::new(req, portal, who);
    let page = EditPage { shell, list, version: form.version, fields, key: RowView::new(shown.listed, who, now) };
    page::html(req, portal, status, &page)
}
