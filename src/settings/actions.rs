//! The verbs on the settings.

use serde_json::{Map, Value, json};

use crate::access::{Act, Permission};
use crate::audit::{self, Action, Event};
use crate::db::{self, Tx};
use crate::signing_keys::{self, Rotated};
use crate::tenants::{self, Rules, Tenant, TokenRules};

use super::SettingsError;

/// Makes the organization's rules be these. Keys that are there keep what they have.
///
/// # Errors
/// [`SettingsError::Stale`] when they are not of the version that whoever changes them has seen.
pub fn change(tx: &mut Tx<'_>, act: &Act, rules: &Rules, version: i64) -> Result<(), SettingsError> {
    act.actor.require_to_open(Permission::ManageSettings)?;
    let tenant = seen(tx, act, version)?;
    let pairs = [
        ("default_key_days", json!(tenant.default_key_days), json!(rules.default_key_days)),
        ("longest_key_days", json!(tenant.longest_key_days), json!(rules.longest_key_days)),
        ("contact", json!(tenant.contact), json!(rules.contact)),
    ];
    let Some((before, after)) = differences(pairs) else { return Ok(()) };
    tenants::set_rules(tx, act.actor.tenant, rules)?;
    Ok(record(tx, act, &tenant, before, after)?)
}

/// Makes the organization's rules for access tokens be these. Tokens that are given keep what they have. Another algorithm needs
/// a new signing key, which is answered.
///
/// # Errors
/// As [`change`]; and [`SettingsError::SigningKeys`] for another algorithm while a rotation is under way.
pub fn change_tokens(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &TokenRules,
    version: i64,
) -> Result<Option<Rotated>, SettingsError> {
    act.actor.require_to_open(Permission::ManageSettings)?;
    let tenant = seen(tx, act, version)?;
    let pairs = [
        ("access_token_seconds", json!(tenant.access_token_seconds), json!(rules.access_token_seconds)),
        ("signing_algorithm", json!(tenant.signing_algorithm.as_str()), json!(rules.signing_algorithm.as_str())),
        ("signing_key_days", json!(tenant.signing_key_days), json!(rules.signing_key_days)),
        ("allowed_audiences", json!(tenant.audiences.as_slice()), json!(rules.audiences.as_slice())),
    ];
    let Some((before, after)) = differences(pairs) else { return Ok(None) };
    tenants::set_token_rules(tx, act.actor.tenant, rules)?;
    record(tx, act, &tenant, before, after)?;
    let needs_a_key = rules.signing_algorithm != tenant.signing_algorithm;
    Ok(if needs_a_key { Some(signing_keys::rotate(tx, act, None)?) } else { None })
}

/// The organization, if this is the version of its settings.
fn seen(tx: &mut Tx<'_>, act: &Act, version: i64) -> Result<Tenant, SettingsError> {
    let tenant = tenants::by_id(tx, act.actor.tenant)?;
    if tenant.version == version { Ok(tenant) } else { Err(SettingsError::Stale) }
}

/// The fields that differ, before and after; `None` when none does.
fn differences<const N: usize>(pairs: [(&str, Value, Value); N]) -> Option<(Value, Value)> {
    let (mut before, mut after): (Map<String, Value>, Map<String, Value>) = Default::default();
    for (field, was, is) in pairs.into_iter().filter(|(_, was, is)| was != is) {
        before.insert(field.to_owned(), was);
        after.insert(field.to_owned(), is);
    }
    (!before.is_empty()).then(|| (before.into(), after.into()))
}

fn record(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, before: Value, after: Value) -> Result<(), db::Error> {
    let event = Event::new(Action::SettingsUpdated).on("tenant", &tenant.slug, &tenant.organization);
    audit::record(tx, act, event.before(before).after(after))
}
