//! A request that is about a token: who asks, and which one. Introspection and revocation read it alike.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Payload};

use crate::access::Permission;
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::rate_limits::{Guesses, Limiter, RATE_LIMITED};
use crate::usage::{Call, Recorder};
use crate::verify::{self, INSUFFICIENT_PERMISSION, Verdict};
use crate::web::error::Kind;
use crate::web::form::Pairs;
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::caller::{self, Caller, Credential};
use super::error::{insufficient, invalid_request};
use super::parameters;

/// Where uses are noted, and where they and wrong secrets are counted.
pub type Counters = (Data<Recorder>, Data<Limiter>, Data<Guesses>);

/// What a caller that may ask wants to know.
pub struct Question<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// About what.
    pub token: &'a Secret,
    /// When.
    pub now: Timestamp,
    /// Why that is too often for the caller's key.
    pub too_often: Option<Error>,
}

/// What came of it.
pub struct Answered<T> {
    /// Who asked.
    pub caller: Caller,
    /// What was found.
    pub found: T,
    /// How it stands with the rate limits of the caller's key.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// The request. Not checked yet.
pub struct AboutToken {
    /// What else it says.
    pub parameters: Pairs,
    tenant: String,
    credential: Credential,
    token: Option<Secret>,
    from: Option<IpAddr>,
}

impl AboutToken {
    /// Reads it, at the issuer of the tenant with this slug.
    ///
    /// # Errors
    /// As [`parameters::read`] and [`Credential::read`].
    pub async fn read(req: &HttpRequest, tenant: String, payload: Payload) -> Result<Self, Error> {
        let mut parameters = parameters::read(req, &mut payload.into_inner()).await?;
        let credential = Credential::read(req, &mut parameters, &tenant)?;
        let token = parameters.take("token").map(Secret::new);
        // Only a hint: what it is can be seen.
        parameters.take("token_type_hint");
        Ok(Self { parameters, tenant, credential, token, from: RequestInfo::of(req).address })
    }

    /// Finds out who asks and whether they may, and does the work. Each question is a use of the caller's key, and counts against
    /// its rate limits; the use of the token's key is noted where the work says one.
    ///
    /// # Errors
    /// 401 for whoever is nobody, 403 without the permission, 400 without a token, 429 for a key that is used too often and for too
    /// many guesses, what the work answers, and when the database refuses.
    pub async fn answer<T: Send + 'static>(
        self,
        portal: &Data<Portal>,
        (uses, limiter, guesses): Counters,
        needs: Option<Permission>,
        work: impl FnOnce(&mut Conn, Question<'_>) -> Result<Result<(T, Option<Call>), Error>, db::Error> + Send + 'static,
    ) -> Result<Answered<T>, Error> {
        let (portal_, now, from) = (Data::clone(portal), portal.clock.now(), self.from);
        let attempt = self.credential.secret().map(|secret| guesses.attempt(from, secret.expose(), now));
        let limiter = limiter.into_inner();
        let answer = move |conn: &mut Conn| {
            let caller = match caller::check(conn, &portal_, &self.tenant, &self.credential, from, now)? {
                Ok(caller) => caller,
                Err(refused) => {
                    let (error, call) = *refused;
                    return Ok((Err(error), [call, None]));
                }
            };
            let standing = limiter.take(caller.key.id, &caller.key.rate_limits, now);
            let too_often = standing.exceeded().map(Error::from);
            let lacks = needs.filter(|needs| caller.actor().require_to_open(*needs).is_err());
            let told = match (lacks, too_often, &self.token) {
                (Some(_), Some(too_often), _) => Err(too_often),
                (Some(lacks), None, _) => Err(insufficient(&self.tenant, lacks)),
                (None, _, None) => Err(invalid_request("token is missing.")),
                (None, too_often, Some(token)) => work(conn, Question { caller: &caller, token, now, too_often })?,
            };
            let code = match &told {
                Err(Error { kind: Kind::TooManyRequests(_), .. }) => RATE_LIMITED,
                Err(_) if lacks.is_some() => INSUFFICIENT_PERMISSION,
                _ => Verdict::Valid.code(),
            };
            let (own, headers) = (Some(caller.call(code, now, from)), standing.headers());
            Ok(match told {
                Ok((found, call)) => (Ok(Answered { caller, found, headers }), [own, call]),
                Err(error) => (Err(error.with_headers(headers)), [own, None]),
            })
        };
        let (answer, calls) = verify::look_up(portal, attempt, answer, |(_, calls)| calls[0].is_some()).await?;
        calls.iter().flatten().for_each(|call| uses.note(call));
        answer
    }
}
