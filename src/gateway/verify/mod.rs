//! `POST /api/v1/verify`: is this key good, and may it do this there. `POST /api/v1/verify/batch`: the same of up to a hundred.
//! No write, and junk never reaches the database.

mod answer;
mod check;

use std::net::IpAddr;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api_keys::secret_text;
use crate::db::Conn;
use crate::rate_limits::{Attempt, Decision, Guesses, Limiter, Turn};
use crate::usage::Recorder;
use crate::verify;
use crate::web::error::Kind;
use crate::web::json::Json;
use crate::web::request_info::RequestInfo;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal};

use answer::Answer;
use check::{Asked, Body, Found, find};

/// Most that are asked at once.
const MOST: usize = 100;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/verify", Access::Public, Face::Api, || web::to(submit)),
        Route::post("/api/v1/verify/batch", Access::Public, Face::Api, || web::to(submit_batch)),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    checks: Vec<Body>,
}

async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    (limiter, guesses): (Data<Limiter>, Data<Guesses>),
    body: Json<Body>,
) -> Result<HttpResponse, Error> {
    require_gateway(&req, &portal)?;
    let asked = body.0.parse().map_err(Error::bad_request)?;
    if let Err(malformed) = secret_text::parse(asked.key.expose(), &portal.settings.environment) {
        return Ok(json_answer(&Answer::from(malformed).into_json()));
    }
    let now = portal.clock.now();
    let attempt = guesses.attempt(counted(&req, &portal, asked.ip), asked.key.expose(), now);
    let (portal_, limiter) = (Data::clone(&portal), limiter.into_inner());
    let find = move |conn: &mut Conn| find(conn, &portal_, &limiter, &asked, now);
    let found = verify::look_up(&portal, Some(attempt), find, |found| found.call.is_some()).await?;
    if let Some(call) = &found.call {
        uses.note(call);
    }
    let mut response = json_answer(&found.answer.into_json());
    for (name, value) in found.decision.iter().flat_map(Decision::headers) {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Each is answered, counted and limited as if it were asked alone; the answers are in the order of the questions.
async fn submit_batch(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    (limiter, guesses): (Data<Limiter>, Data<Guesses>),
    body: Json<Batch>,
) -> Result<HttpResponse, Error> {
    require_gateway(&req, &portal)?;
    let checks = body.0.checks;
    if checks.is_empty() || checks.len() > MOST {
        return Err(Error::bad_request(format!("checks holds {} questions. Ask 1 to {MOST} at once.", checks.len())));
    }
    let parse = |(number, body): (usize, Body)| {
        body.parse().map_err(|wrong| Error::bad_request(format!("checks[{number}]: {wrong}")))
    };
    let asked: Vec<Asked> = checks.into_iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    let now = portal.clock.now();
    // What cannot be a key is no guess.
    let is_key = |asked: &Asked| secret_text::parse(asked.key.expose(), &portal.settings.environment).is_ok();
    let attempt = |asked: &Asked| guesses.attempt(counted(&req, &portal, asked.ip), asked.key.expose(), now);
    let attempts: Vec<Option<Attempt<'_>>> = asked.iter().map(|asked| is_key(asked).then(|| attempt(asked))).collect();
    // They are looked up one after the other, so that one turn is enough for all of them.
    let turn = match attempts.iter().flatten().find(|attempt| !attempt.was_right()) {
        Some(stranger) => stranger.turn().await?,
        None => Turn::default(),
    };
    let (portal_, limiter) = (Data::clone(&portal), limiter.into_inner());
    // Many rows: not on the thread that answers others.
    let found = portal.db.read(move |conn| {
        let _turn = turn;
        asked.iter().map(|asked| find(conn, &portal_, &limiter, asked, now)).collect::<Result<Vec<_>, _>>()
    });
    let settled = found.await?.into_iter().zip(attempts).map(|(found, attempt)| {
        let told = attempt.map_or(Ok(()), |attempt| attempt.settle(found.call.is_some()));
        told.map_or_else(|refused| Found::nobody(refused.into()), |()| found)
    });
    let found: Vec<Found> = settled.collect();
    found.iter().filter_map(|found| found.call.as_ref()).for_each(|call| uses.note(call));
    let results: Vec<Value> = found.into_iter().map(|found| found.answer.into_json()).collect();
    Ok(json_answer(&json!({ "results": results })))
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

fn json_answer(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8")).body(body.to_string())
}
