//! `/api-keys/tags`: the tags that begin with what somebody types, for the script; without it the first ones are on the page.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, http::header};

use crate::access::Permission;
use crate::api_keys::actions::{self, TagPart};
use crate::web::actor::SignedIn;
use crate::web::form::Pairs;
use crate::web::{Error, Portal};

/// More than a tag has.
const LONGEST: usize = 200;

/// `?of=tags&q=env:pr`; of `keys` and of `values` it is the part before and behind the colon.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ReadApiKeys)?;
    let (query, actor) = (Pairs::of_query(&req)?, who.actor.clone());
    let part = match query.get("of") {
        Some("keys") => TagPart::Key,
        Some("values") => TagPart::Value,
        _ => TagPart::Whole,
    };
    let typed: String = query.text("q").chars().take(LONGEST).collect();
    let found = portal.db.read(move |conn| actions::tags_like(conn, &actor, part, &typed)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8")).json(found))
}
