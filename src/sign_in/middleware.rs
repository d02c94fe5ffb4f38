//! Around every page: is Keystead set up, and who is signed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_session::SessionExt;
use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use askama::Template;

use crate::base::random;
use crate::db;
use crate::installation;
use crate::sessions::session;
use crate::web::cookies::Name;
use crate::web::csrf::Binding;
use crate::web::page;
use crate::web::{Error, Portal};

/// Remembers that Keystead is set up: that never ends, so it is asked of the database only until then.
#[derive(Debug, Default)]
pub struct SetUpGate(AtomicBool);

impl SetUpGate {
    /// Whether there has been a first administrator.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_set_up(&self, portal: &Portal) -> Result<bool, db::Error> {
        if self.0.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let row = portal.db.read(installation::load).await?;
        let is_set_up = row.is_some_and(|row| row.is_set_up);
        self.0.store(is_set_up, Ordering::Relaxed);
        Ok(is_set_up)
    }
}

#[derive(Template)]
#[template(path = "sign_in/not_set_up.html")]
struct NotSetUpPage {
    insecure_http: bool,
}

/// The middleware of all pages; runs inside of the session's.
///
/// # Errors
/// When a cookie cannot be set, which no input can cause.
pub async fn browser(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let portal = Data::clone(req.app_data::<Data<Portal>>().ok_or_else(|| Error::internal("no portal"))?);
    let gate = Data::clone(req.app_data::<Data<SetUpGate>>().ok_or_else(|| Error::internal("no gate"))?);
    let is_set_up = match gate.is_set_up(&portal).await {
        Ok(is_set_up) => is_set_up,
        Err(error) => return Ok(refuse(req, error.into())),
    };
    if req.path() != "/setup" && !is_set_up {
        let page = NotSetUpPage { insecure_http: portal.settings.insecure_http };
        let response = page::html(req.request(), &portal, StatusCode::SERVICE_UNAVAILABLE, &page)?;
        return Ok(req.into_response(response));
    }
    if session::is_unknown(&req.get_session()) {
        return Ok(refuse(req, Error::unavailable("the session cannot be looked up")));
    }
    if let Some(session) = session::loaded_id(&req.get_session()) {
        let (people, now) = (Arc::clone(&portal.people), portal.clock.now());
        let who = match portal.db.read(move |conn| people.signed_in(conn, session, now)).await {
            Ok(who) => who,
            Err(error) => return Ok(refuse(req, error.into())),
        };
        if let Some(who) = who {
            req.extensions_mut().insert(Binding(format!("session {session}")));
            req.extensions_mut().insert(who);
            return Ok(next.call(req).await?.map_into_boxed_body());
        }
    }
    without_session(req, next, &portal).await
}

/// The request's answer is this error; its page is made further out.
fn refuse(req: ServiceRequest, error: Error) -> ServiceResponse<BoxBody> {
    req.error_response(error).map_into_boxed_body()
}

/// Before sign-in, forms are tied to a cookie, so that nobody signs somebody else in to an account of their own.
async fn without_session(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    portal: &Portal,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let given = req.cookie(portal.cookies.name(Name::Pre)).map(|cookie| cookie.value().to_owned());
    let value = given.clone().unwrap_or_else(|| random::base62(&*portal.entropy, 43));
    // A form that comes back without the cookie has nothing that it could be tied to.
    if given.is_some() || req.method().is_safe() {
        req.extensions_mut().insert(Binding(format!("before sign-in {value}")));
    }
    let mut response = next.call(req).await?.map_into_boxed_body();
    if given.is_none() && response.status() == StatusCode::OK {
        let cookie = portal.cookies.make(Name::Pre, value);
        response.response_mut().add_cookie(&cookie).map_err(Error::internal)?;
    }
    Ok(response)
}
