//! `/api_key`: keys, by number. Whoever calls is a key that holds `api_keys:read`, and for changes `api_keys:manage`, and gives
//! no more than it holds.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::{Act, Permission};
use crate::api_keys::client_id::{ClientId, Name};
use crate::api_keys::{self, AllowedAddresses, ApiKeyError, Created, Edit, Expiry, NewApiKey};
use crate::base::random;
use crate::db::Tx;
use crate::grants::Wanted;
use crate::oauth::Means;
use crate::rate_limits::RateLimits;
use crate::roles::Role;
use crate::web::{Error, Portal};
use crate::{roles, tenants};

use super::body::{self, Asked, Body, GrantAsked};
use super::calling::Calling;
use super::refusal::Failure;
use super::view;

/// Characters of the id of a form, which no form has here.
const INTENT: usize = 22;
/// Characters that tell keys of the same name apart.
const SUFFIX: usize = 8;

/// Makes a key. Its secret is in this answer, and nowhere else ever.
pub async fn create(
    req: HttpRequest,
    portal: Data<Portal>,
    means: Means,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let calling = Calling::of(&req, &portal, means).await?;
    let outcome = made(&req, &portal, &calling, payload).await;
    calling.finish(outcome)
}

async fn made(
    req: &HttpRequest,
    portal: &Data<Portal>,
    calling: &Calling,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let asked = body::read::<Body>(req, payload).await?.parse()?;
    let name = asked.name.ok_or_else(|| Error::bad_request("name is missing."))?;
    let (grants, tags) = (asked.grants.unwrap_or_default(), asked.tags.unwrap_or_default());
    let environment = portal.settings.environment.clone();
    let body = calling.write(req, portal, move |tx, act| {
        act.actor.require_to_open(Permission::ManageApiKeys).map_err(ApiKeyError::from)?;
        let new = NewApiKey {
            client_id: client_id(name.as_str(), None)?,
            name: name.clone(),
            environment: environment.clone(),
            expiry: Expiry::In(tenants::by_id(tx, act.actor.tenant)?.default_key_days),
            wanted: wanted(&grants, &roles::all(tx, act.actor.tenant)?)?,
            tags: tags.clone(),
            allowed_addresses: AllowedAddresses::default(),
            rate_limits: RateLimits::default(),
            intent: random::base62(&*act.entropy, INTENT),
        };
        let created = insert(tx, act, new)?;
        let numbered = api_keys::show_numbered(tx, &act.actor, created.key.id)?;
        Ok(view::with_secret(view::key(tx, &act.actor, &numbered)?, &created.secret))
    });
    Ok(view::answer(StatusCode::CREATED, &body.await?))
}

/// Their names need not be unique, and our client ids are. One that is taken, or reserved after a delete, gets a suffix.
fn insert(tx: &mut Tx<'_>, act: &Act, new: NewApiKey) -> Result<Created, Failure> {
    match api_keys::create(tx, act, &new) {
        Err(ApiKeyError::ClientIdTaken | ApiKeyError::ClientIdKept(_)) => {
            let suffix = random::base62(&*act.entropy, SUFFIX);
            let client_id = client_id(new.name.as_str(), Some(&suffix))?;
            Ok(api_keys::create(tx, act, &NewApiKey { client_id, ..new })?)
        }
        made => Ok(made?),
    }
}

/// A client id from a name.
fn client_id(name: &str, suffix: Option<&str>) -> Result<ClientId, Error> {
    let mut text = tenants::Slug::propose(name);
    if text.len() < 3 {
        text = format!("key-{text}").trim_end_matches('-').to_owned();
    }
    if let Some(suffix) = suffix {
        text.truncate(64 - 1 - SUFFIX);
        text = format!("{}-{suffix}", text.trim_end_matches('-'));
    }
    ClientId::parse(&text).map_err(|_| Error::bad_request("name makes no client id. Choose another one."))
}

fn wanted(grants: &[GrantAsked], roles: &[Role]) -> Result<Vec<Wanted>, Error> {
    grants.iter().map(|grant| grant.wanted(roles)).collect()
}

/// One key.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    means: Means,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let calling = Calling::of(&req, &portal, means).await?;
    let number = number(&id);
    let shown = calling.read(&portal, move |conn, actor| {
        let numbered = api_keys::show_numbered(conn, actor, number?)?;
        Ok(view::key(conn, actor, &numbered)?)
    });
    let outcome = shown.await.map(|body| view::answer(StatusCode::OK, &body));
    calling.finish(outcome)
}

/// Changes what is said.
pub async fn change(
    req: HttpRequest,
    portal: Data<Portal>,
    means: Means,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let calling = Calling::of(&req, &portal, means).await?;
    let outcome = changed(&req, &portal, &calling, &id, payload).await;
    calling.finish(outcome)
}

async fn changed(
    req: &HttpRequest,
    portal: &Data<Portal>,
    calling: &Calling,
    id: &str,
    payload: Payload,
) -> Result<HttpResponse, Error> {
    let number = number(id)?;
    let asked = body::read::<Body>(req, payload).await?.parse()?;
    let body = calling.write(req, portal, move |tx, act| {
        let numbered = api_keys::show_numbered(tx, &act.actor, number)?;
        let edit = edited(tx, act, &numbered.shown, &asked)?;
        api_keys::edit(tx, act, &numbered.shown.listed.key.key_id, &edit)?;
        let numbered = api_keys::show_numbered(tx, &act.actor, number)?;
        Ok(view::key(tx, &act.actor, &numbered)?)
    });
    Ok(view::answer(StatusCode::OK, &body.await?))
}

/// The key as it is, but for what is said.
fn edited(tx: &mut Tx<'_>, act: &Act, shown: &api_keys::Shown, asked: &Asked) -> Result<Edit, Failure> {
    let (listed, key) = (&shown.listed, &shown.listed.key);
    let held =
        || shown.grants.iter().map(|grant| Wanted { role: grant.role.clone(), resource: grant.resource.clone() });
    let name = |text: &str| Name::parse(text, &key.client_id).map_err(|_| Error::internal("a stored name is none"));
    Ok(Edit {
        name: asked.name.clone().map_or_else(|| name(&key.name), Ok)?,
        wanted: match &asked.grants {
            Some(grants) => wanted(grants, &roles::all(tx, act.actor.tenant)?)?,
            None => held().collect(),
        },
        tags: asked.tags.clone().unwrap_or_else(|| listed.tags.clone()),
        expiry: Expiry::Keep,
        allowed_addresses: key.allowed_addresses.clone(),
        rate_limits: key.rate_limits,
        version: key.version,
    })
}

/// Deletes a key: when this is answered, nothing accepts it any more.
pub async fn delete(
    req: HttpRequest,
    portal: Data<Portal>,
    means: Means,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let calling = Calling::of(&req, &portal, means).await?;
    let number = number(&id);
    let deleted = calling.write(&req, &portal, move |tx, act| {
        let number = number.clone()?;
        let key_id = api_keys::show_numbered(tx, &act.actor, number)?.shown.listed.key.key_id;
        Ok(api_keys::delete(tx, act, &key_id)?)
    });
    let outcome = deleted.await.map(|_| HttpResponse::NoContent().finish());
    calling.finish(outcome)
}

fn number(id: &str) -> Result<i64, Error> {
    id.parse().map_err(|_| Error::not_found())
}
