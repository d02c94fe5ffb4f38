//! The one way in which access tokens are given: to whoever holds a key that is good, from where it may be used, as often as it
//! may be.

use std::net::IpAddr;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use serde_json::json;

use crate::base::clock::Timestamp;
use crate::base::random;
use crate::base::secret::Secret;
use crate::db::{self, Conn};
use crate::rate_limits::{Decision, Guesses, Limiter, RATE_LIMITED};
use crate::signing_keys::{self, Ring};
use crate::tenants;
use crate::usage::{Call, Recorder};
use crate::verify::{self, INSUFFICIENT_PERMISSION, Verdict};
use crate::web::error::Kind;
use crate::web::{Error, Portal};

use super::access_token::{LONGEST, Token, TokenRequest};
use super::audience::Audience;
use super::authentication::{Known, authenticate, holder, malformed};
use super::client::Claimed;
use super::error::{REALM, refuse, refused_client, unknown_key};
use super::issuer;
use super::scope::Scope;

/// What giving needs beside the portal.
pub type Means = (Data<Ring>, Data<Recorder>, Data<Limiter>, Data<Guesses>);

/// Who asks for a token. Not checked yet.
#[derive(Debug)]
pub enum Asking {
    /// A client of the tenant with this slug.
    Client {
        /// The slug.
        tenant: String,
        /// Its id and secret.
        claimed: Claimed,
    },
    /// Whoever holds this key, of whatever tenant.
    Holder(Secret),
}

impl Asking {
    fn secret(&self) -> &Secret {
        match self {
            Self::Client { claimed, .. } => &claimed.secret,
            Self::Holder(secret) => secret,
        }
    }

    fn check(
        &self,
        conn: &mut Conn,
        portal: &Portal,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Option<Known>, db::Error> {
        match self {
            Self::Client { tenant, claimed } => authenticate(conn, portal, tenant, claimed, from, now),
            Self::Holder(secret) => holder(conn, portal, secret, from, now),
        }
    }

    /// The answer to whoever is nobody.
    fn nobody(&self, conn: &mut Conn, portal: &Portal) -> Result<Error, db::Error> {
        match self {
            Self::Holder(secret) => Ok(malformed(portal, secret)
                .map_or_else(unknown_key, |malformed| refused_client(REALM, malformed.to_string()))),
            // Only whoever fails is worth a look at whether there is such a tenant at all.
            Self::Client { tenant, claimed } => Ok(tenants::by_slug(conn, tenant)?
                .map_or_else(Error::not_found, |tenant| claimed.refused(portal, &tenant.slug))),
        }
    }
}

/// A token as somebody wants it.
#[derive(Debug)]
pub struct Asked {
    /// Who.
    pub who: Asking,
    /// Whom it is for; the issuer when nobody is named.
    pub audience: Option<Audience>,
    /// What it may do; everything that the key may when nothing is said.
    pub scope: Option<String>,
    /// The client's address, as far as trusted proxies say it.
    pub from: Option<IpAddr>,
}

/// A token that was given.
#[derive(Debug)]
pub struct Given {
    token: Token,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Gives a token, or not; notes the use of the key in either case, and counts wrong secrets.
///
/// # Errors
/// Those of RFC 6749, section 5.2, and RFC 8707, section 2; 429 for too many uses of the key and for too many guesses.
pub async fn give(portal: &Data<Portal>, means: Means, asked: Asked) -> Result<Given, Error> {
    let (ring, uses, limiter, guesses) = means;
    let (portal_, ring, now) = (Data::clone(portal), ring.into_inner(), portal.clock.now());
    let from = asked.from;
    let (attempt, limiter) = (guesses.attempt(from, asked.who.secret().expose(), now), limiter.into_inner());
    let check = move |conn: &mut Conn| {
        let known = asked.who.check(conn, &portal_, asked.from, now)?;
        let decision = known.as_ref().and_then(|known| known.uses_its_key(&limiter, now));
        let given = match decision.as_ref().and_then(Decision::exceeded) {
            Some(exceeded) => Err(exceeded.into()),
            None => match token(conn, &portal_, &ring, &asked, known.as_ref(), now) {
                Err(Failure::Db(error)) => return Err(error),
                Err(Failure::Refused(error)) => Err(error),
                Ok(token) => Ok(token),
            },
        };
        Ok((known.map(|known| known.call(now, from)), decision, given))
    };
    let (call, decision, given) = verify::look_up(portal, Some(attempt), check, |(call, ..)| call.is_some()).await?;
    match (call, &given) {
        (Some(call), Err(Error { kind: Kind::TooManyRequests(_), .. })) => {
            uses.note(&Call { code: RATE_LIMITED, ..call });
        }
        // A good key that asks for more than it holds.
        (Some(call), Err(Error { kind: Kind::OAuth { .. }, .. })) if call.is_accepted() => {
            uses.note(&Call { code: INSUFFICIENT_PERMISSION, ..call });
        }
        // A fault of ours is no answer to the key.
        (Some(call), Err(_)) if call.is_accepted() => {}
        (Some(call), _) => uses.note(&call),
        (None, _) => {}
    }
    let headers = decision.map(|decision| decision.headers()).unwrap_or_default();
    match given {
        Ok(token) => Ok(Given { token, headers }),
        Err(error) => Err(error.with_headers(headers)),
    }
}

enum Failure {
    Db(db::Error),
    Refused(Error),
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::Db(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

fn token(
    conn: &mut Conn,
    portal: &Portal,
    ring: &Ring,
    asked: &Asked,
    known: Option<&Known>,
    now: Timestamp,
) -> Result<Token, Failure> {
    let Some(Known { verdict, presented, grants, .. }) = known else {
        return Err(asked.who.nobody(conn, portal)?.into());
    };
    let tenant = &presented.tenant;
    if *verdict != Verdict::Valid {
        return Err(refused_client(&tenant.slug, verdict.message(&tenant.contact)).into());
    }
    let issuer = issuer(&portal.settings.public_url, tenant);
    let audience = asked.audience.clone().unwrap_or_else(|| Audience::One(issuer.clone()));
    audience.require(&issuer, &tenant.audiences)?;
    let scope = Scope::granted(grants, asked.scope.as_deref())?;
    let sealed = signing_keys::current(conn, tenant.scope, now)?;
    let signing_key = ring.open(&portal.keyring, &sealed).map_err(Error::internal)?;
    let request = TokenRequest {
        issuer: &issuer,
        audience: &audience,
        tenant,
        key: &presented.key,
        grants: &scope.narrow(grants.clone()),
        scope: &scope,
        now,
        jti: random::base62(&*portal.entropy, 22),
    };
    let token = request.sign(&signing_key).map_err(Error::internal)?;
    if token.text.len() >= LONGEST {
        let words = "The token would be too long for a header. Ask for fewer permissions with scope.";
        return Err(refuse("invalid_scope", words).into());
    }
    Ok(token)
}

impl Given {
    /// RFC 6749, section 5.1.
    pub fn answer(self) -> HttpResponse {
        let Self { token, headers } = self;
        let mut body = json!({ "access_token": token.text, "token_type": "Bearer", "expires_in": token.expires_in });
        if !token.scope.is_empty() {
            body["scope"] = json!(token.scope);
        }
        let mut response = HttpResponse::Ok();
        for header in headers {
            response.insert_header(header);
        }
        response
            .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
            .insert_header((header::PRAGMA, "no-cache"))
            .body(body.to_string())
    }
}
