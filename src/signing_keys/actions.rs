//! The verbs on the signing keys of a tenant. Whoever opens their transaction takes the tenant's lock first.

use serde_json::json;

use crate::access::{Act, Actor, Permission};
use crate::audit::{self, Action, Event};
use crate::base::clock::Timestamp;
use crate::db::{Conn, Error, Tx};
use crate::tenants::{self, SigningAlgorithm, Tenant};

use super::SigningKeyError;
use super::key_pair::KeyPair;
use super::life::{AFTERWARDS_SECONDS, AHEAD_SECONDS, PresentKey, Stage};
use super::signing_key::seal;
use super::store::{self, Times};

/// A key that takes the place of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new key's id.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// The id of the key before it.
    pub before: Option<String>,
    /// How long that one stays published; `None` when it is gone.
    pub before_published_until: Option<Timestamp>,
}

/// Makes the first key of a tenant, which signs from now on.
///
/// # Errors
/// When the database refuses, or the crypto library does.
pub fn create(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant) -> Result<(), Error> {
    let pair = add(tx, act, tenant, act.now)?;
    let event = Event::new(Action::SigningKeyCreated)
        .on("signing_key", &pair.kid, &pair.kid)
        .after(json!({ "algorithm": pair.algorithm.as_str() }));
    audit::record(tx, act, event)
}

/// Makes the next key. It is published now, and signs when everybody may know it; then the last one stops, and stays published
/// until its last token is dead. `seen` is the key that somebody takes for the last one, where they have seen one.
///
/// # Errors
/// [`SigningKeyError::UnderWay`] while the last one does not sign yet; otherwise see [`SigningKeyError`].
pub fn rotate(tx: &mut Tx<'_>, act: &Act, seen: Option<&str>) -> Result<Rotated, SigningKeyError> {
    act.actor.require_to_open(Permission::ManageSettings)?;
    let tenant = tenants::by_id(tx, act.actor.tenant)?;
    let Some(last) = last(tx, act)? else { return replace(tx, act, seen) };
    if last.signs_from > act.now {
        return Err(SigningKeyError::UnderWay { from: last.signs_from });
    }
    is_the_one(seen, &last)?;
    let signs_from = act.now.plus_seconds(AHEAD_SECONDS);
    let published_until = signs_from.plus_seconds(AFTERWARDS_SECONDS);
    store::retire(tx, tenant.scope, last.id, signs_from, published_until)?;
    let pair = add(tx, act, &tenant, signs_from)?;
    let rotated = Rotated {
        kid: pair.kid,
        algorithm: pair.algorithm,
        signs_from,
        before: Some(last.kid.clone()),
        before_published_until: Some(published_until),
    };
    record(tx, act, Action::SigningKeyRotated, Some(&last), &rotated)?;
    Ok(rotated)
}

/// For when a key has leaked: makes a key that signs now, and takes all others away, so that nobody accepts their tokens who
/// fetches the keys again. `seen` is as for [`rotate`].
///
/// # Errors
/// See [`SigningKeyError`].
pub fn replace(tx: &mut Tx<'_>, act: &Act, seen: Option<&str>) -> Result<Rotated, SigningKeyError> {
    act.actor.require_to_open(Permission::ManageSettings)?;
    let tenant = tenants::by_id(tx, act.actor.tenant)?;
    let last = last(tx, act)?;
    if let Some(last) = &last {
        is_the_one(seen, last)?;
    }
    store::delete_all(tx, tenant.scope)?;
    let pair = add(tx, act, &tenant, act.now)?;
    let rotated = Rotated {
        kid: pair.kid,
        algorithm: pair.algorithm,
        signs_from: act.now,
        before: last.as_ref().map(|last| last.kid.clone()),
        before_published_until: None,
    };
    record(tx, act, Action::SigningKeyReplaced, last.as_ref(), &rotated)?;
    Ok(rotated)
}

/// The keys that are published now, newest first.
///
/// # Errors
/// See [`SigningKeyError`].
pub fn present(conn: &mut Conn, actor: &Actor, now: Timestamp) -> Result<Vec<PresentKey>, SigningKeyError> {
    actor.require_to_open(Permission::ManageSettings)?;
    let all = store::times(conn, actor.tenant, now)?;
    // As the one that signs is found: the first that has not ended.
    let signs = all.iter().filter(|key| key.signs_until > now).map(|key| key.signs_from).min();
    let present = |key: Times| {
        let stage = if Some(key.signs_from) == signs {
            Stage::Signs { since: key.signs_from, until: key.signs_until.unless_never() }
        } else if key.signs_until <= now {
            Stage::Retired { since: key.signs_until, until: key.published_until }
        } else {
            Stage::Next { from: key.signs_from }
        };
        PresentKey { kid: key.kid, algorithm: key.algorithm, stage }
    };
    Ok(all.into_iter().map(present).collect())
}

/// The key after which no other has been made.
pub(super) fn last(tx: &mut Tx<'_>, act: &Act) -> Result<Option<Times>, Error> {
    Ok(store::times(tx, act.actor.tenant, act.now)?.into_iter().find(|key| key.signs_until.is_never()))
}

fn is_the_one(seen: Option<&str>, last: &Times) -> Result<(), SigningKeyError> {
    if seen.is_none_or(|kid| kid == last.kid) { Ok(()) } else { Err(SigningKeyError::Stale) }
}

/// A key of 2048 bits takes about a tenth of a second to be made, in which nobody else writes; that is once in a long time.
fn add(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, signs_from: Timestamp) -> Result<KeyPair, Error> {
    let pair = KeyPair::generate(tenant.signing_algorithm)?;
    let sealed = seal(act, tenant.scope, &pair)?;
    store::insert(tx, tenant.scope, &pair, &sealed, (act.now, signs_from))?;
    Ok(pair)
}

fn record(tx: &mut Tx<'_>, act: &Act, action: Action, before: Option<&Times>, rotated: &Rotated) -> Result<(), Error> {
    let was = before.map(|last| json!({ "key": last.kid, "algorithm": last.algorithm.as_str() }));
    let is = json!({
        "key": rotated.kid,
        "algorithm": rotated.algorithm.as_str(),
        "signs_from": rotated.signs_from.rfc3339(),
        "key_before_published_until": rotated.before_published_until.map(Timestamp::rfc3339),
    });
    let event = Event::new(action).on("signing_key", &rotated.kid, &rotated.kid).after(is);
    audit::record(tx, act, if let Some(was) = was { event.before(was) } else { event })
}
