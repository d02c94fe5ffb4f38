//! `/users/new`: inviting somebody. They get a link by which they, and nobody else, choose their password.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{BuiltIn, Permission};
use crate::base::text::check_line;
use crate::users::actions::{self, Invite};
use crate::users::email::Email;
use crate::users::problem::UserProblem;
use crate::users::user::Status;
use crate::users::{LONGEST_NAME, UserError};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Shell};
use crate::web::{Error, Portal};

use super::invitation;
use super::roles_form::{self, Offer, RolesForm, RolesView};

/// What was typed.
#[derive(Debug, Default)]
struct InviteForm {
    email: String,
    name: String,
    roles: RolesForm,
}

#[derive(Template)]
#[template(path = "users/new.html")]
struct NewPage {
    shell: Shell,
    email: String,
    name: String,
    roles: RolesView,
    problems: Vec<UserProblem>,
    mails: bool,
}

/// The empty form, with the role ticked that everybody gets.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageUsers)?;
    let offer = roles_form::offer(&portal, &who).await?;
    let mut form = InviteForm::default();
    form.roles.ticked.insert(BuiltIn::Member.slug().to_owned());
    view(&req, &portal, &who, &offer, StatusCode::OK, form, Vec::new())
}

/// Invites, and sends the link or shows it.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    form: Form<65_536>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageUsers)?;
    let Form(pairs) = form;
    let offer = roles_form::offer(&portal, &who).await?;
    let mut form = InviteForm {
        email: pairs.text("email").trim().to_owned(),
        name: pairs.text("name").trim().to_owned(),
        roles: RolesForm::of_pairs(&pairs),
    };
    if form.roles.rearrange(&pairs.text("action"), &who.actor, &offer) {
        return view(&req, &portal, &who, &offer, StatusCode::OK, form, Vec::new());
    }
    let new = match parse(&form, &who) {
        Ok(new) => new,
        Err(problems) => {
            return view(&req, &portal, &who, &offer, StatusCode::UNPROCESSABLE_ENTITY, form, problems);
        }
    };
    match who.write(&req, &portal, move |tx, act| actions::invite(tx, act, &new)).await? {
        Ok(link) => invitation::answer(&req, &portal, &who, link).await,
        Err(UserError::AlreadyThere(user)) => {
            let problems = vec![UserProblem::EmailTaken {
                is_invited: user.status() == Status::Invited,
                public_id: user.public_id,
            }];
            view(&req, &portal, &who, &offer, StatusCode::CONFLICT, form, problems)
        }
        Err(UserError::Grants(error)) => {
            let (status, problem) = form.roles.refused(error)?;
            view(&req, &portal, &who, &offer, status, form, vec![problem])
        }
        Err(error) => Err(error.into()),
    }
}

fn parse(form: &InviteForm, who: &SignedIn) -> Result<Invite, Vec<UserProblem>> {
    let (email, wanted) = (Email::parse(&form.email), form.roles.wanted(&who.actor.root));
    let name =
        if form.name.is_empty() { email.as_ref().map_or("", Email::local).to_owned() } else { form.name.clone() };
    let mut problems: Vec<UserProblem> =
        email.as_ref().err().map(|wrong| UserProblem::Email(*wrong)).into_iter().collect();
    if !form.name.is_empty() {
        problems.extend(check_line(&form.name, LONGEST_NAME).err().map(UserProblem::Name));
    }
    let rows = wanted.as_ref().err().into_iter().flatten();
    problems.extend(rows.map(|(number, problem)| UserProblem::Row { number: *number, problem: problem.clone() }));
    match (email, wanted) {
        (Ok(email), Ok(wanted)) if problems.is_empty() => Ok(Invite { email, name, wanted }),
        _ => Err(problems),
    }
}

fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    offer: &Offer,
    status: StatusCode,
    form: InviteForm,
    problems: Vec<UserProblem>,
) -> Result<HttpResponse, Error> {
    let mut roles = form.roles.view(&who.actor, offer);
    roles.rows.problems = roles_form::beside_rows(&problems);
    let page = NewPage {
        shell: Shell::new(req, portal, who),
        email: form.email,
        name: form.name,
        roles,
        problems,
        mails: portal.mailer.is_some(),
    };
    page::html(req, portal, status, &page)
}
