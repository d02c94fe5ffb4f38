//! `/api-keys/{key id}/enable`: lets a disabled key work again. No overlay, for nothing is lost.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::api_keys::actions;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

/// "Enable".
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let key_id = path.into_inner();
    let place = format!("/api-keys/{key_id}");
    let key = who.write(&req, &portal, move |tx, act| actions::enable(tx, act, &key_id)).await??;
    Ok(page::redirect(&portal, &place, Some(Flash::ok(format!("{} is enabled.", key.client_id)))))
}
