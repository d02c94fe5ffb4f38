//! `POST /api/v1/leaks`: a key was found where it should not be. Having the right secret is all that it takes to end it, so
//! every key in the reported text ends. The answer depends on the text alone, and tells nobody whether there is such a key.

use std::borrow::Cow;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;
use serde_json::json;

use crate::access::{Actor, Who};
use crate::api_keys::{ApiKeyError, Presented, revoke_secret, secret_text};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::Conn;
use crate::db::dialect::{self, Lock};
use crate::rate_limits::Guesses;
use crate::verify::{self, Checked};
use crate::web::json::Json;
use crate::web::request_info::RequestInfo;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal};

/// Keys that are looked up for one report.
pub const MOST: usize = 100;

const NOTHING: &str = "No key of this installation's form was found in the text.";
const ENDED: &str = "Thank you. If a key in the text is one of ours, it does not work any more.";

/// Why the key is disabled, for whoever holds it.
const REASON: &str = "its secret was reported as leaked";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![Route::post("/api/v1/leaks", Access::Public, Face::Api, || web::to(submit))]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    key: String,
}

async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    guesses: Data<Guesses>,
    body: Json<Report>,
) -> Result<HttpResponse, Error> {
    let text = Secret::new(body.0.key);
    let mut keys: Vec<Secret> = secret_text::keys_inside(text.expose()).into_iter().map(Secret::new).collect();
    let message: Cow<'static, str> = match keys.len() {
        0 => NOTHING.into(),
        1..=MOST => ENDED.into(),
        _ => format!("{ENDED} Only {MOST} of the keys in it were looked at: send it in smaller parts.").into(),
    };
    keys.truncate(MOST);
    for (presented, secret) in look_up(&req, &portal, &guesses, keys).await? {
        end(&req, &portal, presented, secret).await?;
    }
    Ok(HttpResponse::Accepted()
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .body(json!({ "message": message }).to_string()))
}

/// The keys, with the database ids of the secrets that were found. That is no use of them, and is noted nowhere. Wrong secrets are not
/// counted either: a real one among them must never be refused.
async fn look_up(
    req: &HttpRequest,
    portal: &Data<Portal>,
    guesses: &Guesses,
    keys: Vec<Secret>,
) -> Result<Vec<(Presented, i64)>, Error> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let now = portal.clock.now();
    let turn = guesses.attempt(RequestInfo::of(req).address, first.expose(), now).turn().await?;
    let portal_ = Data::clone(portal);
    let found = portal.db.read(move |conn| {
        let _turn = turn;
        keys.iter().filter_map(|key| alive(conn, &portal_, key, now).transpose()).collect()
    });
    found.await
}

/// A key that has this secret, where there is something to end: one that was reported is known to others, and costs no transaction
/// any more, as often as they repeat it.
fn alive(conn: &mut Conn, portal: &Portal, key: &Secret, now: Timestamp) -> Result<Option<(Presented, i64)>, Error> {
    let Some(key_id) = secret_text::key_id_of(key.expose()) else { return Ok(None) };
    let Checked { key: Some((presented, _)), secret: Some(secret), .. } =
        verify::check(conn, &portal.keyring, key_id, key.expose(), None, now)?
    else {
        return Ok(None);
    };
    let is_dead = presented.key.deleted_at.is_some();
    let goes_on = presented.secrets.iter().any(|one| one.id == secret && one.ends_at > now);
    Ok((!is_dead && goes_on).then_some((presented, secret)))
}

/// Ends it, before anything is answered.
async fn end(req: &HttpRequest, portal: &Portal, presented: Presented, secret: i64) -> Result<(), Error> {
    let tenant = &presented.tenant;
    let actor = Actor {
        who: Who::System,
        label: "leak report".into(),
        tenant: tenant.scope,
        root: tenant.root(),
        grants: Vec::new(),
    };
    let act = portal.act(req, actor);
    let ended = portal.db.write(move |tx| {
        dialect::lock_row(tx, Lock::Tenant(act.actor.tenant.id()))?;
        revoke_secret(tx, &act, &presented, secret, REASON)
    });
    ended.await.map_err(|error: ApiKeyError| error.into())
}
