//! `/account/password`: another password, for whoever knows the present one. Ends every other session and renews this one.

use actix_session::Session;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::access::Who;
use crate::account::actions;
use crate::account::problem::AccountProblem;
use crate::base::password::Checked;
use crate::base::secret::Secret;
use crate::sign_in::{self, Throttle, Try};
use crate::users::{self, Account, password};
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::overview::view;

/// "Change password".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    throttle: Data<Throttle>,
    session: Session,
    form: Form<4_096>,
) -> Result<HttpResponse, Error> {
    let Form(mut pairs) = form;
    let current = Secret::new(pairs.take("current").unwrap_or_default());
    let chosen = Secret::new(pairs.take("password").unwrap_or_default());
    let wrong = |problem| view(&req, &portal, &who, StatusCode::UNPROCESSABLE_ENTITY, None, vec![problem]);

    let email = who.actor.label.clone();
    let context = [who.organization.as_str(), who.name.as_str(), email.as_str()];
    if let Err(problem) = password::check(&chosen, &context) {
        return wrong(AccountProblem::Password(problem)).await;
    }
    if current.expose() == chosen.expose() {
        return wrong(AccountProblem::SamePassword).await;
    }
    // A counter of its own: whoever guesses in a browser that was left open does not keep the owner from signing in.
    let account = format!("password of {}", users::email::fold(&email));
    let attempt = Try { account: &account, device: None, address: RequestInfo::of(&req).address };
    if let Err(seconds) = throttle.enter(&attempt, portal.clock.now()) {
        let problems = vec![AccountProblem::Throttled { seconds }];
        let mut response = view(&req, &portal, &who, StatusCode::TOO_MANY_REQUESTS, None, problems).await?;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return Ok(response);
    }
    let stored = stored(&portal, &who).await?;
    if portal.hasher.check(&current, stored.as_deref()).await? != Checked::Right {
        return wrong(AccountProblem::WrongPassword).await;
    }
    throttle.succeed(&attempt);
    let hash = portal.hasher.hash(&chosen, &*portal.entropy).await?;
    let (this, checked, new) = (who.session, stored.unwrap_or_default(), hash.clone());
    let user =
        who.write(&req, &portal, move |tx, act| actions::change_password(tx, act, this, &checked, &new)).await??;
    let account = Account {
        id: user.id,
        tenant: who.actor.tenant,
        public_id: user.public_id,
        email: user.email,
        password_hash: Some(hash),
        enabled: true,
    };
    sign_in::begin(&req, &portal, &session, &account).await?;
    let flash = Flash::ok("Your password is changed. Every other browser was signed out.");
    Ok(page::redirect(&portal, "/account", Some(flash)))
}

async fn stored(portal: &Portal, who: &SignedIn) -> Result<Option<String>, Error> {
    let Who::User(id) = who.actor.who else { return Ok(None) };
    let tenant = who.actor.tenant;
    Ok(portal.db.read(move |conn| users::password_hash(conn, tenant, id)).await?)
}
