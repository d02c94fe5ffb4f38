//! The verbs that change the tree: each checks the permission, does it, and records it. What pages show is read in
//! [`super::reading`].

use serde_json::{Value, json};

use crate::access::{Act, Actor, Grant, Permission, ResourcePath, RoleSet};
use crate::audit::{self, Action, Event};
use crate::db::{self, Conn, Tx};
use crate::grants::{self, Of};

use super::reading::{self, Fall, MANAGE};
use super::resource::{self, MOST};
use super::{Mark, Resource, ResourceError, Segment, store};

/// How many of those who lost a grant an event names.
const NAMED: usize = 100;

/// What a resource shall be called, and where it shall be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The node above it.
    pub parent: ResourcePath,
    /// Its kind and name.
    pub segment: Segment,
}

/// Adds a node.
///
/// # Errors
/// See [`ResourceError`].
pub fn add(tx: &mut Tx<'_>, act: &Act, wanted: &Wanted) -> Result<Resource, ResourceError> {
    act.actor.require_to_open(MANAGE)?;
    let tenant = act.actor.tenant;
    let parent = parent(tx, &act.actor, &wanted.parent)?;
    let path = parent.beneath(&wanted.segment)?;
    if store::by_path(tx, tenant, &path)?.is_some() {
        return Err(ResourceError::Taken);
    }
    if store::count(tx, tenant)? >= MOST as i64 {
        return Err(ResourceError::TreeFull);
    }
    let added = store::insert(tx, act, parent.id, &wanted.segment, &path).map_err(somebody_was_faster)?;
    audit::record(tx, act, about(Action::ResourceCreated, &added).after(facts(&added)))?;
    Ok(added)
}

/// Renames and moves a node with everything beneath it. Nothing is recorded where nothing is different.
///
/// # Errors
/// See [`ResourceError`].
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    path: &ResourcePath,
    seen: Mark,
    wanted: &Wanted,
) -> Result<Resource, ResourceError> {
    act.actor.require_to_open(MANAGE)?;
    let tenant = act.actor.tenant;
    let node = seen_node(tx, &act.actor, path, seen)?;
    let parent = parent(tx, &act.actor, &wanted.parent)?;
    if node.path.covers(&parent.path) {
        return Err(ResourceError::BeneathItself);
    }
    let path = parent.beneath(&wanted.segment)?;
    if path == node.path {
        return Ok(node);
    }
    // It leaves the place where it is: whoever manages that says what there is beneath it.
    if let Some(above) = node.path.parent() {
        act.actor.require(MANAGE, &above)?;
    }
    require_to_move(tx, &act.actor, &node, &parent)?;
    let moved = store::subtree(tx, tenant, &node.path, MOST)?;
    let deepest = moved.iter().map(|beneath| resource::levels(&beneath.path)).max().unwrap_or_default();
    resource::require_levels((deepest + resource::levels(&path)).saturating_sub(resource::levels(&node.path)))?;
    if store::by_path(tx, tenant, &path)?.is_some() {
        return Err(ResourceError::Taken);
    }
    let ids: Vec<i64> = moved.iter().map(|beneath| beneath.id).collect();
    require_to_name(tx, &act.actor, &ids, &node.path, &path)?;
    let changed = store::relocate(tx, tenant, &node, parent.id, &wanted.segment, &path).map_err(somebody_was_faster)?;
    // Tokens name the paths of grants; nothing is held at the old ones any more.
    grants::count_change_of_holders(tx, tenant, Of::Resources(&ids))?;
    let event = about(Action::ResourceUpdated, &node).before(facts(&node)).after(facts(&changed));
    audit::record(tx, act, event)?;
    Ok(changed)
}

/// Deletes a node with everything beneath it, and every grant on any of them: a node that is called the same later gives
/// nothing to anybody.
///
/// # Errors
/// See [`ResourceError`].
pub fn delete(tx: &mut Tx<'_>, act: &Act, path: &ResourcePath, seen: Mark) -> Result<Fall, ResourceError> {
    act.actor.require_to_open(MANAGE)?;
    let tenant = act.actor.tenant;
    let node = seen_node(tx, &act.actor, path, seen)?;
    let (fall, ids) = reading::fall_of(tx, tenant, node)?;
    grants::remove_everywhere(tx, tenant, Of::Resources(&ids))?;
    if let Some(parent) = fall.node.parent_id {
        grants::move_former(tx, tenant, &ids, parent)?;
    }
    store::remove_subtree(tx, tenant, &fall.node.path)?;
    let mut before = facts(&fall.node);
    before["resources"] = json!(ids.len());
    before["grants"] = number(fall.grants, fall.more);
    before["users"] = number(fall.users.len(), fall.more);
    before["api_keys"] = number(fall.api_keys.len(), fall.more);
    before["held_by"] = json!(fall.users.iter().chain(&fall.api_keys).take(NAMED).collect::<Vec<_>>());
    audit::record(tx, act, about(Action::ResourceDeleted, &fall.node).before(before))?;
    Ok(fall)
}

