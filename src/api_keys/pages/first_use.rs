//! `/api-keys/{key id}/first-use`: tells a page that waits for it when the key is used for the first time
//! (`text/event-stream`). Ends with that, after five minutes, with the session, and with the process.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

use crate::api_keys::ApiKeyError;
use crate::api_keys::actions;
use crate::base::clock::Timestamp;
use crate::db::{self, Conn};
use crate::usage::{LastUse, Recorder};
use crate::web::actor::SignedIn;
use crate::web::error::Kind;
use crate::web::page::{self, Here};
use crate::web::{Error, Portal, Stopping};

use super::listeners::{Listener, Listeners};

const EVENTS: &str = "text/event-stream";
/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// How often whoever waits must still be allowed to, in seconds; and a sign of life for proxies.
const ASK_SECONDS: i64 = 5;
const LONGEST_SECONDS: i64 = 5 * 60;
/// When there may be a place again.
const AGAIN_SECONDS: u64 = 60;

/// A page that waits.
struct Waiting {
    portal: Data<Portal>,
    uses: Data<Recorder>,
    stopping: Data<Stopping>,
    who: SignedIn,
    key_id: String,
    api_key: i64,
    until: Timestamp,
    ask_at: Timestamp,
    state: State,
    /// Its place among all that wait.
    _listener: Listener,
}

enum State {
    /// Nothing has been sent yet.
    Begun,
    Waits,
    Over,
}

/// What became of it.
enum Look {
    Used(LastUse),
    NotYet,
    /// The session or the right has ended, or nobody knows.
    Ended,
}

/// The stream; whoever asks for no stream is sent to the key's page.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    stopping: Data<Stopping>,
    listeners: Data<Listeners>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (actor, key_id) = (who.actor.clone(), path.into_inner());
    let id = key_id.clone();
    let (api_key, _) = portal.db.read(move |conn| actions::first_use(conn, &actor, &id)).await?;
    let accept = req.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accept.contains(EVENTS) {
        return Ok(page::redirect(&portal, &format!("/api-keys/{key_id}"), None));
    }
    let Some(listener) = listeners.join(who.actor.who.id().unwrap_or_default()) else {
        return Err(Error::new(Kind::TooManyRequests(AGAIN_SECONDS), "Too many pages wait for a first call."));
    };
    let now = portal.clock.now();
    let until = now.plus_seconds(LONGEST_SECONDS);
    let state = State::Begun;
    let waiting =
        Waiting { portal, uses, stopping, who, key_id, api_key, until, ask_at: now, state, _listener: listener };
    let events = stream::unfold(waiting, |mut waiting| async move {
        let text = waiting.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), waiting))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        // nginx would keep it back otherwise.
        .insert_header(("x-accel-buffering", "no"))
        // The connection ends with it, so that none is waited for when the process stops.
        .force_close()
        .streaming(events))
}

impl Waiting {
    /// What is sent next.
    async fn next(&mut self) -> Option<String> {
        match self.state {
            State::Over => return None,
            State::Begun => {
                self.state = State::Waits;
                return Some(": waiting\n\n".into());
            }
            State::Waits => {}
        }
        loop {
            let now = self.portal.clock.now();
            let look = self.look(now).await;
            match look {
                Look::Used(first) => {
                    self.state = State::Over;
                    return Some(format!("event: used\ndata: {}\n\n", words(first, self.who.here(now))));
                }
                Look::Ended => return self.ends(),
                Look::NotYet if now >= self.until || self.stopping.has_begun() => return self.ends(),
                Look::NotYet => {}
            }
            tokio::time::sleep(LOOK).await;
            if now >= self.ask_at {
                self.ask_at = now.plus_seconds(ASK_SECONDS);
                return Some(": waiting\n\n".into());
            }
        }
    }

    /// Tells the page not to ask again by itself.
    fn ends(&mut self) -> Option<String> {
        self.state = State::Over;
        Some("event: end\ndata:\n\n".into())
    }

    /// Into the memory of this node, and then into the database, where other nodes write. Before anything is told, the session
    /// and what the user may see are read again.
    async fn look(&self, now: Timestamp) -> Look {
        let heard = self.uses.first_use(self.api_key);
        let heard =
            heard.map(|first| LastUse { at: first.at, address: first.address.map(|address| address.to_string()) });
        let tells = heard.is_some() || now >= self.ask_at;
        let (people, session) = (Arc::clone(&self.portal.people), self.who.session);
        let (actor, key_id) = (self.who.actor.clone(), self.key_id.clone());
        let read = move |conn: &mut Conn| -> Result<Look, ApiKeyError> {
            if !tells && actions::first_use(conn, &actor, &key_id)?.1.is_none() {
                return Ok(Look::NotYet);
            }
            let Some(again) = people.signed_in(conn, session, now)? else { return Ok(Look::Ended) };
            let written = actions::first_use(conn, &again.actor, &key_id)?.1;
            Ok(heard.or(written).map_or(Look::NotYet, Look::Used))
        };
        match self.portal.db.read(read).await {
            Ok(look) => look,
            // For a while nobody knows. The page need not care.
            Err(ApiKeyError::Db(db::Error::Unavailable(_))) => Look::NotYet,
            Err(_) => Look::Ended,
        }
    }
}

/// `First call received 23 Nov 2026, 14:32 UTC, from 203.0.113.7.`
fn words(first: LastUse, here: Here<'_>) -> String {
    let from = first.address.map(|address| format!(", from {address}")).unwrap_or_default();
    format!("First call received {}{from}.", here.moment(first.at).exact)
}
