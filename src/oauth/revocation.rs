//! `POST /{tenant}/oauth2/revoke`: a client ends one of its own tokens, or the secret that it authenticates with (RFC 7009).

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, http::header};
use serde_json::json;

use crate::access::Act;
use crate::api_keys::{ApiKeyError, Presented, revoke_secret, secret_text};
use crate::audit::{self, Action, Event, Target};
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Conn};
use crate::rate_limits::Guesses;
use crate::usage::Recorder;
use crate::verify::{self, Checked, Verdict};
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::caller::{self, Caller, Credential};
use super::error::{invalid_request, refuse};
use super::presented_token::{self, Claims};
use super::{parameters, store};

/// Why the key is disabled, for whoever holds it.
const REASON: &str = "its secret was revoked by whoever holds it";

/// What a token turned out to be.
enum Found {
    /// Nothing that works: there is nothing to do (RFC 7009, section 2.2).
    Nothing,
    /// Somebody else's.
    Others,
    /// A token of the caller.
    Token(Box<Claims>),
    /// The caller's key, by this secret of it.
    Secret(Box<Presented>, i64),
}

/// Revokes.
pub async fn submit(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    guesses: Data<Guesses>,
    tenant: Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let slug = tenant.into_inner();
    let mut parameters = parameters::read(&req, &mut payload.into_inner()).await?;
    let credential = Credential::read(&req, &mut parameters, &slug)?;
    let token = parameters.take("token").map(Secret::new);
    let (from, now, portal_) = (RequestInfo::of(&req).address, portal.clock.now(), Data::clone(&portal));
    let secret = credential.secret();
    let attempt = secret.map(|secret| guesses.enter(from, secret.expose(), now)).transpose()?;
    let (known, call) = portal
        .db
        .point_read(move |conn| {
            let caller = match caller::check(conn, &portal_, &slug, &credential, from, now)? {
                Ok(caller) => caller,
                Err(refused) => {
                    let (error, call) = *refused;
                    return Ok::<_, db::Error>((Err(error), call));
                }
            };
            let call = caller.call(Verdict::Valid.code(), now, from);
            let Some(token) = &token else { return Ok((Err(invalid_request("token is missing.")), Some(call))) };
            let found = find(conn, &portal_, &caller, token, now)?;
            Ok((Ok((caller, found)), Some(call)))
        })
        .await?;
    if let Some(attempt) = attempt {
        guesses.settle(attempt, call.is_some(), now);
    }
    if let Some(call) = call {
        uses.note(&call);
    }
    let (caller, found) = known?;
    match found {
        Found::Nothing => {}
        Found::Others => return Err(refuse("unauthorized_client", "The token belongs to another client.")),
        found => end(&req, &portal, &caller, found).await?,
    }
    Ok(HttpResponse::Ok().insert_header((header::PRAGMA, "no-cache")).finish())
}

fn find(conn: &mut Conn, portal: &Portal, caller: &Caller, token: &Secret, now: Timestamp) -> Result<Found, db::Error> {
    let text = token.expose();
    if text.contains('.') {
        let found = presented_token::check(conn, portal, &caller.tenant.slug, text, now)?;
        return Ok(match found {
            None => Found::Nothing,
            Some(token) if token.key.id == caller.key.id => Found::Token(Box::new(token.claims)),
            Some(_) => Found::Others,
        });
    }
    let Ok(key_id) = secret_text::parse(text, &portal.settings.environment) else { return Ok(Found::Nothing) };
    let checked = verify::check(conn, &portal.keyring, key_id, text, None, now)?;
    Ok(match checked {
        Checked { key: Some((presented, _)), secret: Some(secret), .. } if presented.key.id == caller.key.id => {
            Found::Secret(Box::new(presented), secret)
        }
        Checked { key: Some((presented, _)), .. } if presented.tenant.scope == caller.tenant.scope => Found::Others,
        _ => Found::Nothing,
    })
}

/// Ends it, before anything is answered.
async fn end(req: &HttpRequest, portal: &Portal, caller: &Caller, found: Found) -> Result<(), Error> {
    let act = portal.act(req, caller.actor());
    let key = (caller.key.key_id.clone(), caller.key.client_id.clone());
    let ended = portal.db.write(move |tx| {
        dialect::lock_row(tx, Lock::Tenant(act.actor.tenant.id()))?;
        match &found {
            Found::Token(claims) => end_token(tx, &act, &key, claims).map_err(ApiKeyError::from),
            Found::Secret(presented, secret) => revoke_secret(tx, &act, presented, *secret, REASON),
            Found::Nothing | Found::Others => Ok(()),
        }
    });
    ended.await.map_err(Error::from)
}

fn end_token(tx: &mut db::Tx<'_>, act: &Act, (id, label): &(String, String), claims: &Claims) -> Result<(), db::Error> {
    let end = Timestamp::from_micros(claims.exp.saturating_mul(1_000_000));
    if !store::revoke(tx, act.actor.tenant, &claims.jti, end)? {
        return Ok(());
    }
    let target = Target { kind: "api_key", id: id.clone(), label: label.clone() };
    let event = Event::about(Action::AccessTokenRevoked, &target);
    audit::record(tx, act, event.after(json!({ "jti": claims.jti, "ends_at": end.rfc3339() })))
}
