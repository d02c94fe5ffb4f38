//! `/{tenant}/gateway/auth`: may this request pass? For nginx `auth_request`, Caddy `forward_auth`, Traefik ForwardAuth, Envoy
//! ext_authz and HAProxy. 204 (200 where the gateway asks for it) lets it pass, with headers that say whose it is; 401, 403 and 429
//! do not; 503 is said when the truth is not known, and a question that makes no sense is a fault of the gateway's configuration:
//! 500. No write, and a key that cannot be one never reaches the database.

use std::borrow::Cow;
use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::Grant;
use crate::api_keys::{ApiKey, secret_text};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::oauth::presented_token;
use crate::rate_limits::{Decision as Standing, Guesses, Limiter, RATE_LIMITED};
use crate::tenants::{self, Tenant};
use crate::usage::{Call, Recorder};
use crate::verify::{self, Checked, INSUFFICIENT_PERMISSION, Verdict};
use crate::web::error::Kind;
use crate::web::form::Pairs;
use crate::web::request_info::RequestInfo;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal};

use super::credential::{self, Credential, NoCredential};
use super::identity::Identity;
use super::question::Question;
use super::refusal::Refusal;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let answers = || web::to(answer);
    let paths = ["/{tenant}/gateway/auth", "/gateway/auth"];
    paths.map(|path| Route::any(path, Access::Public, Face::Api, answers)).into()
}

async fn answer(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    (limiter, guesses): (Data<Limiter>, Data<Guesses>),
) -> Result<HttpResponse, Error> {
    let slug = match req.match_info().get("tenant") {
        Some(slug) => slug.to_owned(),
        None => only_tenant(&portal).await?,
    };
    let (question, audience, passed) = asked(&req)?;
    let credential = match credential::read(req.headers()) {
        Ok(credential) => credential,
        Err(NoCredential::Missing) => return Err(Refusal::Missing.of(&slug)),
        Err(NoCredential::Several) => return Err(Refusal::Unauthenticated(SEVERAL.into()).of(&slug)),
        Err(NoCredential::Unreadable) => return Err(Refusal::Unauthenticated(UNREADABLE.into()).of(&slug)),
    };
    if let Credential::Key { secret, client_id } = &credential
        && let Err(malformed) = secret_text::parse_password(
            client_id.as_deref().unwrap_or_default(),
            secret.expose(),
            &portal.settings.environment,
        )
    {
        return Err(Refusal::Unauthenticated(malformed.to_string().into()).of(&slug));
    }
    let (from, now) = (RequestInfo::of(&req).address, portal.clock.now());
    let asked = Asked { slug: slug.clone(), question, audience, from, now };
    let attempt = match &credential {
        Credential::Key { secret, .. } => Some(guesses.attempt(from, secret.expose(), now)),
        Credential::Token(_) => None,
    };
    let (portal_, limiter) = (Data::clone(&portal), limiter.into_inner());
    let decide = move |conn: &mut Conn| asked.decide(conn, &portal_, &limiter, &credential);
    let found = verify::look_up(&portal, attempt, decide, |found| found.call.is_some()).await?;
    if let Some(call) = found.call {
        uses.note(&call);
    }
    let headers = found.standing.map(|standing| standing.headers()).unwrap_or_default();
    match found.decision {
        Ok(identity) => {
            let mut response = identity.answer(passed);
            for (name, value) in headers {
                response.headers_mut().insert(name, value);
            }
            Ok(response)
        }
        Err(refusal) => Err(refusal.of(&slug).with_headers(headers)),
    }
}

const SEVERAL: &str = "Send one credential: a bearer token, HTTP Basic authentication, or X-API-Key.";
const UNREADABLE: &str =
    "The credential cannot be read. Send Authorization: Bearer with a key or an access token, or X-API-Key with a key.";
const UNKNOWN_TOKEN: &str = "The access token is not valid here, or not any more.";
const OTHER_CLIENT: &str = "The client id or the secret is wrong.";

/// The tenant of an address that names none: there has to be one alone.
async fn only_tenant(portal: &Portal) -> Result<String, Error> {
    let only = portal.db.point_read(tenants::only).await?;
    let words = "There are several organizations: the gateway has to ask at /{slug}/gateway/auth.";
    only.map(|tenant| tenant.slug).ok_or_else(|| misconfigured(words))
}

/// The gateway's own question is in the query, and the status that it takes for a yes. What follows `uri=` is the client's
/// address, in which the client may have written what it likes, so nothing of it is read.
fn asked(req: &HttpRequest) -> Result<(Question, Option<String>, StatusCode), Error> {
    let query = req.query_string();
    let own = match query.find("&uri=") {
        Some(end) => &query[..end],
        None => query,
    };
    let mut pairs = Pairs::parse(own.as_bytes()).map_err(|error| misconfigured(error.detail))?;
    let (permission, resource) = (pairs.take("permission"), pairs.take("resource"));
    let (audience, status) = (pairs.take("audience"), pairs.take("status"));
    // A word that is mistyped would let everybody pass.
    if pairs.names().next().is_some() || audience.as_deref() == Some("") {
        return Err(misconfigured(
            "The gateway may ask for permission, resource, audience and status, and nothing else.",
        ));
    }
    let passed = match status.as_deref() {
        None | Some("204") => StatusCode::NO_CONTENT,
        // Envoy takes every other status for a refusal.
        Some("200") => StatusCode::OK,
        Some(_) => return Err(misconfigured("The status of requests that may pass is 204 or 200.")),
    };
    let question = Question::parse(permission.as_deref(), resource.as_deref()).map_err(misconfigured)?;
    Ok((question, audience, passed))
}

