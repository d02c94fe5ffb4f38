//! The verbs on roles: each checks the permission, does it, and records it. Whoever shapes a role holds everything that it
//! contains, before and after; whoever adds to one that others hold could have given them that.

use serde_json::{Value, json};

use crate::access::{Act, Actor, CannotGive, Missing, Permission};
use crate::audit::{self, Action, Event};
use crate::db::{self, Conn, Tx};
use crate::grants::{self, COUNTED, Of};

use super::role::{Counts, Holders};
use super::store;
use super::{Definition, Role, RoleError, Slug};

/// Roles of its own that a tenant may have.
const MOST_OWN: i64 = 200;
/// Holders whom the event of a deletion names.
const MOST_NAMED: usize = 100;

/// A role with how many hold it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The role.
    pub role: Role,
    /// How many hold it, counted up to [`COUNTED`] and one more.
    pub counts: Counts,
}

/// A role with who holds it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The role.
    pub role: Role,
    /// Who holds it; at most [`COUNTED`] and one more of each kind.
    pub holders: Holders,
}

/// All roles of the tenant, the built-in ones first.
///
/// # Errors
/// [`RoleError::Refused`] without `roles:manage`.
pub fn list(conn: &mut Conn, actor: &Actor) -> Result<Vec<Listed>, RoleError> {
    actor.require(Permission::ManageRoles, &actor.root)?;
    let roles = store::all(conn, actor.tenant)?;
    let mut counts = store::counts(conn, actor.tenant)?;
    let listed = |role: Role| Listed { counts: counts.remove(&role.id).unwrap_or_default(), role };
    Ok(roles.into_iter().map(listed).collect())
}

