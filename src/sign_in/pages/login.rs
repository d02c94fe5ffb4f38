//! `/login`: e-mail and password. The same answer and the same work for known, unknown and disabled people.

use actix_session::Session;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use crate::base::password::{Checked, PasswordError};
use crate::base::secret::Secret;
use crate::sessions::Token;
use crate::sign_in::problem::LoginProblem;
use crate::sign_in::throttle::{Throttle, Try};
use crate::sign_in::{actions, device};
use crate::users::{self, Account};
use crate::web::actor::SignedIn;
use crate::web::cookies::Name;
use crate::web::csrf;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash};
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

/// Where one lands after signing in.
const HOME: &str = "/";

#[derive(Template)]
#[template(path = "sign_in/login.html")]
struct LoginPage {
    csrf: String,
    email: String,
    next: String,
    public_host: String,
    problem: Option<LoginProblem>,
    insecure_http: bool,
    flash: Option<Flash>,
}

/// The empty form. Whoever is signed in goes on to where they wanted to.
pub async fn show(req: HttpRequest, portal: Data<Portal>) -> Result<HttpResponse, Error> {
    let next = safe_next(Pairs::of_query(&req)?.get("next"));
    if req.extensions().get::<SignedIn>().is_some() {
        return Ok(page::redirect(&portal, &next, None));
    }
    view(&req, &portal, StatusCode::OK, String::new(), next, None)
}

/// Signs somebody in.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    throttle: Data<Throttle>,
    session: Session,
    form: Result<Form, Error>,
) -> Result<HttpResponse, Error> {
    let mut form = match form {
        Ok(Form(form)) => form,
        Err(error) => return refused(&req, &portal, error),
    };
    let (email, next) = (form.text("email"), safe_next(form.get("next")));
    let password = Secret::new(form.take("password").unwrap_or_default());
    let account_name = users::email::fold(&email);
    let device = device::known(&req, &portal, &account_name);
    let attempt = Try { account: &account_name, device: device.as_deref(), address: RequestInfo::of(&req).address };
    if let Err(seconds) = throttle.enter(&attempt, portal.clock.now()) {
        tracing::warn!(address = attempt.address.map(tracing::field::display), "signing in is throttled");
        return view(
            &req,
            &portal,
            StatusCode::TOO_MANY_REQUESTS,
            email,
            next,
            Some(LoginProblem::Throttled { seconds }),
        );
    }
    match check(&portal, &account_name, &password).await {
        Ok(Some(account)) => {
            if begin(&req, &portal, &session, &account).await? {
                throttle.succeed(&attempt);
                let mut response = page::redirect(&portal, &next, None);
                let device = device::remember(&portal, &account_name);
                response.add_cookie(&device).map_err(Error::internal)?;
                let pre = portal.cookies.end(Name::Pre);
                response.add_cookie(&pre).map_err(Error::internal)?;
                return Ok(response);
            }
        }
        Ok(None) => {}
        Err(Failure::Busy) => {
            return view(&req, &portal, StatusCode::SERVICE_UNAVAILABLE, email, next, Some(LoginProblem::Busy));
        }
        Err(Failure::Other(error)) => return Err(error),
    }
    tracing::warn!(address = attempt.address.map(tracing::field::display), "signing in failed");
    view(&req, &portal, StatusCode::UNPROCESSABLE_ENTITY, email, next, Some(LoginProblem::Wrong))
}

/// The form of another tab, sent after signing in here, is out of date: its user is signed in already.
fn refused(req: &HttpRequest, portal: &Portal, error: Error) -> Result<HttpResponse, Error> {
    let out_of_date = error.status() == StatusCode::FORBIDDEN && req.extensions().get::<SignedIn>().is_some();
    if out_of_date && csrf::is_same_origin(req, &portal.settings.public_url) {
        return Ok(page::redirect(portal, HOME, None));
    }
    Err(error)
}

enum Failure {
    Busy,
    Other(Error),
}

/// The account, if it is enabled and the password is its own. One run of argon2, whoever is asked for.
async fn check(portal: &Portal, account_name: &str, password: &Secret) -> Result<Option<Account>, Failure> {
    let name = account_name.to_owned();
    let account =
        portal.db.read(move |conn| users::by_email(conn, &name)).await.map_err(|error| Failure::Other(error.into()))?;
    let account = account.filter(|account| account.enabled);
    // Longer than any password that could have been set: not worth the whole of it, but worth the same work.
    let cut = Secret::new(password.expose().chars().take(users::password::LONGEST + 1).collect());
    let stored = account.as_ref().and_then(|account| account.password_hash.as_deref());
    match portal.hasher.check(&cut, stored).await {
        Ok(Checked::Right) => Ok(account),
        Ok(Checked::Wrong) => Ok(None),
        Err(PasswordError::Busy) => Err(Failure::Busy),
        Err(error) => Err(Failure::Other(error.into())),
    }
}

/// Begins a session under a new token; whatever the browser had before is ended.
pub async fn begin(req: &HttpRequest, portal: &Portal, session: &Session, account: &Account) -> Result<bool, Error> {
    let (token, device) = (Token::new(&*portal.entropy), user_agent(req));
    let (act, hash) = (portal.act(req, actions::as_actor(account)), token.hash());
    let account = account.clone();
    let begun = portal.db.write(move |tx| actions::begin_session(tx, &act, &account, device.as_deref(), &hash)).await?;
    if begun {
        token.into_cookie(session).map_err(Error::internal)?;
    }
    Ok(begun)
}

/// What the browser calls itself.
fn user_agent(req: &HttpRequest) -> Option<String> {
    let text = req.headers().get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(200).collect())
}

/// An address of ours to go to after signing in: a path, never another host.
fn safe_next(next: Option<&str>) -> String {
    let ours = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
            && path.split('?').next() != Some("/login")
    };
    next.filter(ours).unwrap_or(HOME).to_owned()
}

fn view(
    req: &HttpRequest,
    portal: &Portal,
    status: StatusCode,
    email: String,
    next: String,
    problem: Option<LoginProblem>,
) -> Result<HttpResponse, Error> {
    let view = LoginPage {
        csrf: page::csrf_token(req, portal),
        email,
        next,
        public_host: portal.settings.public_url.host().to_owned(),
        problem,
        insecure_http: portal.settings.insecure_http,
        flash: Flash::of(req, portal),
    };
    let mut response = page::html(req, portal, status, &view)?;
    if let Some(LoginProblem::Throttled { seconds }) = problem {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn one_never_lands_on_another_host() {
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "https:evil",
            "/\\evil.example",
            "",
            "evil",
            "/\tevil",
            "/login",
            "/login?next=/login",
        ] {
            assert_eq!(safe_next(Some(foreign)), "/", "{foreign:?}");
        }
        for ours in ["/api-keys/new", "/api-keys?tag=env%3Aprod&status=expired"] {
            assert_eq!(safe_next(Some(ours)), ours);
        }
        assert_eq!(safe_next(None), "/");
    }
}
