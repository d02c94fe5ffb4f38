//! The step "Credential": the secret, once, in the answer to the post that made it. "Close" is a post of its own.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, Created};
use crate::api_keys::api_key::Status;
use crate::api_keys::rights::require_to_manage;
use crate::tenants::Tenant;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, ListView};

#[derive(Template)]
#[template(path = "api_keys/credential.html")]
struct CredentialPage<'a> {
    shell: Shell,
    list: ListView,
    key_id: &'a str,
    client_id: &'a str,
    secret: &'a str,
    token_url: String,
    curl: String,
    expires: Option<Moment>,
    rotated: bool,
    /// The key holds no role anywhere.
    bare: bool,
    /// What the key is: a rotation does not wake it.
    status: Status,
}

/// The page that shows the secret. Nothing of it is kept.
pub(super) async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    tenant: &Tenant,
    created: Created,
    rotated: bool,
) -> Result<HttpResponse, Error> {
    let Created { key, secret, bare } = created;
    // The key exists from here on. If the list behind the overlay cannot be read, the secret is shown without it.
    let list = overview::behind(portal, who).await.unwrap_or_default();
    let token_url = token_url(portal, tenant);
    let curl = format!(
        "curl -sS {token_url} \\\n  -d grant_type=client_credentials \\\n  -u {}:{}",
        key.client_id,
        secret.expose()
    );
    let now = portal.clock.now();
    let page = CredentialPage {
        shell: Shell::new(req, portal, who),
        list,
        key_id: &key.key_id,
        client_id: &key.client_id,
        secret: secret.expose(),
        token_url,
        curl,
        expires: key.expires_at.unless_never().map(|at| who.here(now).moment(at)),
        rotated,
        bare,
        status: key.status(now, true),
    };
    page::html(req, portal, StatusCode::OK, &page)
}

/// Where the tenant's clients get tokens.
pub(super) fn token_url(portal: &Portal, tenant: &Tenant) -> String {
    format!("{}/{}/oauth2/token", portal.settings.public_url, tenant.slug)
}

/// "Close". Changes nothing but a cookie, by which browsers know not to bring the page back.
pub async fn submit(
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (actor, key_id) = (who.actor.clone(), path.into_inner());
    let shown = portal.db.read(move |conn| actions::show(conn, &actor, &key_id)).await?;
    let key = shown.listed.key;
    if key.deleted_at.is_none() {
        require_to_manage(&who.actor, &key, &shown.grants)?;
    }
    let done = if form.0.get("rotated").is_some() { "rotated" } else { "created" };
    let flash = match (key.deleted_at, form.0.get("saved")) {
        (Some(_), _) => Flash::warn(format!("{} was deleted meanwhile.", key.client_id)),
        (None, Some(_)) => Flash::ok(format!("{} is {done}.", key.client_id)),
        (None, None) => Flash::warn(format!(
            "{} is {done}. If its key was not saved, rotate it: it is not shown again.",
            key.client_id
        )),
    };
    Ok(page::redirect(&portal, "/api-keys", Some(flash)))
}
