//! `/invitations/{code}`: the page behind a one-time link. Whoever opens it chooses the password; looking at it uses nothing up.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::base::secret::Secret;
use crate::base::text::check_line;
use crate::invitations::Purpose;
use crate::sign_in::accept::{self, Accept, Invited};
use crate::sign_in::error::AcceptError;
use crate::sign_in::problem::{PasswordProblem, TextProblem};
use crate::users::{LONGEST_NAME, password};
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

use super::login;

#[derive(Template)]
#[template(path = "sign_in/invitation.html")]
struct InvitationPage {
    csrf: String,
    code: String,
    organization: String,
    email: String,
    is_reset: bool,
    name: String,
    name_problem: Option<TextProblem>,
    password_problem: Option<PasswordProblem>,
    insecure_http: bool,
}

impl InvitationPage {
    fn problems(&self) -> usize {
        usize::from(self.name_problem.is_some()) + usize::from(self.password_problem.is_some())
    }
}

#[derive(Template)]
#[template(path = "sign_in/invitation_refused.html")]
struct RefusedPage {
    insecure_http: bool,
}

/// The form, while the link is good.
pub async fn show(req: HttpRequest, portal: Data<Portal>, path: Path<String>) -> Result<HttpResponse, Error> {
    let code = path.into_inner();
    let Some(invited) = find(&portal, &code).await? else { return refused(&req, &portal) };
    let name = invited.name.clone();
    view(&req, &portal, StatusCode::OK, code, invited, name, (None, None))
}

/// Chooses the password, and signs in.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    session: Session,
    path: Path<String>,
    form: Form<4_096>,
) -> Result<HttpResponse, Error> {
    let (code, Form(mut pairs)) = (path.into_inner(), form);
    // Looked at before any password is hashed, so that a stranger cannot make the server work; and again in the transaction.
    let Some(invited) = find(&portal, &code).await? else { return refused(&req, &portal) };
    let chosen = Secret::new(pairs.take("password").unwrap_or_default());
    let is_reset = invited.purpose == Purpose::PasswordReset;
    let name = if is_reset { invited.name.clone() } else { pairs.text("name").trim().to_owned() };
    let context = [invited.organization.as_str(), name.as_str(), invited.email.as_str()];
    let problems = (check_line(&name, LONGEST_NAME).err(), password::check(&chosen, &context).err());
    if problems != (None, None) {
        return view(&req, &portal, StatusCode::UNPROCESSABLE_ENTITY, code, invited, name, problems);
    }
    let password_hash = portal.hasher.hash(&chosen, &*portal.entropy).await?;
    let act = portal.act(&req, crate::access::Actor::installation("Invitation"));
    let accepted = Accept { code: Secret::new(code), name, password_hash };
    match portal.db.write(move |tx| accept::accept(tx, &act, &accepted)).await {
        Ok(account) => {
            login::begin(&req, &portal, &session, &account).await?;
            let words = if is_reset {
                "Your new password is set. Every other browser was signed out."
            } else {
                "Welcome. Your password is set."
            };
            Ok(page::redirect(&portal, "/", Some(Flash::ok(words))))
        }
        Err(AcceptError::NotGood) => refused(&req, &portal),
        Err(AcceptError::Db(error)) => Err(error.into()),
    }
}

async fn find(portal: &Portal, code: &str) -> Result<Option<Invited>, Error> {
    let (code, now) = (Secret::new(code.to_owned()), portal.clock.now());
    Ok(portal.db.read(move |conn| accept::find(conn, &code, now)).await?)
}

/// The same for a code that never was, was used, is too old, was replaced, or is for an address that belongs to somebody else:
/// whoever made the link is not told who is a user of another organization.
fn refused(req: &HttpRequest, portal: &Portal) -> Result<HttpResponse, Error> {
    let view = RefusedPage { insecure_http: portal.settings.insecure_http };
    page::html(req, portal, StatusCode::NOT_FOUND, &view)
}

fn view(
    req: &HttpRequest,
    portal: &Portal,
    status: StatusCode,
    code: String,
    invited: Invited,
    name: String,
    (name_problem, password_problem): (Option<TextProblem>, Option<PasswordProblem>),
) -> Result<HttpResponse, Error> {
    let view = InvitationPage {
        csrf: page::csrf_token(req, portal),
        code,
        organization: invited.organization,
        email: invited.email,
        is_reset: invited.purpose == Purpose::PasswordReset,
        name,
        name_problem,
        password_problem,
        insecure_http: portal.settings.insecure_http,
    };
    page::html(req, portal, status, &view)
}
