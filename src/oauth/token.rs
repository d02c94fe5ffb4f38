//! `POST /{tenant}/oauth2/token`: an access token for a key (RFC 6749, section 4.4).

use std::net::IpAddr;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;
use url::Url;

use crate::access::Grant;
use crate::api_keys::{Presented, secret_text};
use crate::base::clock::Timestamp;
use crate::base::random;
use crate::db::{self, Conn};
use crate::signing_keys::{self, Ring};
use crate::tenants;
use crate::usage::LastUses;
use crate::verify::{self, Checked, Verdict};
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::access_token::{LONGEST, Token, TokenRequest};
use super::client::Claimed;
use super::error::{invalid_client, invalid_request, refuse, refused_client};
use super::{client, issuer, parameters, scope};

/// Gives a token.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    ring: Data<Ring>,
    uses: Data<LastUses>,
    tenant: Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let tenant = tenant.into_inner();
    let mut parameters = parameters::read(&req, &mut payload.into_inner()).await?;
    match parameters.get("grant_type") {
        None => return Err(invalid_request("grant_type is missing. Send grant_type=client_credentials.")),
        Some("client_credentials") => {}
        Some(_) => return Err(refuse("unsupported_grant_type", "Only grant_type=client_credentials is supported.")),
    }
    let audience = parameters.take("resource").map(audience).transpose()?;
    let asked_scope = parameters.take("scope");
    let claimed = match client::read(&req, &mut parameters, &tenant) {
        Ok(claimed) => claimed,
        Err(error) => {
            // An issuer that does not exist asks nobody for credentials.
            let slug = tenant.clone();
            portal.db.point_read(move |conn| tenants::by_slug(conn, &slug)).await?.ok_or_else(Error::not_found)?;
            return Err(error);
        }
    };
    let from = RequestInfo::of(&req).address;
    let asked = Asked { tenant, claimed, audience, scope: asked_scope, from };
    let (portal_, ring, now) = (Data::clone(&portal), ring.into_inner(), portal.clock.now());
    let given =
        portal.db.point_read(move |conn| give(conn, &portal_, &ring, &asked, now)).await.map_err(|failure| {
            match failure {
                Failure::Db(error) => error.into(),
                Failure::Refused(error) => error,
            }
        })?;
    uses.note(given.tenant, given.api_key, now, from);
    Ok(answer(&given.token))
}

struct Asked {
    tenant: String,
    claimed: Claimed,
    audience: Option<String>,
    scope: Option<String>,
    /// The client's address, as far as trusted proxies say it.
    from: Option<IpAddr>,
}

struct Given {
    token: Token,
    tenant: crate::access::TenantScope,
    api_key: i64,
}

enum Failure {
    Db(db::Error),
    Refused(Error),
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

fn give(conn: &mut Conn, portal: &Portal, ring: &Ring, asked: &Asked, now: Timestamp) -> Result<Given, Failure> {
    let Some((verdict, presented, grants)) = authenticate(conn, portal, asked, now)? else {
        // Only whoever fails is worth a look at whether there is such a tenant at all.
        let tenant = tenants::by_slug(conn, &asked.tenant)?.ok_or_else(Error::not_found)?;
        return Err(invalid_client(&tenant.slug).into());
    };
    let tenant = presented.tenant;
    if verdict != Verdict::Valid {
        return Err(refused_client(&tenant.slug, verdict.message(&tenant.contact)).into());
    }
    let scope = scope::granted(&grants, asked.scope.as_deref())?;
    let sealed = signing_keys::current(conn, tenant.scope, now)?;
    let signing_key = ring.open(&portal.keyring, &sealed).map_err(Error::internal)?;
    let issuer = issuer(&portal.settings.public_url, &tenant);
    let request = TokenRequest {
        issuer: &issuer,
        audience: asked.audience.as_deref().unwrap_or(&issuer),
        tenant: &tenant,
        key: &presented.key,
        grants: &grants,
        scope: &scope,
        now,
        jti: random::base62(&*portal.entropy, 22),
    };
    let token = request.sign(&signing_key).map_err(Error::internal)?;
    if token.text.len() >= LONGEST {
        let words = "The token would be too long for a header. Ask for fewer permissions with scope.";
        return Err(refuse("invalid_scope", words).into());
    }
    Ok(Given { token, tenant: tenant.scope, api_key: presented.key.id })
}

/// The key with its verdict, for whoever presents its right secret with exactly its own client id, in its own tenant.
fn authenticate(
    conn: &mut Conn,
    portal: &Portal,
    asked: &Asked,
    now: Timestamp,
) -> Result<Option<(Verdict, Presented, Vec<Grant>)>, db::Error> {
    let text = asked.claimed.secret.expose();
    let Ok(key_id) = secret_text::parse(text, &portal.settings.environment) else { return Ok(None) };
    let Checked { verdict, key, .. } = verify::check(conn, &portal.keyring, key_id, text, asked.from, now)?;
    let own = |(presented, _): &(Presented, _)| {
        presented.tenant.slug == asked.tenant && presented.key.client_id == asked.claimed.client_id
    };
    Ok(key.filter(own).map(|(presented, grants)| (verdict, presented, grants)))
}

/// RFC 8707, section 2: an absolute URI without a fragment.
fn audience(resource: String) -> Result<String, Error> {
    // The parser would forgive spaces and line breaks, and the token would carry them.
    let is_plain = resource.bytes().all(|byte| byte.is_ascii_graphic());
    match Url::parse(&resource) {
        Ok(url) if url.fragment().is_none() && is_plain && resource.len() <= 1_024 => Ok(resource),
        _ => Err(refuse("invalid_target", "resource is an absolute URI without a fragment.")),
    }
}

/// RFC 6749, section 5.1.
fn answer(token: &Token) -> HttpResponse {
    let mut body = json!({ "access_token": token.text, "token_type": "Bearer", "expires_in": token.expires_in });
    if !token.scope.is_empty() {
        body["scope"] = json!(token.scope);
    }
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .insert_header((header::PRAGMA, "no-cache"))
        .body(body.to_string())
}
