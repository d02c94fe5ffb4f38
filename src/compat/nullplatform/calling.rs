//! Who calls: a key by an access token, or by its secret, and what it does is done as that key.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::access::{Act, Actor};
use crate::base::secret::Secret;
use crate::db::dialect::{self, Lock};
use crate::db::{Conn, Tx};
use crate::oauth::Means;
use crate::oauth::caller::{self, Caller, Known};
use crate::rate_limits::{Decision, RATE_LIMITED};
use crate::usage::{Call, Recorder};
use crate::verify::{self, INSUFFICIENT_PERMISSION, Verdict};
use crate::web::error::Kind;
use crate::web::headers::given;
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::refusal::{Failure, of_oauth, unauthenticated};

const MISSING: &str = "Send an access token: Authorization: Bearer, with what POST /token answered.";

/// A key that is good, and was not used too often.
pub struct Calling {
    credential: Arc<Secret>,
    actor: Actor,
    from: Option<IpAddr>,
    /// The use that is noted when it is known what came of it.
    call: Call,
    uses: Data<Recorder>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Calling {
    /// Checks the one bearer token of a request.
    ///
    /// # Errors
    /// 401 for none and for one that is not good; 429 for too many wrong keys, and for a key that is used too often.
    pub async fn of(req: &HttpRequest, portal: &Data<Portal>, means: Means) -> Result<Self, Error> {
        let (_, uses, limiter, guesses) = means;
        let credential = Arc::new(bearer(req)?);
        let (from, now) = (RequestInfo::of(req).address, portal.clock.now());
        let is_key = !credential.expose().contains('.');
        let attempt = is_key.then(|| guesses.attempt(from, credential.expose(), now));
        let (portal_, secret) = (Data::clone(portal), Arc::clone(&credential));
        let check = move |conn: &mut Conn| caller::of_any_tenant(conn, &portal_, &secret, from, now);
        let is_right = |known: &Known| known.as_ref().map_or_else(|refused| refused.1.is_some(), |_| true);
        let caller = match verify::look_up(portal, attempt, check, is_right).await? {
            Ok(caller) => caller,
            Err(refused) => {
                let (error, call) = *refused;
                call.iter().for_each(|call| uses.note(call));
                return Err(of_oauth(error));
            }
        };
        let decision = limiter.take(caller.key.id, &caller.key.rate_limits, now);
        let (call, headers) = (caller.call(Verdict::Valid.code(), now, from), decision.headers());
        if let Some(exceeded) = Decision::exceeded(&decision) {
            uses.note(&Call { code: RATE_LIMITED, ..call });
            return Err(Error::from(exceeded).with_headers(headers));
        }
        Ok(Self { credential, actor: caller.actor(), from, call, uses, headers })
    }

    /// Looks something up as the key.
    ///
    /// # Errors
    /// What the verb answers.
    pub async fn read<T: Send + 'static>(
        &self,
        portal: &Portal,
        verb: impl FnOnce(&mut Conn, &Actor) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let actor = self.actor.clone();
        Ok(portal.db.read(move |conn| verb(conn, &actor)).await?)
    }

    /// Runs a verb in a transaction as the key. The tenant is locked first, and then the key is checked again: what was taken
    /// from it meanwhile does not count, and a key that was deleted does nothing more.
    ///
    /// # Errors
    /// What the verb answers; 401 when the key or its token has ended meanwhile.
    pub async fn write<T: Send + 'static>(
        &self,
        req: &HttpRequest,
        portal: &Data<Portal>,
        mut verb: impl FnMut(&mut Tx<'_>, &Act) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let (act, portal_) = (portal.act(req, self.actor.clone()), Data::clone(portal));
        let (credential, from) = (Arc::clone(&self.credential), self.from);
        let done = portal.db.write(move |tx| {
            dialect::lock_row(tx, Lock::Tenant(act.actor.tenant.id()))?;
            let again = again(tx, &portal_, &credential, from, &act)?;
            verb(tx, &Act { actor: again.actor(), ..act.clone() })
        });
        Ok(done.await?)
    }

    /// The answer with the headers of the key's rate limits, after its use was noted.
    ///
    /// # Errors
    /// The error that was the outcome.
    pub fn finish(self, outcome: Result<HttpResponse, Error>) -> Result<HttpResponse, Error> {
        match outcome {
            Ok(mut response) => {
                self.uses.note(&self.call);
                self.headers.into_iter().for_each(|(name, value)| {
                    response.headers_mut().insert(name, value);
                });
                Ok(response)
            }
            Err(error) => {
                match error.kind {
                    // A fault of ours is no answer to the key.
                    Kind::Internal | Kind::Misconfigured | Kind::Unavailable => {}
                    Kind::Forbidden(_) | Kind::CannotGive(_) | Kind::NotAllowed => {
                        self.uses.note(&Call { code: INSUFFICIENT_PERMISSION, ..self.call });
                    }
                    _ => self.uses.note(&self.call),
                }
                Err(error.with_headers(self.headers))
            }
        }
    }
}

/// The caller as it is now that nothing in its tenant changes any more.
fn again(
    tx: &mut Tx<'_>,
    portal: &Portal,
    credential: &Secret,
    from: Option<IpAddr>,
    act: &Act,
) -> Result<Caller, Failure> {
    match caller::of_any_tenant(tx, portal, credential, from, act.now)? {
        Ok(caller) if caller.tenant.scope == act.actor.tenant => Ok(caller),
        // No key ever moves to another tenant.
        Ok(_) => Err(unauthenticated(MISSING).into()),
        Err(refused) => Err(of_oauth(refused.0).into()),
    }
}

fn bearer(req: &HttpRequest) -> Result<Secret, Error> {
    let mut headers = given(req.headers(), header::AUTHORIZATION);
    let (first, more) = (headers.next(), headers.next().is_some());
    let text = first.filter(|_| !more).and_then(|value| str::from_utf8(value.as_bytes()).ok());
    let text = text.and_then(|value| value.split_once(' '));
    match text {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(Secret::new(token.trim_matches(' ').to_owned()))
        }
        _ => Err(unauthenticated(MISSING)),
    }
}