/// The node that a form is about, where the actor may change it and it is still as the form had it.
fn seen_node(conn: &mut Conn, actor: &Actor, path: &ResourcePath, seen: Mark) -> Result<Resource, ResourceError> {
    let Some(node) = store::by_path(conn, actor.tenant, path)? else {
        let elsewhere = store::by_older_mark(conn, actor.tenant, seen)?;
        return Err(elsewhere.map_or(ResourceError::NotFound, |node| ResourceError::Changed(Box::new(node))));
    };
    actor.require(MANAGE, &node.path)?;
    if node.is_root() {
        return Err(ResourceError::Root);
    }
    if node.mark() == seen { Ok(node) } else { Err(ResourceError::Changed(Box::new(node))) }
}

/// The node that another one shall belong to: whoever manages it says what there is beneath it.
fn parent(conn: &mut Conn, actor: &Actor, path: &ResourcePath) -> Result<Resource, ResourceError> {
    let parent = store::by_path(conn, actor.tenant, path)?.ok_or(ResourceError::NoSuchParent)?;
    actor.require(MANAGE, &parent.path)?;
    Ok(parent)
}

/// Whoever holds a role above the new place holds it on the moved node from then on. So each of these roles has to be the
/// actor's to give, there where the node is now.
fn require_to_move(conn: &mut Conn, actor: &Actor, node: &Resource, parent: &Resource) -> Result<(), ResourceError> {
    let new: Vec<ResourcePath> = parent.path.ancestors().filter(|above| !above.covers(&node.path)).collect();
    let ids: Vec<i64> = store::by_paths(conn, actor.tenant, &new)?.iter().map(|above| above.id).collect();
    for grant in grants::roles_on(conn, actor.tenant, &ids)? {
        actor.require_to_give(&Grant { resource: node.path.clone(), ..grant })?;
    }
    Ok(())
}

/// Gateways ask by path, so what somebody may do with applications at the old path they may do at the new one from then on:
/// under a name that something else had before, perhaps. That has to be the actor's to give at the new path.
fn require_to_name(
    conn: &mut Conn,
    actor: &Actor,
    moved: &[i64],
    old: &ResourcePath,
    new: &ResourcePath,
) -> Result<(), ResourceError> {
    for grant in grants::roles_on(conn, actor.tenant, moved)? {
        let beneath = grant.resource.as_str().strip_prefix(old.as_str()).unwrap_or_default();
        let resource = format!("{new}{beneath}").parse().map_err(|_| db::Error::Corrupt("resources", "path"))?;
        // Whoever manages API keys there may hand that out as well.
        let managing = [Permission::ManageApiKeys].into_iter().filter(|key| grant.permissions.portal.contains(*key));
        let permissions = RoleSet { portal: managing.collect(), application: grant.permissions.application.clone() };
        if permissions.is_empty() {
            continue;
        }
        actor.require_to_give(&Grant { resource, permissions, assignable: false, ..grant })?;
    }
    Ok(())
}

/// Two who make the same path at once: the second finds the first when its transaction runs again.
fn somebody_was_faster(error: db::Error) -> db::Error {
    match error {
        db::Error::Duplicate => db::Error::Conflict("two resources were placed at once".into()),
        other => other,
    }
}

fn about(action: Action, node: &Resource) -> Event {
    Event::new(action).on("resource", node.path.as_str(), node.path.as_str())
}

fn facts(node: &Resource) -> Value {
    json!({ "path": node.path.as_str(), "kind": node.kind, "name": node.name })
}

/// A number that may be higher than what was counted.
fn number(counted: usize, more: bool) -> Value {
    if more { json!(format!("{counted}+")) } else { json!(counted) }
}
