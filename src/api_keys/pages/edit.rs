//! `/api-keys/{key id}/edit`: the panel "View or edit": the name, what the key may do, and when it ends.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Permission, ResourcePath};
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, Edit, Shown};
use crate::api_keys::client_id::Name;
use crate::api_keys::problem::{EditProblem, NameProblem};
use crate::grants::GrantsError;
use crate::grants::form::{self, Choice, GrantRow, MOST_RESOURCES, RowsView};
use crate::roles::Role;
use crate::tenants::{self, Tenant};
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};
use crate::{resources, roles};

use super::create::{PresetView, offered, presets};
use super::detail::GrantView;
use super::overview::{self, ListView, RowView};

/// The end stays as it is.
const KEEP: &str = "keep";

/// What is in the form.
#[derive(Debug)]
struct EditForm {
    name: String,
    rows: Vec<GrantRow>,
    expiry: String,
    version: i64,
}

/// What there is to choose from.
struct Offer {
    tenant: Tenant,
    roles: Vec<Role>,
    paths: Vec<ResourcePath>,
}

#[derive(Template)]
#[template(path = "api_keys/edit.html")]
struct EditPage {
    shell: Shell,
    list: ListView,
    key: RowView,
    form: EditForm,
    rows: RowsView,
    presets: Vec<PresetView>,
    problems: Vec<EditProblem>,
    /// What it holds now, where somebody else saved meanwhile.
    now: Option<Vec<GrantView>>,
}

impl EditForm {
    fn of_key(shown: &Shown) -> Self {
        Self {
            name: shown.listed.key.name.clone(),
            rows: shown.grants.iter().map(GrantRow::from).collect(),
            expiry: KEEP.to_owned(),
            version: shown.listed.key.version,
        }
    }

    fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            name: pairs.text("name").trim().to_owned(),
            rows: form::rows_of(pairs),
            expiry: pairs.text("expiry"),
            version: pairs.text("version").parse().unwrap_or_default(),
        }
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
    let form = EditForm::of_key(&shown);
    view(&req, &portal, &who, StatusCode::OK, shown, form, Vec::new()).await
}

/// "Update API key", or one of the buttons that add a row or take one out.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form<65_536>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (key_id, Form(pairs)) = (path.into_inner(), form);
    let shown = living(&portal, &who, key_id.clone()).await?;
    let mut form = EditForm::of_pairs(&pairs);
    if form::rearrange(&mut form.rows, &pairs.text("action")) {
        return view(&req, &portal, &who, StatusCode::OK, shown, form, Vec::new()).await;
    }
    let tenant = tenant(&portal, &who).await?;
    let edit = match parse(&form, &shown, &tenant) {
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
        Err(ApiKeyError::Stale(now)) => {
            form.version = now.version;
            (StatusCode::CONFLICT, EditProblem::Stale)
        }
        Err(ApiKeyError::LivesTooLong(_)) => (StatusCode::CONFLICT, EditProblem::Expiry),
        Err(ApiKeyError::Grants(error)) => {
            let status = match error {
                GrantsError::CannotGive(_) => StatusCode::FORBIDDEN,
                _ => StatusCode::CONFLICT,
            };
            match form::refused_row(&form.rows, &error) {
                Some((number, problem)) => (status, EditProblem::Row { number, problem }),
                None => return Err(ApiKeyError::Grants(error).into()),
            }
        }
        Err(error) => return Err(error.into()),
    };
    let shown = living(&portal, &who, key_id).await?;
    view(&req, &portal, &who, status, shown, form, vec![problem]).await
}

fn parse(form: &EditForm, shown: &Shown, tenant: &Tenant) -> Result<Edit, Vec<EditProblem>> {
    let (name, wanted) = (Name::parse(&form.name, &shown.listed.key.client_id), form::wanted(&form.rows));
    let days = if form.expiry == KEEP {
        Ok(None)
    } else {
        offered(tenant).into_iter().find(|days| days.to_string() == form.expiry).map(Some).ok_or(EditProblem::Expiry)
    };
    match (name, wanted, days) {
        (Ok(name), Ok(wanted), Ok(days)) => Ok(Edit { name, wanted, days, version: form.version }),
        (name, wanted, days) => {
            let rows = wanted.err().unwrap_or_default().into_iter();
            let rows = rows.map(|(number, problem)| EditProblem::Row { number, problem });
            Err(name.err().map(EditProblem::Name).into_iter().chain(rows).chain(days.err()).collect())
        }
    }
}

/// The key with everything, unless it is deleted.
async fn living(portal: &Portal, who: &SignedIn, key_id: String) -> Result<Shown, Error> {
    let actor = who.actor.clone();
    let shown = portal.db.read(move |conn| actions::show(conn, &actor, &key_id)).await?;
    if shown.listed.key.deleted_at.is_some() { Err(Error::not_found()) } else { Ok(shown) }
}

async fn tenant(portal: &Portal, who: &SignedIn) -> Result<Tenant, Error> {
    let scope = who.actor.tenant;
    Ok(portal.db.read(move |conn| tenants::by_id(conn, scope)).await?)
}

async fn offer(portal: &Portal, who: &SignedIn) -> Result<Offer, Error> {
    let scope = who.actor.tenant;
    let read = move |conn: &mut crate::db::Conn| {
        let nodes = resources::first(conn, scope, MOST_RESOURCES + 1)?;
        let paths = nodes.into_iter().map(|node| node.path).collect();
        Ok::<_, crate::db::Error>(Offer {
            tenant: tenants::by_id(conn, scope)?,
            roles: roles::all(conn, scope)?,
            paths,
        })
    };
    Ok(portal.db.read(read).await?)
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    shown: Shown,
    form: EditForm,
    problems: Vec<EditProblem>,
) -> Result<HttpResponse, Error> {
    let offer = offer(portal, who).await?;
    let now = portal.clock.now();
    let actor = &who.actor;
    let givable = |role: &&Role| actor.may_give_somewhere(&role.on(&actor.root));
    let (offered, others): (Vec<&Role>, Vec<&Role>) = offer.roles.iter().partition(givable);
    let choices = |roles: Vec<&Role>| {
        roles.into_iter().map(|role| Choice { value: role.slug.clone(), label: role.name.clone() }).collect()
    };
    // Nothing can be given where one manages no keys.
    let mut paths = offer.paths.clone();
    paths.retain(|path| actor.may(Permission::ManageApiKeys, path));
    let mut rows = RowsView::new(form.rows.clone(), choices(offered), choices(others), &actor.root, &paths);
    let row = |problem: &EditProblem| match problem {
        EditProblem::Row { number, problem } => Some((*number, problem.clone())),
        _ => None,
    };
    rows.problems = problems.iter().filter_map(row).collect();
    let list = overview::behind(portal, who).await?;
    let page = EditPage {
        shell: Shell::new(req, portal, who),
        list,
        presets: presets(&offer.tenant, &form.expiry, now),
        rows,
        form,
        now: problems.contains(&EditProblem::Stale).then(|| shown.grants.into_iter().map(GrantView::from).collect()),
        problems,
        key: RowView::new(shown.listed, &who.actor.root, now),
    };
    page::html(req, portal, status, &page)
}

impl EditPage {
    fn name_problem(&self) -> Option<NameProblem> {
        self.problems.iter().find_map(|problem| match problem {
            EditProblem::Name(wrong) => Some(*wrong),
            _ => None,
        })
    }
}
