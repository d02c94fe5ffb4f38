//! `/roles/{slug}`: a form for whoever may change the role, and its facts for everybody else. A built-in role has no form.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::roles::actions::{self, Shown};
use crate::roles::problem::Problems;
use crate::roles::{Role, RoleError};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Shell};
use crate::web::{Error, Portal};

use super::form::{GroupView, LIMIT, RoleForm, groups, incomplete};
use super::holders::HoldersView;
use super::overview;

/// Holders of each kind who are named.
const NAMED: usize = 20;

#[derive(Template)]
#[template(path = "roles/edit.html")]
struct EditPage {
    shell: Shell,
    /// As it is stored, whatever is typed.
    slug: String,
    name: String,
    form: RoleForm,
    problems: Problems,
    groups: Vec<GroupView>,
    holders: HoldersView,
    /// How the role is now, where somebody changed it while the form was open.
    meanwhile: Option<MeanwhileView>,
}

#[derive(Debug)]
struct MeanwhileView {
    name: String,
    description: String,
    permissions: Vec<String>,
    assignable: bool,
}

#[derive(Template)]
#[template(path = "roles/view.html")]
struct ViewPage {
    shell: Shell,
    slug: String,
    name: String,
    description: String,
    built_in: bool,
    assignable: bool,
    groups: Vec<GroupView>,
    application: Vec<String>,
    /// What the reader lacks to change it.
    lacking: Option<Permission>,
    holders: HoldersView,
}

/// The form, or the facts.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (actor, slug) = (who.actor.clone(), path.into_inner());
    let shown = portal.db.read(move |conn| actions::show(conn, &actor, &slug)).await?;
    if shown.role.built_in.is_some() || shown.role.beyond(&who.actor).is_some() {
        return facts(&req, &portal, &who, shown);
    }
    let form = RoleForm::showing(&shown.role);
    view(&req, &portal, &who, shown, Filled::new(form, StatusCode::OK))
}

/// Saves it.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form<LIMIT>,
) -> Result<HttpResponse, Error> {
    let Form(pairs) = form;
    let (actor, slug) = (who.actor.clone(), path.into_inner());
    let asked = slug.clone();
    let shown = portal.db.read(move |conn| actions::show_own(conn, &actor, &asked)).await?;
    let mut form = RoleForm::of(&pairs);
    let opened: i64 = form.version.parse().map_err(|_| incomplete())?;
    if let Some(button) = pairs.get("action") {
        form.press(button, &who.actor)?;
        return view(&req, &portal, &who, shown, Filled::new(form, StatusCode::OK));
    }
    let definition = match form.parse() {
        Ok(definition) => definition,
        Err(problems) => {
            let filled = Filled { problems, ..Filled::new(form, StatusCode::UNPROCESSABLE_ENTITY) };
            return view(&req, &portal, &who, shown, filled);
        }
    };
    match who.write(&req, &portal, move |tx, act| actions::update(tx, act, &slug, opened, &definition)).await? {
        Ok(role) => {
            let what = if role.version == opened { "unchanged" } else { "updated" };
            Ok(page::redirect(&portal, overview::PATH, Some(Flash::ok(format!("{} is {what}.", role.name)))))
        }
        Err(RoleError::Stale(now)) => {
            // What is saved next replaces the version that this page shows.
            form.version = now.version.to_string();
            let shown = Shown { role: *now.clone(), ..shown };
            let filled =
                Filled { meanwhile: Some(MeanwhileView::new(*now)), ..Filled::new(form, StatusCode::CONFLICT) };
            view(&req, &portal, &who, shown, filled)
        }
        Err(error) => Err(error.into()),
    }
}

impl MeanwhileView {
    fn new(role: Role) -> Self {
        Self {
            permissions: role.permissions.words().map(str::to_owned).collect(),
            name: role.name,
            description: role.description,
            assignable: role.assignable,
        }
    }
}

/// The form as it goes back, with what there is to say about it.
struct Filled {
    status: StatusCode,
    form: RoleForm,
    problems: Problems,
    meanwhile: Option<MeanwhileView>,
}

impl Filled {
    fn new(form: RoleForm, status: StatusCode) -> Self {
        Self { status, form, problems: Problems::default(), meanwhile: None }
    }
}

fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    shown: Shown,
    filled: Filled,
) -> Result<HttpResponse, Error> {
    let Filled { status, form, problems, meanwhile } = filled;
    let page = EditPage {
        shell: Shell::new(req, portal, who),
        groups: groups(form.ticked, &who.actor),
        holders: HoldersView::new(shown.holders, &who.actor, NAMED),
        slug: shown.role.slug,
        name: shown.role.name,
        form,
        problems,
        meanwhile,
    };
    page::html(req, portal, status, &page)
}

fn facts(req: &HttpRequest, portal: &Portal, who: &SignedIn, shown: Shown) -> Result<HttpResponse, Error> {
    let Shown { role, holders } = shown;
    let page = ViewPage {
        shell: Shell::new(req, portal, who),
        groups: groups(role.permissions.portal, &who.actor),
        application: role.permissions.application.iter().map(ToString::to_string).collect(),
        lacking: role.beyond(&who.actor).filter(|_| role.built_in.is_none()),
        holders: HoldersView::new(holders, &who.actor, NAMED),
        built_in: role.built_in.is_some(),
        assignable: role.assignable,
        slug: role.slug,
        name: role.name,
        description: role.description,
    };
    page::html(req, portal, StatusCode::OK, &page)
}
