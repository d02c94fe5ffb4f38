//! `POST /api/v1/leaks`: somebody found a key where it should not be. Whoever has the right secret may end it; that is all that
//! it takes. The answer is the same for every text, so it tells nobody whether there is such a key.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde::Deserialize;
use serde_json::json;

use crate::access::{Actor, Who};
use crate::api_keys::{ApiKeyError, Presented, revoke_secret, secret_text};
use crate::base::secret::Secret;
use crate::db::dialect::{self, Lock};
use crate::rate_limits::Guesses;
use crate::verify::{self, Checked};
use crate::web::json::Json;
use crate::web::request_info::RequestInfo;
use crate::web::routes::{Access, Face, Route};
use crate::web::{Error, Portal};

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
    let key = Secret::new(body.0.key);
    let found = match secret_text::parse(key.expose(), &portal.settings.environment) {
        Ok(key_id) => look_up(&req, &portal, &guesses, key_id.to_owned(), key).await?,
        Err(_) => None,
    };
    if let Some((presented, secret)) = found {
        end(&req, &portal, presented, secret).await?;
    }
    let body = json!({ "message": "Thank you. If this is a key of ours, it does not work any more." });
    Ok(HttpResponse::Accepted()
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .body(body.to_string()))
}

/// The key, with the database id of the secret that was found. That is no use of it, and is noted nowhere.
async fn look_up(
    req: &HttpRequest,
    portal: &Data<Portal>,
    guesses: &Guesses,
    key_id: String,
    key: Secret,
) -> Result<Option<(Presented, i64)>, Error> {
    let now = portal.clock.now();
    let attempt = guesses.enter(RequestInfo::of(req).address, key.expose(), now)?;
    let portal_ = Data::clone(portal);
    let checked =
        portal.db.point_read(move |conn| verify::check(conn, &portal_.keyring, &key_id, key.expose(), None, now));
    let checked = checked.await;
    attempt.settle(checked.as_ref().ok().map(|checked| checked.key.is_some()));
    Ok(match checked? {
        Checked { key: Some((presented, _)), secret: Some(secret), .. } => {
            // One that was reported is known to others: as often as they repeat it, it costs no transaction any more.
            let is_dead = presented.key.deleted_at.is_some();
            let goes_on = presented.secrets.iter().any(|one| one.id == secret && one.ends_at > now);
            (!is_dead && goes_on).then_some((presented, secret))
        }
        _ => None,
    })
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
