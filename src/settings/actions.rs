//! The one verb on the settings.

use serde_json::{Map, Value, json};

use crate::access::{Act, Permission};
use crate::audit::{self, Action, Event};
use crate::db::Tx;
use crate::tenants::{self, Rules};

use super::SettingsError;

/// Makes the organization's rules be these. Keys that are there keep what they have.
///
/// # Errors
/// [`SettingsError::Stale`] when they are not of the version that whoever changes them has seen.
pub fn change(tx: &mut Tx<'_>, act: &Act, rules: &Rules, version: i64) -> Result<(), SettingsError> {
    act.actor.require_to_open(Permission::ManageSettings)?;
    let tenant = tenants::by_id(tx, act.actor.tenant)?;
    if tenant.version != version {
        return Err(SettingsError::Stale);
    }
    let pairs = [
        ("default_key_days", json!(tenant.default_key_days), json!(rules.default_key_days)),
        ("longest_key_days", json!(tenant.longest_key_days), json!(rules.longest_key_days)),
        ("contact", json!(tenant.contact), json!(rules.contact)),
    ];
    let (mut before, mut after): (Map<String, Value>, Map<String, Value>) = Default::default();
    for (field, was, is) in pairs.into_iter().filter(|(_, was, is)| was != is) {
        before.insert(field.to_owned(), was);
        after.insert(field.to_owned(), is);
    }
    if before.is_empty() {
        return Ok(());
    }
    tenants::set_rules(tx, act.actor.tenant, rules)?;
    let event = Event::new(Action::SettingsUpdated).on("tenant", &tenant.slug, &tenant.organization);
    Ok(audit::record(tx, act, event.before(before.into()).after(after.into()))?)
}
