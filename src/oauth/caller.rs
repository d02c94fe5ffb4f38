//! Who asks about tokens, or ends one: a key of the tenant, alive, by its own credentials.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::access::{Actor, Grant, Who};
use crate::api_keys::ApiKey;
use crate::base::clock::Timestamp;
use crate::base::secret::Secret;
use crate::db::{Conn, Error as DbError};
use crate::tenants::{self, Tenant};
use crate::usage::Call;
use crate::verify::{self, Verdict};
use crate::web::form::Pairs;
use crate::web::headers::given;
use crate::web::{Error, Portal};

use super::authentication::{self, authenticate, holder, malformed};
use super::client::{self, Claimed};
use super::error::{REALM, invalid_token, refused_client, refused_token};
use super::presented_token::{self, Active};

/// What a caller presents. Not checked yet.
pub enum Credential {
    /// Client id and secret.
    Client(Claimed),
    /// A key or an access token as bearer token.
    Bearer(Secret),
}

impl Credential {
    /// From the `Authorization` header or the body.
    ///
    /// # Errors
    /// As [`client::read`].
    pub fn read(req: &HttpRequest, parameters: &mut Pairs, tenant: &str) -> Result<Self, Error> {
        let mut headers = given(req.headers(), header::AUTHORIZATION);
        let header = headers.next().and_then(|value| str::from_utf8(value.as_bytes()).ok());
        let bearer =
            header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let several = headers.next().is_some() || parameters.get("client_secret").is_some();
        match bearer {
            Some((_, text)) if !several => Ok(Self::Bearer(Secret::new(text.trim_matches(' ').to_owned()))),
            _ => client::read(req, parameters, tenant).map(Self::Client),
        }
    }

    /// The key's secret, where it is one: what somebody may be guessing. Whoever invents a token is found out by its signature.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Client(claimed) => Some(&claimed.secret),
            Self::Bearer(text) => (!text.expose().contains('.')).then_some(text),
        }
    }
}

/// A key that is whom it claims to be, and alive.
pub struct Caller {
    /// Its tenant.
    pub tenant: Tenant,
    /// The key.
    pub key: ApiKey,
    /// What it may do.
    pub grants: Vec<Grant>,
    secret: Option<i64>,
}

impl Caller {
    /// A key that was found. What became of a dead one is for `refuse` to say.
    fn of_key(
        known: authentication::Known,
        from: Option<IpAddr>,
        now: Timestamp,
        refuse: impl FnOnce(&Tenant, &Verdict) -> Error,
    ) -> Known {
        let call = known.call(now, from);
        let authentication::Known { verdict, presented, grants, secret } = known;
        match verdict {
            Verdict::Valid => Ok(Self { tenant: presented.tenant, key: presented.key, grants, secret: Some(secret) }),
            verdict => Err(Box::new((refuse(&presented.tenant, &verdict), Some(call)))),
        }
    }

    fn of_token(token: presented_token::Active, from: Option<IpAddr>, now: Timestamp) -> Known {
        let caller = Self { tenant: token.tenant, key: token.key, grants: token.grants, secret: None };
        match verify::allows(&caller.key.allowed_addresses, from) {
            Ok(()) => Ok(caller),
            Err(refused) => {
                let call = caller.call(Verdict::IpNotAllowed(refused).code(), now, from);
                Err(Box::new((invalid_token(&caller.tenant.slug), Some(call))))
            }
        }
    }

    /// The use that is noted.
    pub fn call(&self, code: &'static str, at: Timestamp, address: Option<IpAddr>) -> Call {
        Call { tenant: self.tenant.scope, api_key: self.key.id, secret: self.secret, at, address, code }
    }

    /// As whom it acts.
    pub fn actor(&self) -> Actor {
        Actor {
            who: Who::ApiKey(self.key.id),
            label: self.key.client_id.clone(),
            tenant: self.tenant.scope,
            root: self.tenant.root(),
            grants: self.grants.clone(),
        }
    }
}

