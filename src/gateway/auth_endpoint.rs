//! `/{tenant}/gateway/auth`: may this request pass? For nginx `auth_request`, Caddy `forward_auth`, Traefik ForwardAuth, Envoy
//! ext_authz and HAProxy. 204 lets it pass, with headers that say whose it is; 401 and 403 do not; 503 is said when the truth
//! is not known, and a question that makes no sense is a fault of the gateway's configuration: 500. No write, and junk never
//! reaches the database.

use std::borrow::Cow;
use std::net::IpAddr;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::Grant;
use crate::api_keys::{ApiKey, secret_text};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::oauth::presented_token;
use crate::tenants::{self, Tenant};
use crate::usage::{Call, Recorder};
use crate::verify::{self, Checked, Verdict};
use crate::web::error::Kind;
use crate::web::form::Pairs;
use crate::web::request_info::RequestInfo;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal};

use super::credential::{self, Credential, NoCredential};
use super::identity::Identity;
use super::question::Question;
use super::refusal::Refusal;

/// The key is good, and may not do that there.
const INSUFFICIENT: &str = "INSUFFICIENT_PERMISSION";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let answers = || web::to(answer);
    let paths = ["/{tenant}/gateway/auth", "/gateway/auth"];
    paths.into_iter().flat_map(|path| Route::any(path, Access::Public, Face::Api, answers)).collect()
}

