//! `POST /{tenant}/oauth2/token`: an access token for a key (RFC 6749, section 4.4).

use std::net::IpAddr;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::base::clock::Timestamp;
use crate::base::random;
use crate::db::{self, Conn};
use crate::rate_limits::{Decision, Guesses, Limiter, RATE_LIMITED};
use crate::signing_keys::{self, Ring};
use crate::tenants;
use crate::usage::{Call, Recorder};
use crate::verify::Verdict;
use crate::web::error::Kind;
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::access_token::{LONGEST, Token, TokenRequest};
use super::authentication::{Known, authenticate};
use super::client::Claimed;
use super::error::{invalid_client, invalid_request, refuse, refused_client};
use super::scope::Scope;
use super::{client, issuer, parameters};

/// The key is good, and may not do what its token is asked for.
const INSUFFICIENT: &str = "INSUFFICIENT_PERMISSION";

/// Gives a token.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    ring: Data<Ring>,
    uses: Data<Recorder>,
    (limiter, guesses): (Data<Limiter>, Data<Guesses>),
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
    let (attempt, limiter) = (guesses.enter(from, asked.claimed.secret.expose(), now)?, limiter.into_inner());
    let (call, decision, given) = portal
        .db
        .point_read(move |conn| {
            let known = authenticate(conn, &portal_, &asked.tenant, &asked.claimed, asked.from, now)?;
            let decision = known.as_ref().and_then(|known| known.uses_its_key(&limiter, now));
            let given = match decision.as_ref().and_then(Decision::exceeded) {
                Some(exceeded) => Err(Error::too_many_requests(exceeded.retry_after, exceeded.message())),
                None => match give(conn, &portal_, &ring, &asked, known.as_ref(), now) {
                    Err(Failure::Db(error)) => return Err(error),
                    Err(Failure::Refused(error)) => Err(error),
                    Ok(token) => Ok(token),
                },
            };
            Ok::<_, db::Error>((known.map(|known| known.call(now, from)), decision, given))
        })
        .await?;
    guesses.settle(attempt, call.is_some(), now);
    match (call, &given) {
        (Some(call), Err(Error { kind: Kind::TooManyRequests(_), .. })) => {
            uses.note(&Call { code: RATE_LIMITED, ..call });
        }
        // A good key that asks for more than it holds.
        (Some(call), Err(Error { kind: Kind::OAuth { .. }, .. })) if call.is_accepted() => {
            uses.note(&Call { code: INSUFFICIENT, ..call });
        }
        // A fault of ours is no answer to the key.
        (Some(call), Err(_)) if call.is_accepted() => {}
        (Some(call), _) => uses.note(&call),
        (None, _) => {}
    }
    let headers = decision.map(|decision| decision.headers()).unwrap_or_default();
    match given {
        Ok(token) => Ok(answer(&token, headers)),
        Err(error) => Err(error.with_headers(headers)),
    }
}

struct Asked {
    tenant: String,
    claimed: Claimed,
    audience: Option<String>,
    scope: Option<String>,
    /// The client's address, as far as trusted proxies say it.
    from: Option<IpAddr>,
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

fn give(
    conn: &mut Conn,
    portal: &Portal,
    ring: &Ring,
    asked: &Asked,
    known: Option<&Known>,
    now: Timestamp,
) -> Result<Token, Failure> {
    let Some(Known { verdict, presented, grants, .. }) = known else {
        // Only whoever fails is worth a look at whether there is such a tenant at all.
        let tenant = tenants::by_slug(conn, &asked.tenant)?.ok_or_else(Error::not_found)?;
        return Err(invalid_client(&tenant.slug).into());
    };
    let tenant = &presented.tenant;
    if *verdict != Verdict::Valid {
        return Err(refused_client(&tenant.slug, verdict.message(&tenant.contact)).into());
    }
    let issuer = issuer(&portal.settings.public_url, tenant);
    let audience = asked.audience.as_deref().unwrap_or(&issuer);
    // The issuer is whom a token is for when nobody is named, whatever is listed.
    if audience != issuer && !tenant.audiences.allow(audience) {
        return Err(refuse("invalid_target", "The organization does not allow tokens for this resource.").into());
    }
    let scope = Scope::granted(grants, asked.scope.as_deref())?;
    let sealed = signing_keys::current(conn, tenant.scope, now)?;
    let signing_key = ring.open(&portal.keyring, &sealed).map_err(Error::internal)?;
    let request = TokenRequest {
        issuer: &issuer,
        audience,
        tenant,
        key: &presented.key,
        grants: &scope.narrow(grants.clone()),
        scope: &scope,
        now,
        jti: random::base62(&*portal.entropy, 22),
    };
    let token = request.sign(&signing_key).map_err(Error::internal)?;
    if token.text.len() >= LONGEST {
        let words = "The token would be too long for a header. Ask for fewer permissions with scope.";
        return Err(refuse("invalid_scope", words).into());
    }
    Ok(token)
}

/// RFC 8707, section 2: an absolute URI without a fragment.
fn audience(resource: String) -> Result<String, Error> {
    if tenants::is_audience(&resource) {
        Ok(resource)
    } else {
        Err(refuse("invalid_target", "resource is an absolute URI without a fragment."))
    }
}

/// RFC 6749, section 5.1.
fn answer(token: &Token, headers: Vec<(HeaderName, HeaderValue)>) -> HttpResponse {
    let mut body = json!({ "access_token": token.text, "token_type": "Bearer", "expires_in": token.expires_in });
    if !token.scope.is_empty() {
        body["scope"] = json!(token.scope);
    }
    let mut response = HttpResponse::Ok();
    for header in headers {
        response.insert_header(header);
    }
    response
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .insert_header((header::PRAGMA, "no-cache"))
        .body(body.to_string())
}