/// The caller; else the answer to whoever it is, and the use of a dead key.
pub type Known = Result<Caller, Box<(Error, Option<Call>)>>;

/// Checks what is presented from `from` at the tenant with this slug.
///
/// # Errors
/// When the database refuses.
pub fn check(
    conn: &mut Conn,
    portal: &Portal,
    slug: &str,
    credential: &Credential,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Known, DbError> {
    match credential {
        Credential::Client(claimed) => by_client(conn, portal, slug, claimed, from, now),
        Credential::Bearer(text) if text.expose().contains('.') => by_token(conn, portal, slug, text, from, now),
        Credential::Bearer(text) => by_key(conn, portal, slug, text, from, now),
    }
}

fn by_client(
    conn: &mut Conn,
    portal: &Portal,
    slug: &str,
    claimed: &Claimed,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Known, DbError> {
    match authenticate(conn, portal, slug, claimed, from, now)? {
        Some(known) => Ok(Caller::of_key(known, from, now, |tenant, verdict| {
            refused_client(&tenant.slug, verdict.message(&tenant.contact))
        })),
        None => stranger(conn, slug, |slug| claimed.refused(portal, slug)),
    }
}

fn by_key(
    conn: &mut Conn,
    portal: &Portal,
    slug: &str,
    text: &Secret,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Known, DbError> {
    match holder(conn, portal, text, from, now)? {
        Some(known) if known.presented.tenant.slug == slug => Ok(Caller::of_key(known, from, now, bearer_refused)),
        _ => stranger(conn, slug, |slug| unknown_bearer(portal, slug, text)),
    }
}

fn by_token(
    conn: &mut Conn,
    portal: &Portal,
    slug: &str,
    text: &Secret,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Known, DbError> {
    match for_ourselves(presented_token::check(conn, portal, slug, text.expose(), now)?) {
        Some(token) => Ok(Caller::of_token(token, from, now)),
        None => stranger(conn, slug, invalid_token),
    }
}

/// Checks a bearer token at an address that names no tenant: a key, or an access token that is for ourselves, of whatever
/// tenant.
///
/// # Errors
/// When the database refuses.
pub fn of_any_tenant(
    conn: &mut Conn,
    portal: &Portal,
    text: &Secret,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Known, DbError> {
    if !text.expose().contains('.') {
        return Ok(match holder(conn, portal, text, from, now)? {
            Some(known) => Caller::of_key(known, from, now, bearer_refused),
            None => Err(Box::new((unknown_bearer(portal, REALM, text), None))),
        });
    }
    let stranger = Err(Box::new((invalid_token(REALM), None)));
    let Some(slug) = presented_token::claimed_tenant(&portal.settings.public_url, text.expose()) else {
        return Ok(stranger);
    };
    let token = for_ourselves(presented_token::check(conn, portal, &slug, text.expose(), now)?);
    Ok(token.map_or(stranger, |token| Caller::of_token(token, from, now)))
}

/// A token for another resource is refused here, also where it is for us as well: that resource could act in the name of the client
/// with it (RFC 9068, section 4).
fn for_ourselves(token: Option<Active>) -> Option<Active> {
    token.filter(|token| token.claims.aud.is_only(&token.claims.iss))
}

/// A bearer is told no more of a dead key than that it is.
fn bearer_refused(tenant: &Tenant, _: &Verdict) -> Error {
    invalid_token(&tenant.slug)
}

/// The answer to a bearer token that is no key of anybody.
fn unknown_bearer(portal: &Portal, realm: &str, text: &Secret) -> Error {
    malformed(portal, text)
        .map_or_else(|| invalid_token(realm), |malformed| refused_token(realm, malformed.to_string()))
}

/// Whoever is nobody here. An issuer that does not exist asks nobody for credentials.
fn stranger(conn: &mut Conn, slug: &str, refused: impl FnOnce(&str) -> Error) -> Result<Known, DbError> {
    let error = tenants::by_slug(conn, slug)?.map_or_else(Error::not_found, |tenant| refused(&tenant.slug));
    Ok(Err(Box::new((error, None))))
}
