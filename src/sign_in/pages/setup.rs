//! `/setup`: the first administrator, with the code that the server printed. Gone for ever once there is one.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Actor;
use crate::base::secret::Secret;
use crate::base::text::check_line;
use crate::installation;
use crate::sign_in::actions::{self, Proof, SetUp};
use crate::sign_in::error::SetUpError;
use crate::sign_in::middleware::SetUpGate;
use crate::sign_in::problem::{CodeProblem, EmailProblem, PasswordProblem, SlugProblem, TextProblem};
use crate::sign_in::setup_code;
use crate::tenants::Slug;
use crate::users::email::Email;
use crate::users::{LONGEST_NAME, password};
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

use super::login;

/// What was typed, for showing it again. The password is not among it.
#[derive(Debug, Default, Clone)]
struct SetupForm {
    code: String,
    organization: String,
    slug: String,
    name: String,
    email: String,
}

/// What is wrong with it.
#[derive(Debug, Default, Clone)]
struct SetupErrors {
    code: Option<CodeProblem>,
    organization: Option<TextProblem>,
    slug: Option<SlugProblem>,
    name: Option<TextProblem>,
    email: Option<EmailProblem>,
    password: Option<PasswordProblem>,
}

impl SetupErrors {
    fn count(&self) -> usize {
        let fields = [
            self.code.is_some(),
            self.organization.is_some(),
            self.slug.is_some(),
            self.name.is_some(),
            self.email.is_some(),
            self.password.is_some(),
        ];
        fields.into_iter().filter(|wrong| *wrong).count()
    }
}

#[derive(Template)]
#[template(path = "sign_in/setup.html")]
struct SetupPage {
    csrf: String,
    form: SetupForm,
    errors: SetupErrors,
    insecure_http: bool,
}

/// The form, with the code from the address in it.
pub async fn show(req: HttpRequest, portal: Data<Portal>, gate: Data<SetUpGate>) -> Result<HttpResponse, Error> {
    require_open(&portal, &gate).await?;
    let code = Pairs::of_query(&req)?.text("code");
    view(&req, &portal, StatusCode::OK, SetupForm { code, ..SetupForm::default() }, SetupErrors::default())
}

/// Makes the tenant and its administrator, who is signed in then.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    gate: Data<SetUpGate>,
    session: Session,
    form: Form,
) -> Result<HttpResponse, Error> {
    require_open(&portal, &gate).await?;
    let Form(mut pairs) = form;
    let chosen = Secret::new(pairs.take("password").unwrap_or_default());
    let mut typed = SetupForm {
        code: pairs.text("code").trim().to_owned(),
        organization: pairs.text("organization").trim().to_owned(),
        slug: pairs.text("slug").trim().to_owned(),
        name: pairs.text("name").trim().to_owned(),
        email: pairs.text("email").trim().to_owned(),
    };
    let (parsed, mut errors) = parse(&typed, &chosen);
    errors.code = code_problem(&portal, &typed.code).await?;
    let Some((slug, email)) = parsed.filter(|_| errors.count() == 0) else {
        if errors.slug.is_some() && typed.slug.is_empty() {
            // What is wrong is the proposal: it is shown, to be changed.
            typed.slug = Slug::propose(&typed.organization);
        }
        return view(&req, &portal, StatusCode::UNPROCESSABLE_ENTITY, typed, errors);
    };
    let password_hash = portal.hasher.hash(&chosen, &*portal.entropy).await?;
    let new = SetUp { slug, organization: typed.organization.clone(), name: typed.name.clone(), email, password_hash };
    let act = portal.act(&req, Actor::installation("Set-up"));
    let proof = Proof::Code(Secret::new(typed.code.clone()));
    match portal.db.write(move |tx| actions::set_up(tx, &act, &new, &proof)).await {
        Ok(account) => {
            login::begin(&req, &portal, &session, &account).await?;
            Ok(page::redirect(&portal, "/api-keys", Some(Flash::ok("Keystead is set up. Add the first API key."))))
        }
        Err(SetUpError::Code(problem)) => {
            let errors = SetupErrors { code: Some(problem), ..SetupErrors::default() };
            view(&req, &portal, StatusCode::UNPROCESSABLE_ENTITY, typed, errors)
        }
        Err(SetUpError::Done | SetUpError::NotSetUp | SetUpError::SlugTaken) => Err(Error::not_found()),
        Err(SetUpError::Db(error)) => Err(error.into()),
    }
}

async fn require_open(portal: &Portal, gate: &SetUpGate) -> Result<(), Error> {
    if gate.is_set_up(portal).await? { Err(Error::not_found()) } else { Ok(()) }
}

/// Looked at before any password is hashed, so that a stranger cannot make the server work; and again in the transaction.
async fn code_problem(portal: &Portal, code: &str) -> Result<Option<CodeProblem>, Error> {
    let (code, now) = (code.to_owned(), portal.clock.now());
    let row = portal.db.read(installation::load).await?;
    if row.as_ref().is_some_and(|row| row.is_set_up) {
        // Somebody else was faster, a moment ago: the code is dead, and so is the page.
        return Err(Error::not_found());
    }
    Ok(row.and_then(|row| setup_code::check(&row, &code, now).err()))
}

fn parse(typed: &SetupForm, chosen: &Secret) -> (Option<(Slug, Email)>, SetupErrors) {
    let slug = if typed.slug.is_empty() { Slug::propose(&typed.organization) } else { typed.slug.clone() };
    let (slug, email) = (Slug::parse(&slug), Email::parse(&typed.email));
    let context = [typed.organization.as_str(), typed.name.as_str(), typed.email.as_str(), typed.slug.as_str()];
    let errors = SetupErrors {
        code: None,
        organization: check_line(&typed.organization, LONGEST_NAME).err(),
        slug: slug.as_ref().err().copied(),
        name: check_line(&typed.name, LONGEST_NAME).err(),
        email: email.as_ref().err().copied(),
        password: password::check(chosen, &context).err(),
    };
    (slug.ok().zip(email.ok()), errors)
}

fn view(
    req: &HttpRequest,
    portal: &Portal,
    status: StatusCode,
    form: SetupForm,
    errors: SetupErrors,
) -> Result<HttpResponse, Error> {
    let view =
        SetupPage { csrf: page::csrf_token(req, portal), form, errors, insecure_http: portal.settings.insecure_http };
    page::html(req, portal, status, &view)
}
