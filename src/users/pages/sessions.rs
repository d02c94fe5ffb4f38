//! `/users/{user id}/sessions`: ends all of them, at once.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::Permission;
use crate::users::actions;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

/// "End sessions".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form<65_536>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageUsers)?;
    let public_id = path.into_inner();
    let id = public_id.clone();
    let (user, ended) = who.write(&req, &portal, move |tx, act| actions::end_sessions(tx, act, &id)).await??;
    let flash = match ended {
        0 => Flash::ok(format!("{} was not signed in anywhere.", user.email)),
        1 => Flash::ok(format!("{} is signed out of 1 browser.", user.email)),
        more => Flash::ok(format!("{} is signed out of {more} browsers.", user.email)),
    };
    Ok(page::redirect(&portal, &format!("/users/{public_id}"), Some(flash)))
}
