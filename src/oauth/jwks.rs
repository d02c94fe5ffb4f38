//! `GET /{tenant}/oauth2/jwks`: the public halves of the signing keys (RFC 7517).

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, http::header};
use serde_json::{Value, json};

use crate::db;
use crate::signing_keys::{self, MAY_BE_KEPT_SECONDS};
use crate::tenants;
use crate::web::{Error, Portal};

/// The set.
pub async fn show(portal: Data<Portal>, tenant: Path<String>) -> Result<HttpResponse, Error> {
    let (slug, now) = (tenant.into_inner(), portal.clock.now());
    let keys = portal
        .db
        .read(move |conn| match tenants::by_slug(conn, &slug)? {
            None => Ok::<_, db::Error>(None),
            Some(tenant) => signing_keys::published(conn, tenant.scope, now).map(Some),
        })
        .await?
        .ok_or_else(Error::not_found)?;
    let keys: Vec<Value> = keys.into_iter().map(|key| key.0).collect();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/jwk-set+json; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={MAY_BE_KEPT_SECONDS}")))
        .body(json!({ "keys": keys }).to_string()))
}
