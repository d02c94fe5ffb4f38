//! A request that is about a token: who asks, and which one. Introspection and revocation read it alike.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use crate::access::Permission;
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::rate_limits::Guesses;
use crate::usage::{Call, Recorder};
use crate::verify::{INSUFFICIENT_PERMISSION, Verdict};
use crate::web::form::Pairs;
use crate::web::request_info::RequestInfo;
use crate::web::{Error, Portal};

use super::caller::{self, Caller, Credential};
use super::error::{insufficient, invalid_request};
use super::parameters;

/// Where uses are noted and wrong secrets are counted.
pub type Counters = (Data<Recorder>, Data<Guesses>);

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

    /// Finds out who asks, whether they may, and does the work with the caller and the token; notes the use of the caller's key, and
    /// that of the token's where the work says one, and counts wrong secrets.
    ///
    /// # Errors
    /// 401 for whoever is nobody, 403 without the permission, 400 without a token, 429 for too many guesses, and when the database
    /// refuses.
    pub async fn answer<T: Send + 'static>(
        self,
        portal: &Data<Portal>,
        (uses, guesses): Counters,
        needs: Option<Permission>,
        work: impl FnOnce(&mut Conn, &Caller, &Secret, Timestamp) -> Result<(T, Option<Call>), db::Error> + Send + 'static,
    ) -> Result<(Caller, T), Error> {
        let (portal_, now, from) = (Data::clone(portal), portal.clock.now(), self.from);
        let secret = self.credential.secret();
        let attempt = secret.map(|secret| guesses.enter(from, secret.expose(), now)).transpose()?;
        let told = portal
            .db
            .point_read(move |conn| {
                let caller = match caller::check(conn, &portal_, &self.tenant, &self.credential, from, now)? {
                    Ok(caller) => caller,
                    Err(refused) => {
                        let (error, call) = *refused;
                        return Ok::<_, db::Error>((Err(error), [call, None]));
                    }
                };
                let lacks = needs.filter(|needs| caller.actor().require_to_open(*needs).is_err());
                let code = if lacks.is_some() { INSUFFICIENT_PERMISSION } else { Verdict::Valid.code() };
                let own = Some(caller.call(code, now, from));
                Ok(match (lacks, &self.token) {
                    (Some(lacks), _) => (Err(insufficient(&self.tenant, lacks)), [own, None]),
                    (None, None) => (Err(invalid_request("token is missing.")), [own, None]),
                    (None, Some(token)) => {
                        let (done, call) = work(conn, &caller, token, now)?;
                        (Ok((caller, done)), [own, call])
                    }
                })
            })
            .await;
        if let Some(attempt) = attempt {
            attempt.settle(told.as_ref().ok().map(|(_, calls)| calls[0].is_some()));
        }
        let (answer, calls) = told?;
        calls.iter().flatten().for_each(|call| uses.note(call));
        answer
    }
}