async fn answer(req: HttpRequest, portal: Data<Portal>, uses: Data<Recorder>) -> Result<HttpResponse, Error> {
    let slug = match req.match_info().get("tenant") {
        Some(slug) => slug.to_owned(),
        None => only_tenant(&portal).await?,
    };
    let (question, audience) = asked(&req)?;
    let credential = match credential::read(req.headers()) {
        Ok(credential) => credential,
        Err(NoCredential::Missing) => return Err(Refusal::Missing.of(&slug)),
        Err(NoCredential::Several) => return Err(Refusal::Unauthenticated(SEVERAL.into()).of(&slug)),
        Err(NoCredential::Unreadable) => return Err(Refusal::Unauthenticated(UNREADABLE.into()).of(&slug)),
    };
    if let Credential::Key { secret, .. } = &credential
        && let Err(malformed) = secret_text::parse(secret.expose(), &portal.settings.environment)
    {
        return Err(Refusal::Unauthenticated(malformed.to_string().into()).of(&slug));
    }
    let (from, now) = (RequestInfo::of(&req).address, portal.clock.now());
    let asked = Asked { slug: slug.clone(), question, audience, from, now };
    let portal_ = Data::clone(&portal);
    let (decision, call) = portal.db.point_read(move |conn| asked.decide(conn, &portal_, &credential)).await?;
    if let Some(call) = call {
        uses.note(&call);
    }
    decision.map(Identity::answer).map_err(|refusal| refusal.of(&slug))
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

/// The gateway's own question is in the query. What follows `uri=` is the client's address, in which the client may have
/// written what it likes, so nothing of it is read.
fn asked(req: &HttpRequest) -> Result<(Question, Option<String>), Error> {
    let query = req.query_string();
    let own = match query.find("&uri=") {
        Some(end) => &query[..end],
        None if query.starts_with("uri=") => "",
        None => query,
    };
    let mut pairs = Pairs::parse(own.as_bytes()).map_err(|error| misconfigured(error.detail))?;
    let (permission, resource) = (pairs.take("permission"), pairs.take("resource"));
    let audience = pairs.take("audience");
    // A word that is mistyped would let everybody pass.
    if pairs.names().next().is_some() || audience.as_deref() == Some("") {
        return Err(misconfigured("The gateway may ask for permission, resource and audience, and nothing else."));
    }
    let question = Question::parse(permission.as_deref(), resource.as_deref()).map_err(misconfigured)?;
    Ok((question, audience))
}

fn misconfigured(words: impl Into<Cow<'static, str>>) -> Error {
    let words = words.into();
    Error::new(Kind::Internal, words.clone()).because(format!("a gateway asks what makes no sense: {words}"))
}

struct Asked {
    slug: String,
    question: Question,
    audience: Option<String>,
    from: Option<IpAddr>,
    now: Timestamp,
}

type Decision = Result<Identity, Refusal>;

impl Asked {
    /// The decision, and the use of the key that is noted.
    fn decide(
        &self,
        conn: &mut Conn,
        portal: &Portal,
        credential: &Credential,
    ) -> Result<(Decision, Option<Call>), db::Error> {
        match credential {
            Credential::Key { secret, client_id } => self.key(conn, portal, secret, client_id.as_deref()),
            Credential::Token(token) => self.token(conn, portal, token),
        }
    }

    fn key(
        &self,
        conn: &mut Conn,
        portal: &Portal,
        text: &Secret,
        client_id: Option<&str>,
    ) -> Result<(Decision, Option<Call>), db::Error> {
        let unknown = |words: Cow<'static, str>| Ok((Err(Refusal::Unauthenticated(words)), None));
        let text = text.expose();
        let Ok(key_id) = secret_text::parse(text, &portal.settings.environment) else {
            return unknown(Verdict::Unknown.message("").into());
        };
        let Checked { verdict, key: Some((presented, grants)), secret } =
            verify::check(conn, &portal.keyring, key_id, text, self.from, self.now)?
        else {
            return unknown(Verdict::Unknown.message("").into());
        };
        let (tenant, key) = (presented.tenant, presented.key);
        if tenant.slug != self.slug {
            return unknown(Verdict::Unknown.message("").into());
        }
        if client_id.is_some_and(|client_id| client_id != key.client_id) {
            return unknown(OTHER_CLIENT.into());
        }
        let call =
            |code| Some(Call { tenant: tenant.scope, api_key: key.id, secret, at: self.now, address: self.from, code });
        let words = || verdict.message(&tenant.contact).into();
        match &verdict {
            Verdict::Valid => {
                let decision = self.may(tenant.clone(), &key, &grants);
                let code = if decision.is_ok() { verdict.code() } else { INSUFFICIENT };
                Ok((decision, call(code)))
            }
            Verdict::IpNotAllowed(_) => Ok((Err(Refusal::NotFromThere(words())), call(verdict.code()))),
            _ => Ok((Err(Refusal::Unauthenticated(words())), call(verdict.code()))),
        }
    }

    fn token(&self, conn: &mut Conn, portal: &Portal, text: &Secret) -> Result<(Decision, Option<Call>), db::Error> {
        let Some(token) = presented_token::check(conn, portal, &self.slug, text.expose(), self.now)? else {
            return Ok((Err(Refusal::Unauthenticated(UNKNOWN_TOKEN.into())), None));
        };
        let (tenant, key) = (token.tenant, token.key);
        let call = |code| {
            Some(Call { tenant: tenant.scope, api_key: key.id, secret: None, at: self.now, address: self.from, code })
        };
        if let Err(refused) = verify::allows(&key.allowed_addresses, self.from) {
            let verdict = Verdict::IpNotAllowed(refused);
            let words = verdict.message(&tenant.contact).into();
            return Ok((Err(Refusal::NotFromThere(words)), call(verdict.code())));
        }
        if self.audience.as_ref().is_some_and(|audience| *audience != token.claims.aud) {
            return Ok((Err(Refusal::OtherAudience), call(INSUFFICIENT)));
        }
        let decision = self.may(tenant.clone(), &key, &token.grants);
        let code = if decision.is_ok() { Verdict::Valid.code() } else { INSUFFICIENT };
        Ok((decision, call(code)))
    }

    /// Whether a good key may do what is asked for.
    fn may(&self, tenant: Tenant, key: &ApiKey, grants: &[Grant]) -> Decision {
        let root = tenant.root();
        if !self.question.is_held_by(grants, &root) {
            return Err(Refusal::Insufficient { scope: self.question.permission().map(str::to_owned) });
        }
        let there = self.question.there(grants, &root);
        Ok(Identity::new(tenant.slug, key.client_id.clone(), key.key_id.clone(), &there))
    }
}
