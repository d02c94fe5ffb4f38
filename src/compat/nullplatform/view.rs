//! A key as these clients read it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use serde_json::{Value, json};

use crate::access::Actor;
use crate::api_keys::Numbered;
use crate::base::secret::Secret;
use crate::db;
use crate::db::Conn;
use crate::roles;

/// The key. Its secret is in none of these fields.
///
/// # Errors
/// When the database refuses.
pub fn key(conn: &mut Conn, actor: &Actor, numbered: &Numbered) -> Result<Value, db::Error> {
    let roles = roles::all(conn, actor.tenant)?;
    let (listed, key) = (&numbered.shown.listed, &numbered.shown.listed.key);
    let grants = numbered.shown.grants.iter().map(|grant| {
        let role_id = roles.iter().find(|role| role.slug == grant.role).map(|role| role.id);
        json!({ "nrn": grant.resource.as_str(), "role_slug": grant.role, "role_id": role_id })
    });
    let tags = listed.tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value }));
    Ok(json!({
        "id": key.id,
        "name": key.name,
        "client_id": key.client_id,
        "masked_api_key": key.hint,
        "grants": grants.collect::<Vec<_>>(),
        "tags": tags.collect::<Vec<_>>(),
        "owner_id": numbered.owner,
        "last_used_at": listed.last_use.as_ref().map(|last| last.at.rfc3339()),
        "expires_at": key.expires_at.unless_never().map(|at| at.rfc3339()),
        "created_at": key.created_at.rfc3339(),
        "updated_at": numbered.updated_at.rfc3339(),
    }))
}

/// The same with its secret: of the one answer that has it.
pub fn with_secret(mut key: Value, secret: &Secret) -> Value {
    key["api_key"] = json!(secret.expose());
    key
}

/// An answer.
pub fn answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .body(body.to_string())
}
