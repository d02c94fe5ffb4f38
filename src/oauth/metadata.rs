//! What this authorization server can do (RFC 8414): with the well-known part in front of the tenant, as the standard says, and
//! behind it, as many clients look for it; under its own name, and under that of OpenID Connect Discovery (section 5).

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, http::header};
use serde_json::json;

use crate::tenants;
use crate::web::{Error, Portal};

use super::issuer;

/// Exactly what works; nothing that will. A list without elements is left out (section 3.2): there are no response types, for there
/// is no authorization endpoint.
pub async fn show(portal: Data<Portal>, tenant: Path<String>) -> Result<HttpResponse, Error> {
    let slug = tenant.into_inner();
    let tenant = portal.db.read(move |conn| tenants::by_slug(conn, &slug)).await?.ok_or_else(Error::not_found)?;
    let issuer = issuer(&portal.settings.public_url, &tenant);
    let body = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "introspection_endpoint": format!("{issuer}/oauth2/introspect"),
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "jwks_uri": format!("{issuer}/oauth2/jwks"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        // A client has the same `sub` everywhere. OpenID Connect Discovery requires this member, and Nimbus's library, which Spring
        // uses, reads no document at its address without it.
        "subject_types_supported": ["public"],
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(body.to_string()))
}