fn misconfigured(words: impl Into<Cow<'static, str>>) -> Error {
    let words = words.into();
    Error::new(Kind::Misconfigured, words.clone()).because(format!("a gateway asks what makes no sense: {words}"))
}

struct Asked {
    slug: String,
    question: Question,
    audience: Option<String>,
    from: Option<IpAddr>,
    now: Timestamp,
}

type Decision = Result<Identity, Refusal>;

/// What was found out about a credential.
struct Found {
    decision: Decision,
    /// The use of the key that is noted.
    call: Option<Call>,
    /// How it stands with the rate limits of a key that is good.
    standing: Option<Standing>,
}

impl Found {
    /// Nothing is said or noted of any key.
    fn nothing(words: impl Into<Cow<'static, str>>) -> Self {
        Self { decision: Err(Refusal::Unauthenticated(words.into())), call: None, standing: None }
    }

    /// The key is not good now, or not from there.
    fn refused(refusal: Refusal, call: Call) -> Self {
        Self { decision: Err(refusal), call: Some(call), standing: None }
    }
}

impl Asked {
    fn decide(
        &self,
        conn: &mut Conn,
        portal: &Portal,
        limiter: &Limiter,
        credential: &Credential,
    ) -> Result<Found, db::Error> {
        match credential {
            Credential::Key { secret, client_id } => self.key(conn, portal, limiter, secret, client_id.as_deref()),
            Credential::Token(token) => self.token(conn, portal, limiter, token),
        }
    }

    fn key(
        &self,
        conn: &mut Conn,
        portal: &Portal,
        limiter: &Limiter,
        text: &Secret,
        client_id: Option<&str>,
    ) -> Result<Found, db::Error> {
        let text = text.expose();
        let Ok(key_id) = secret_text::parse(text, &portal.settings.environment) else {
            return Ok(Found::nothing(Verdict::Unknown.message("")));
        };
        let Checked { verdict, key: Some((presented, grants)), secret } =
            verify::check(conn, &portal.keyring, key_id, text, self.from, self.now)?
        else {
            return Ok(Found::nothing(Verdict::Unknown.message("")));
        };
        let (tenant, key) = (presented.tenant, presented.key);
        if tenant.slug != self.slug {
            return Ok(Found::nothing(Verdict::Unknown.message("")));
        }
        if client_id.is_some_and(|client_id| client_id != key.client_id) {
            return Ok(Found::nothing(OTHER_CLIENT));
        }
        let call = self.call(&tenant, &key, secret, verdict.code());
        let words = || verdict.message(&tenant.contact).into();
        Ok(match &verdict {
            Verdict::Valid => self.used(limiter, call, &key, || self.may(tenant.clone(), &key, &grants, false)),
            Verdict::IpNotAllowed(_) => Found::refused(Refusal::NotFromThere(words()), call),
            _ => Found::refused(Refusal::Unauthenticated(words()), call),
        })
    }

    fn token(&self, conn: &mut Conn, portal: &Portal, limiter: &Limiter, text: &Secret) -> Result<Found, db::Error> {
        let Some(token) = presented_token::check(conn, portal, &self.slug, text.expose(), self.now)? else {
            return Ok(Found::nothing(UNKNOWN_TOKEN));
        };
        let (tenant, key) = (token.tenant, token.key);
        let call = self.call(&tenant, &key, None, Verdict::Valid.code());
        if let Err(refused) = verify::allows(&key.allowed_addresses, self.from) {
            let verdict = Verdict::IpNotAllowed(refused);
            let words = verdict.message(&tenant.contact).into();
            return Ok(Found::refused(Refusal::NotFromThere(words), Call { code: verdict.code(), ..call }));
        }
        let is_for_another = self.audience.as_ref().is_some_and(|audience| !token.claims.aud.includes(audience));
        Ok(self.used(limiter, call, &key, || match is_for_another {
            true => Err(Refusal::OtherAudience),
            false => self.may(tenant.clone(), &key, &token.grants, token.claims.narrowed),
        }))
    }

    fn call(&self, tenant: &Tenant, key: &ApiKey, secret: Option<i64>, code: &'static str) -> Call {
        Call { tenant: tenant.scope, api_key: key.id, secret, at: self.now, address: self.from, code }
    }

    /// A good key is used, as far as its limits allow it, for whatever it may do.
    fn used(&self, limiter: &Limiter, call: Call, key: &ApiKey, may: impl FnOnce() -> Decision) -> Found {
        let standing = limiter.take(key.id, &key.rate_limits, self.now);
        let (decision, code) = match standing.exceeded() {
            Some(exceeded) => (Err(Refusal::TooOften(exceeded)), RATE_LIMITED),
            None => match may() {
                Ok(identity) => (Ok(identity), call.code),
                Err(refusal) => (Err(refusal), INSUFFICIENT_PERMISSION),
            },
        };
        Found { decision, call: Some(Call { code, ..call }), standing: Some(standing) }
    }

    /// Whether a good key may do what is asked for.
    fn may(&self, tenant: Tenant, key: &ApiKey, grants: &[Grant], is_narrowed: bool) -> Decision {
        let root = tenant.root();
        if !self.question.is_held_by(grants, &root) {
            return Err(Refusal::Insufficient { scope: self.question.permission().map(str::to_owned) });
        }
        let there = self.question.there(grants, &root);
        Ok(Identity::new(tenant.slug, key.client_id.clone(), key.key_id.clone(), &there, is_narrowed))
    }
}
