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
use crate::verify::{self, Checked};
use crate::web::{Error, Portal};

use super::about_token::{AboutToken, Answered, Counters, Question};
use super::caller::Caller;
use super::error::refuse;
use super::presented_token::{self, Claims};
use super::store;

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
    counters: Counters,
    tenant: Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    let about = AboutToken::read(&req, tenant.into_inner(), payload).await?;
    let portal_ = Data::clone(&portal);
    let finds = move |conn: &mut Conn, Question { caller, token, now, too_often }: Question<'_>| {
        Ok(match (find(conn, &portal_, caller, token, now)?, too_often) {
            // What is the caller's own ends, however often it asks: a thief of its key could use up its limits.
            (Found::Nothing | Found::Others, Some(too_often)) => Err(too_often),
            (Found::Others, None) => Err(refuse("unauthorized_client", "The token belongs to another client.")),
            (found, _) => Ok((found, None)),
        })
    };
    let Answered { caller, found, headers } = about.answer(&portal, counters, None, finds).await?;
    if !matches!(found, Found::Nothing) {
        end(&req, &portal, &caller, found).await?;
    }
    let mut response = HttpResponse::Ok();
    for header in headers {
        response.insert_header(header);
    }
    // RFC 7009, section 2.2, gives the body no meaning; but there are clients that parse whatever a 200 holds as JSON.
    Ok(response
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .insert_header((header::PRAGMA, "no-cache"))
        .body("{}"))
}

/// The key or the access token in what was sent as the token. What else is around it is no reason to let it live.
fn within(text: &str) -> Option<String> {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let token = || text.split(|letter| !is_inside(letter)).find(|word| word.matches('.').count() == 2);
    secret_text::keys_inside(text).pop_first().or_else(|| token().map(str::to_owned))
}

fn find(conn: &mut Conn, portal: &Portal, caller: &Caller, token: &Secret, now: Timestamp) -> Result<Found, db::Error> {
    let Some(text) = within(token.expose()).map(Secret::new) else { return Ok(Found::Nothing) };
    let text = text.expose();
    if text.contains('.') {
        let found = presented_token::check(conn, portal, &caller.tenant.slug, text, now)?;
        return Ok(match found {
            None => Found::Nothing,
            Some(token) if token.key.id == caller.key.id => Found::Token(Box::new(token.claims)),
            Some(_) => Found::Others,
        });
    }
    let Some(key_id) = secret_text::key_id_of(text) else { return Ok(Found::Nothing) };
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
