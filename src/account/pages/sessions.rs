//! `/account/sessions`: ends one of one's own sessions, or all but the one that asks.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::account::actions;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

/// What a session is called in addresses: its database id stays inside.
pub(super) fn handle(portal: &Portal, session: i64) -> String {
    let mac = portal.keyring.cursor().mac(&[b"session/", &session.to_be_bytes()]);
    mac[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// "Sign out the other sessions".
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, _: Form) -> Result<HttpResponse, Error> {
    let this = who.session;
    let ended = who.write(&req, &portal, move |tx, act| actions::end_other_sessions(tx, act, this)).await??;
    let flash = match ended {
        0 => Flash::ok("You are signed in nowhere else."),
        1 => Flash::ok("The other browser is signed out."),
        _ => Flash::ok("The other browsers are signed out."),
    };
    Ok(page::redirect(&portal, "/account", Some(flash)))
}

/// "Sign out", for one of them.
pub async fn submit_one(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let asked = path.into_inner();
    let act = portal.act(&req, who.actor.clone());
    let shown = portal.db.read(move |conn| actions::show(conn, &act)).await?;
    let found = shown.sessions.into_iter().find(|seen| handle(&portal, seen.id) == asked);
    let session = found.ok_or_else(Error::not_found)?.id;
    who.write(&req, &portal, move |tx, act| actions::end_session(tx, act, session)).await??;
    Ok(page::redirect(&portal, "/account", Some(Flash::ok("The browser is signed out."))))
}