/// One role.
///
/// # Errors
/// [`RoleError::NotFound`] for another tenant's role as for none.
pub fn show(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Shown, RoleError> {
    actor.require(Permission::ManageRoles, &actor.root)?;
    let role = store::by_slug(conn, actor.tenant, slug)?.ok_or(RoleError::NotFound)?;
    let holders = store::holders(conn, actor.tenant, role.id)?;
    Ok(Shown { role, holders })
}

/// One role for whoever is about to change or delete it.
///
/// # Errors
/// As [`show`]; [`RoleError::BuiltIn`] and [`RoleError::CannotGive`] where it is not the actor's to change.
pub fn show_own(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Shown, RoleError> {
    actor.require(Permission::ManageRoles, &actor.root)?;
    let role = own(conn, actor, slug)?;
    let holders = store::holders(conn, actor.tenant, role.id)?;
    Ok(Shown { role, holders })
}

/// Makes a role of the tenant's own. Nobody holds it yet.
///
/// # Errors
/// See [`RoleError`].
pub fn create(tx: &mut Tx<'_>, act: &Act, slug: &Slug, new: &Definition) -> Result<Role, RoleError> {
    let (actor, tenant) = (&act.actor, act.actor.tenant);
    actor.require(Permission::ManageRoles, &actor.root)?;
    let role = Role {
        id: 0,
        slug: slug.as_str().to_owned(),
        name: new.name.clone(),
        description: new.description.clone(),
        built_in: None,
        assignable: new.assignable,
        permissions: new.permissions.clone(),
        version: 1,
    };
    require_to_hold(actor, &role)?;
    require_to_mark(actor, &role)?;
    if store::by_slug(tx, tenant, slug.as_str())?.is_some() {
        return Err(RoleError::SlugTaken);
    }
    if store::count_own(tx, tenant)? >= MOST_OWN {
        return Err(RoleError::Full(MOST_OWN));
    }
    let id = store::insert(tx, tenant, &role, act.now).map_err(|error| match error {
        db::Error::Duplicate => RoleError::SlugTaken,
        other => other.into(),
    })?;
    let role = Role { id, ..role };
    audit::record(tx, act, Event::new(Action::RoleCreated).on("role", &role.slug, &role.name).after(facts(&role)))?;
    Ok(role)
}

/// Makes the role what it shall be, for everybody who holds it, from their next request on.
///
/// # Errors
/// [`RoleError::Stale`] when `version` is not the role's any more; otherwise see [`RoleError`].
pub fn update(tx: &mut Tx<'_>, act: &Act, slug: &str, version: i64, new: &Definition) -> Result<Role, RoleError> {
    let (actor, tenant) = (&act.actor, act.actor.tenant);
    actor.require(Permission::ManageRoles, &actor.root)?;
    let before = own(tx, actor, slug)?;
    if before.version != version {
        return Err(RoleError::Stale(Box::new(before)));
    }
    let after = Role {
        name: new.name.clone(),
        description: new.description.clone(),
        permissions: new.permissions.clone(),
        assignable: new.assignable,
        ..before.clone()
    };
    if after == before {
        return Ok(before);
    }
    require_to_hold(actor, &after)?;
    let added = after.permissions.without(&before.permissions);
    if !added.is_empty() {
        // Whoever holds the role gains this: as if it were given to each of them, where they hold it.
        let gained = Role { permissions: added.clone(), assignable: false, ..after.clone() };
        for path in grants::resources_of_role(tx, tenant, before.id)? {
            actor.require_to_give(&gained.on(&path))?;
        }
    }
    // What may be given on the whole organization may be given wherever anybody holds it.
    if !before.assignable || !added.is_empty() {
        require_to_mark(actor, &after)?;
    }
    let after = Role { version: before.version + 1, ..after };
    store::update(tx, tenant, &after)?;
    if !before.permissions.without(&after.permissions).is_empty() {
        grants::count_change_of_holders(tx, tenant, Of::Role(before.id))?;
    }
    let event = Event::new(Action::RoleUpdated).on("role", &after.slug, &after.name);
    audit::record(tx, act, event.before(facts(&before)).after(facts(&after)))?;
    Ok(after)
}

/// Deletes the role and takes it from everybody. A role that is made later is another one, whatever its slug.
///
/// # Errors
/// See [`RoleError`].
pub fn delete(tx: &mut Tx<'_>, act: &Act, slug: &str) -> Result<Role, RoleError> {
    let (actor, tenant) = (&act.actor, act.actor.tenant);
    actor.require(Permission::ManageRoles, &actor.root)?;
    let role = own(tx, actor, slug)?;
    let holders = store::holders(tx, tenant, role.id)?;
    grants::remove_everywhere(tx, tenant, Of::Role(role.id))?;
    store::delete(tx, tenant, role.id)?;
    let mut before = facts(&role);
    let names = holders.users.iter().chain(&holders.api_keys).map(|holder| holder.label.as_str());
    before["users"] = counted(holders.users.len());
    before["api_keys"] = counted(holders.api_keys.len());
    before["holders"] = names.take(MOST_NAMED).collect();
    audit::record(tx, act, Event::new(Action::RoleDeleted).on("role", &role.slug, &role.name).before(before))?;
    Ok(role)
}

fn own(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Role, RoleError> {
    let role = store::by_slug(conn, actor.tenant, slug)?.ok_or(RoleError::NotFound)?;
    if role.built_in.is_some() {
        return Err(RoleError::BuiltIn(Box::new(role)));
    }
    require_to_hold(actor, &role)?;
    Ok(role)
}

fn require_to_hold(actor: &Actor, role: &Role) -> Result<(), CannotGive> {
    let cannot = |permission| CannotGive {
        slug: role.slug.clone(),
        role: role.name.clone(),
        resource: actor.root.clone(),
        missing: Missing::Portal(permission),
    };
    role.beyond(actor).map_or(Ok(()), |permission| Err(cannot(permission)))
}

/// User managers give a marked role as if they held it: so whoever marks it could give all of it everywhere.
fn require_to_mark(actor: &Actor, role: &Role) -> Result<(), CannotGive> {
    if !role.assignable {
        return Ok(());
    }
    actor.require_to_give(&Role { assignable: false, ..role.clone() }.on(&actor.root))
}

fn facts(role: &Role) -> Value {
    json!({
        "name": role.name, "description": role.description, "permissions": role.permissions.words().collect::<Vec<_>>(),
        "assignable": role.assignable,
    })
}

fn counted(count: usize) -> Value {
    if count > COUNTED { "1,000+".into() } else { count.into() }
}
