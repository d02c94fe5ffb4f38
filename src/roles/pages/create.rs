//! `/roles/new`: a role of the organization's own, empty or as a copy of another one.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Actor, Permission};
use crate::roles::definition::LONGEST_NAME;
use crate::roles::problem::{Problems, SlugProblem};
use crate::roles::{Role, RoleError, Slug, actions};
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::form::{GroupView, LIMIT, RoleForm, groups};
use super::overview;

#[derive(Template)]
#[template(path = "roles/create.html")]
struct CreatePage {
    shell: Shell,
    form: RoleForm,
    problems: Problems,
    groups: Vec<GroupView>,
}

/// The form, empty or filled in from the role that `?copy=` names.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageRoles)?;
    let form = match Pairs::of_query(&req)?.take("copy") {
        Some(slug) => {
            let actor = who.actor.clone();
            copy_of(&portal.db.read(move |conn| actions::show(conn, &actor, &slug)).await?.role, &who.actor)
        }
        None => RoleForm::default(),
    };
    view(&req, &portal, &who, StatusCode::OK, form, Problems::default())
}

/// Makes the role.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    form: Form<LIMIT>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageRoles)?;
    let Form(pairs) = form;
    let mut form = RoleForm::of(&pairs);
    if let Some(button) = pairs.get("action") {
        form.press(button, &who.actor)?;
        return view(&req, &portal, &who, StatusCode::OK, form, Problems::default());
    }
    if form.slug.trim().is_empty() {
        // Where the proposal is refused it is shown, to be changed.
        form.slug = Slug::propose(&form.name);
    }
    let (slug, definition) = match (Slug::parse(&form.slug), form.parse()) {
        (Ok(slug), Ok(definition)) => (slug, definition),
        (slug, definition) => {
            let mut problems = definition.err().unwrap_or_default();
            // Without a name nothing can be proposed: that is one problem, not two.
            problems.slug = slug.err().filter(|slug| *slug != SlugProblem::Empty || problems.name.is_none());
            return view(&req, &portal, &who, StatusCode::UNPROCESSABLE_ENTITY, form, problems);
        }
    };
    let problems = match who.write(&req, &portal, move |tx, act| actions::create(tx, act, &slug, &definition)).await? {
        Ok(role) => {
            let flash = Flash::ok(format!("{} is created.", role.name));
            return Ok(page::redirect(&portal, overview::PATH, Some(flash)));
        }
        Err(RoleError::SlugTaken) => Problems { slug: Some(SlugProblem::Taken), ..Problems::default() },
        Err(RoleError::Full(most)) => Problems { full: Some(most), ..Problems::default() },
        Err(error) => return Err(error.into()),
    };
    view(&req, &portal, &who, StatusCode::CONFLICT, form, problems)
}

/// What the person who copies does not hold is left out, and so is the mark: to let others give a role is decided anew.
fn copy_of(role: &Role, actor: &Actor) -> RoleForm {
    let mut form = RoleForm::showing(role);
    form.ticked = form.ticked.iter().filter(|permission| actor.may(*permission, &actor.root)).collect();
    let name = format!("Copy of {}", role.name).chars().take(LONGEST_NAME).collect();
    RoleForm { name, slug: String::new(), assignable: false, version: String::new(), ..form }
}

fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    form: RoleForm,
    problems: Problems,
) -> Result<HttpResponse, Error> {
    let groups = groups(form.ticked, &who.actor);
    page::html(req, portal, status, &CreatePage { shell: Shell::new(req, portal, who), form, problems, groups })
}
