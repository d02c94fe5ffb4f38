//! `/api-keys/{key id}/disable` and `/enable`: no overlay, for the way back is one click away.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::Act;
use crate::api_keys::actions;
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::db::Tx;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash};
use crate::web::{Error, Portal};

/// "Disable".
pub async fn disable(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    let words = "is disabled. No check accepts it from now on; enable it again on its page.";
    answer(&req, &portal, &who, path.into_inner(), actions::disable, words).await
}

/// "Enable".
pub async fn enable(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse, Error> {
    answer(&req, &portal, &who, path.into_inner(), actions::enable, "is enabled.").await
}

async fn answer(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    key_id: String,
    verb: fn(&mut Tx<'_>, &Act, &str) -> Result<ApiKey, ApiKeyError>,
    words: &str,
) -> Result<HttpResponse, Error> {
    let place = format!("/api-keys/{key_id}");
    let key = who.write(req, portal, move |tx, act| verb(tx, act, &key_id)).await??;
    Ok(page::redirect(portal, &place, Some(Flash::ok(format!("{} {words}", key.client_id)))))
}
