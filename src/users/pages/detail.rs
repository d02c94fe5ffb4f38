//! `/users/{user id}`: "User information", "User roles", "Additional actions".

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Act, Permission};
use crate::base::text::check_line;
use crate::invitations::Purpose;
use crate::users::actions::{self, Barred, Edit, Shown};
use crate::users::problem::UserProblem;
use crate::users::{LONGEST_NAME, UserError};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::overview::{RowView, in_words};
use super::roles_form::{self, Offer, RolesForm, RolesView};

/// What is in the form.
#[derive(Debug)]
struct EditForm {
    name: String,
    active: bool,
    roles: RolesForm,
}

/// A link under way.
#[derive(Debug)]
struct LinkView {
    is_reset: bool,
    sent: Moment,
    until: Moment,
}

#[derive(Template)]
#[template(path = "users/detail.html")]
struct DetailPage {
    shell: Shell,
    user: RowView,
    version: i64,
    name: String,
    active: bool,
    roles: RolesView,
    problems: Vec<UserProblem>,
    created: Moment,
    created_by: String,
    sessions: usize,
    link: Option<LinkView>,
    may_manage: bool,
    /// Everything that they hold now, in words.
    held: Vec<String>,
    barred: Option<String>,
    is_self: bool,
    mails: bool,
}

impl DetailPage {
    /// Whether there is anything to press.
    fn is_editable(&self) -> bool {
        self.may_manage && self.barred.is_none()
    }
}

/// The page.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let shown = read(&req, &portal, &who, path.into_inner()).await?;
    let offer = roles_form::offer(&portal, &who).await?;
    let form = EditForm {
        name: shown.listed.user.name.clone(),
        active: shown.listed.user.disabled_at.is_none(),
        roles: RolesForm::of_grants(&who.actor.root, &shown.listed.grants),
    };
    view(&req, &portal, &who, &offer, StatusCode::OK, shown, form, Vec::new())
}

/// "Save", or one of the buttons that only change the form.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form<65_536>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageUsers)?;
    let (Form(pairs), public_id) = (form, path.into_inner());
    let offer = roles_form::offer(&portal, &who).await?;
    let mut form = EditForm {
        name: pairs.text("name").trim().to_owned(),
        active: pairs.get("active").is_some(),
        roles: RolesForm::of_pairs(&pairs),
    };
    let (version, action) = (pairs.text("version").parse().unwrap_or_default(), pairs.text("action"));
    if form.roles.rearrange(&action, &who.actor, &offer) {
        let mut shown = read(&req, &portal, &who, public_id).await?;
        // What was changed meanwhile still counts as unseen.
        shown.listed.user.version = version;
        return view(&req, &portal, &who, &offer, StatusCode::OK, shown, form, Vec::new());
    }
    let edit = match parse(&form, version, &who) {
        Ok(edit) => edit,
        Err(problems) => {
            let mut shown = read(&req, &portal, &who, public_id).await?;
            shown.listed.user.version = version;
            return view(&req, &portal, &who, &offer, StatusCode::UNPROCESSABLE_ENTITY, shown, form, problems);
        }
    };
    let id = public_id.clone();
    let (status, problem) = match who.write(&req, &portal, move |tx, act| actions::save(tx, act, &id, &edit)).await? {
        Ok(saved) => {
            let email = &saved.user.email;
            let flash = if !saved.is_new {
                Flash::ok(format!("{email} is as it was: nothing was different."))
            } else if saved.link_ended {
                Flash::warn(format!(
                    "{email} is updated. The link to choose a password that was under way has ended with it: send a new one."
                ))
            } else {
                Flash::ok(format!("{email} is updated."))
            };
            return Ok(page::redirect(&portal, "/users", Some(flash)));
        }
        Err(UserError::Stale) => (StatusCode::CONFLICT, UserProblem::Stale),
        Err(UserError::LastAdministrator) => (StatusCode::CONFLICT, UserProblem::LastAdministrator),
        Err(UserError::Grants(error)) => form.roles.refused(error)?,
        Err(error) => return Err(error.into()),
    };
    let mut shown = read(&req, &portal, &who, public_id).await?;
    if problem != UserProblem::Stale {
        shown.listed.user.version = version;
    }
    view(&req, &portal, &who, &offer, status, shown, form, vec![problem])
}

fn parse(form: &EditForm, version: i64, who: &SignedIn) -> Result<Edit, Vec<UserProblem>> {
    let wanted = form.roles.wanted(&who.actor.root);
    let mut problems: Vec<UserProblem> =
        check_line(&form.name, LONGEST_NAME).err().map(UserProblem::Name).into_iter().collect();
    let rows = wanted.as_ref().err().into_iter().flatten();
    problems.extend(rows.map(|(number, problem)| UserProblem::Row { number: *number, problem: problem.clone() }));
    match wanted {
        Ok(wanted) if problems.is_empty() => Ok(Edit { name: form.name.clone(), wanted, active: form.active, version }),
        _ => Err(problems),
    }
}

async fn read(req: &HttpRequest, portal: &Portal, who: &SignedIn, public_id: String) -> Result<Shown, Error> {
    let act: Act = portal.act(req, who.actor.clone());
    Ok(portal.db.read(move |conn| actions::show(conn, &act, &public_id)).await?)
}

#[expect(clippy::too_many_arguments, reason = "the page is made in one place, whatever led to it")]
fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    offer: &Offer,
    status: StatusCode,
    shown: Shown,
    form: EditForm,
    problems: Vec<UserProblem>,
) -> Result<HttpResponse, Error> {
    let here = who.here(portal.clock.now());
    let Shown { listed, invitation, sessions, barred } = shown;
    let mut roles = form.roles.view(&who.actor, offer);
    roles.rows.problems = roles_form::beside_rows(&problems);
    let page = DetailPage {
        shell: Shell::new(req, portal, who),
        version: listed.user.version,
        name: form.name,
        active: form.active,
        roles,
        problems,
        created: here.moment(listed.user.created_at),
        created_by: listed.user.created_by.clone(),
        sessions,
        link: invitation.map(|link| LinkView {
            is_reset: link.purpose == Purpose::PasswordReset,
            sent: here.moment(link.created_at),
            until: here.moment(link.expires_at),
        }),
        may_manage: who.require(Permission::ManageUsers).is_ok(),
        is_self: barred == Some(Barred::OwnAccount),
        barred: barred.map(|barred| match barred {
            Barred::OwnAccount => UserError::OwnAccount.to_string(),
            Barred::HoldsMore(cannot) => UserError::HoldsMore(cannot).to_string(),
        }),
        mails: portal.mailer.is_some(),
        held: listed.grants.iter().map(|grant| in_words(grant, &who.actor.root)).collect(),
        user: RowView::new(listed, &who.actor.root, here),
    };
    page::html(req, portal, status, &page)
}
