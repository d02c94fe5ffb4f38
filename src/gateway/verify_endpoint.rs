//! `POST /api/v1/verify`: is this key good, and may it do this there. No write, and junk never reaches the database.

use std::net::IpAddr;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::access::Grant;
use crate::access::permission::ApplicationPermission;
use crate::api_keys::api_key::Tag;
use crate::api_keys::{Presented, secret_text, tags_of_presented};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::rate_limits::{Decision, Exceeded, Guesses, Limiter, RATE_LIMITED};
use crate::usage::{Call, Recorder};
use crate::verify::{self, Checked, Verdict};
use crate::web::error::Kind;
use crate::web::json::Json;
use crate::web::request_info::RequestInfo;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal};

use super::question::Question;

/// The key is good, and may not do that there.
const INSUFFICIENT: &str = "INSUFFICIENT_PERMISSION";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![Route::post("/api/v1/verify", Access::Public, Face::Api, || web::to(submit))]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    key: String,
    tenant: Option<String>,
    permission: Option<String>,
    resource: Option<String>,
    ip: Option<String>,
}

/// A question whose words make sense.
struct Asked {
    key: Secret,
    tenant: Option<String>,
    question: Question,
    ip: Option<IpAddr>,
}

async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    (limiter, guesses): (Data<Limiter>, Data<Guesses>),
    body: Json<Body>,
) -> Result<HttpResponse, Error> {
    require_gateway(&req, &portal)?;
    let asked = parse(body.0)?;
    let key_id = match secret_text::parse(asked.key.expose(), &portal.settings.environment) {
        Ok(key_id) => key_id.to_owned(),
        Err(malformed) => return Ok(refuse(&Verdict::Malformed(malformed), "")),
    };
    let now = portal.clock.now();
    let attempt = guesses.enter(counted(&req, &portal, asked.ip), asked.key.expose(), now)?;
    let (portal_, limiter) = (Data::clone(&portal), limiter.into_inner());
    let found = portal.db.point_read(move |conn| find(conn, &portal_, &limiter, &key_id, asked, now)).await?;
    guesses.settle(attempt, found.call.is_some(), now);
    if let Some(call) = found.call {
        uses.note(&call);
    }
    let mut response = match found.answer {
        Answer::Refused(verdict, contact) => refuse(&verdict, &contact),
        Answer::RateLimited(exceeded) => wait(exceeded),
        Answer::Insufficient => no(INSUFFICIENT, "The key is valid, but does not hold this permission there."),
        Answer::Valid(found) => {
            let (tags, presented, grants) = *found;
            yes(&presented, &tags, &grants)
        }
    };
    for (name, value) in found.decision.iter().flat_map(Decision::headers) {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// What was found out about a key.
struct Found {
    answer: Answer,
    /// For whoever holds its right secret, and names its tenant if any.
    call: Option<Call>,
    /// How it stands with the rate limits of a key that is good.
    decision: Option<Decision>,
}

enum Answer {
    Valid(Box<(Vec<Tag>, Presented, Vec<Grant>)>),
    /// With whom to ask.
    Refused(Verdict, String),
    RateLimited(Exceeded),
    Insufficient,
}

fn find(
    conn: &mut Conn,
    portal: &Portal,
    limiter: &Limiter,
    key_id: &str,
    asked: Asked,
    now: Timestamp,
) -> Result<Found, db::Error> {
    let ip = asked.ip;
    let checked = verify::check(conn, &portal.keyring, key_id, asked.key.expose(), ip, now)?;
    let unknown = Found { answer: Answer::Refused(Verdict::Unknown, String::new()), call: None, decision: None };
    let Checked { verdict, key: Some((presented, grants)), secret: Some(secret) } = checked else {
        return Ok(unknown);
    };
    if asked.tenant.is_some_and(|slug| slug != presented.tenant.slug) {
        return Ok(unknown);
    }
    let (tenant, key) = (presented.tenant.scope, &presented.key);
    let call = Call { tenant, api_key: key.id, secret: Some(secret), at: now, address: ip, code: verdict.code() };
    let found = |answer, code, decision| Found { answer, call: Some(Call { code, ..call }), decision };
    if verdict != Verdict::Valid {
        let code = verdict.code();
        return Ok(found(Answer::Refused(verdict, presented.tenant.contact), code, None));
    }
    let decision = limiter.take(key.id, &key.rate_limits, now);
    if let Some(exceeded) = decision.exceeded() {
        return Ok(found(Answer::RateLimited(exceeded), RATE_LIMITED, Some(decision)));
    }
    if !asked.question.is_held_by(&grants, &presented.tenant.root()) {
        return Ok(found(Answer::Insufficient, INSUFFICIENT, Some(decision)));
    }
    let tags = tags_of_presented(conn, &presented)?;
    Ok(found(Answer::Valid(Box::new((tags, presented, grants))), Verdict::Valid.code(), Some(decision)))
}

/// Whose wrong keys are counted together: those of whoever asks, or of the client that a gateway names. Where everybody may
/// ask, anybody could name another address each time.
fn counted(req: &HttpRequest, portal: &Portal, ip: Option<IpAddr>) -> Option<IpAddr> {
    let named = ip.filter(|_| !portal.settings.gateway_addresses.is_empty());
    named.or_else(|| RequestInfo::of(req).address)
}

/// `KEYSTEAD_GATEWAY_ADDRESSES` narrows who may ask.
fn require_gateway(req: &HttpRequest, portal: &Portal) -> Result<(), Error> {
    let allowed = &portal.settings.gateway_addresses;
    let address = RequestInfo::of(req).address;
    if allowed.is_empty() || address.is_some_and(|address| allowed.iter().any(|net| net.contains(&address))) {
        return Ok(());
    }
    Err(Error::new(Kind::AddressRefused, "Only the gateways of this installation may ask whether a key is valid."))
}

fn parse(body: Body) -> Result<Asked, Error> {
    let question = Question::parse(body.permission.as_deref(), body.resource.as_deref()).map_err(Error::bad_request)?;
    let ip = body.ip.as_deref().map(str::parse::<IpAddr>).transpose();
    let ip = ip.map_err(|_| Error::bad_request("ip is not an IPv4 or IPv6 address."))?;
    // An IPv4 address is the same caller, however the gateway writes it.
    let ip = ip.map(|ip| ip.to_canonical());
    Ok(Asked { key: Secret::new(body.key), tenant: body.tenant, question, ip })
}

fn yes(presented: &Presented, tags: &[Tag], grants: &[Grant]) -> HttpResponse {
    let key = &presented.key;
    let grants: Vec<Value> = grants
        .iter()
        .map(|grant| {
            let permissions: Vec<&str> =
                grant.permissions.application.iter().map(ApplicationPermission::as_str).collect();
            json!({ "resource": grant.resource.as_str(), "role": grant.role, "permissions": permissions })
        })
        .collect();
    let tags: Vec<Value> = tags.iter().map(|tag| json!({ "key": tag.key, "value": tag.value })).collect();
    answer(&json!({
        "valid": true,
        "code": "VALID",
        "tenant": presented.tenant.slug,
        "client_id": key.client_id,
        "name": key.name,
        "key_id": key.key_id,
        "grants": grants,
        "tags": tags,
        "expires_at": key.expires_at.unless_never().map(|at| at.rfc3339()),
    }))
}

/// Whoever holds the right secret is told since when, and whom to ask; everybody else gets the same three fields.
fn refuse(verdict: &Verdict, contact: &str) -> HttpResponse {
    let mut body = json!({ "valid": false, "code": verdict.code(), "message": verdict.message(contact) });
    if let Some(at) = verdict.at() {
        body["at"] = json!(at.rfc3339());
    }
    if verdict.is_for_the_holder() && !contact.is_empty() {
        body["contact"] = json!(contact);
    }
    answer(&body)
}

/// The key is good, and was used too often.
fn wait(exceeded: Exceeded) -> HttpResponse {
    let (message, retry_after) = (exceeded.message(), exceeded.retry_after);
    answer(&json!({ "valid": false, "code": RATE_LIMITED, "message": message, "retry_after": retry_after }))
}

fn no(code: &str, message: &str) -> HttpResponse {
    answer(&json!({ "valid": false, "code": code, "message": message }))
}

fn answer(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8")).body(body.to_string())
}
