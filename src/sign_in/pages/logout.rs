//! `/logout`: ends the session at once, on the server.

use actix_session::Session;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::sign_in::actions;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

/// Ends the session.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    session: Session,
    _: Form,
) -> Result<HttpResponse, Error> {
    let session_id = who.session;
    who.write(&req, &portal, move |tx, act| actions::end_session(tx, act, session_id)).await??;
    session.purge();
    let mut response = page::redirect(&portal, "/login", Some(Flash::ok("You are signed out.")));
    // Not "cookies": the browser's own cookie is how it is known again, and the session's is ended by name.
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
