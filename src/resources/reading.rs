//! What pages show of the tree. The whole tree is seen by whoever manages any part of it.

use crate::access::{Actor, Permission, ResourcePath, TenantScope};
use crate::db::{Conn, Error};
use crate::grants::{self, COUNTED, Held, Of};

use super::resource::{LONGEST_PATH, MOST};
use super::{Resource, ResourceError, store};

/// The permission behind every verb on resources, reading included.
pub(super) const MANAGE: Permission = Permission::ManageResources;

/// Children of one node that are shown.
const CHILDREN: usize = 200;
/// Nodes that a search shows.
const FOUND: usize = 50;
/// Nodes that a form offers to belong to.
const OFFERED: usize = 200;

/// Some nodes, and whether there are more.
#[derive(Debug, Clone)]
pub struct Few {
    /// The nodes.
    pub nodes: Vec<Resource>,
    /// Whether there are others.
    pub more: bool,
}

impl Few {
    /// The first `most` of what was read, which is one more where there are more.
    fn of(mut nodes: Vec<Resource>, most: usize) -> Self {
        let more = nodes.len() > most;
        nodes.truncate(most);
        Self { nodes, more }
    }
}

/// A node of the way from the root to the one that is shown, and what is right beneath it.
#[derive(Debug, Clone)]
pub struct Level {
    /// The node.
    pub node: Resource,
    /// Its children by name.
    pub children: Few,
}

/// A node on which grants reach the one that is shown: itself, or one above it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The node.
    pub node: Resource,
    /// The grants on it, users first.
    pub held: Vec<Held>,
    /// Whether there are more grants than were counted.
    pub more: bool,
}

/// A node with everything its page shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The way from the root to the node, both included.
    pub levels: Vec<Level>,
    /// The node.
    pub node: Resource,
    /// How many nodes are beneath it.
    pub beneath: usize,
    /// Who can reach it, from the node itself up to the root.
    pub places: Vec<Place>,
}

/// What falls with a node that is deleted.
#[derive(Debug, Clone)]
pub struct Fall {
    /// The node.
    pub node: Resource,
    /// How many nodes are beneath it.
    pub beneath: usize,
    /// How many grants are on any of them.
    pub grants: usize,
    /// Whether there are more grants than were counted, and perhaps more holders.
    pub more: bool,
    /// The e-mail addresses of the users who hold one, each once.
    pub users: Vec<String>,
    /// The client ids of the API keys that hold one, each once.
    pub api_keys: Vec<String>,
}

/// One node and the way to it.
///
/// # Errors
/// [`ResourceError::NotFound`] for another tenant's node as for none.
pub fn show(conn: &mut Conn, actor: &Actor, path: &ResourcePath) -> Result<Shown, ResourceError> {
    actor.require_to_open(MANAGE)?;
    let tenant = actor.tenant;
    let node = store::by_path(conn, tenant, path)?.ok_or(ResourceError::NotFound)?;
    let way: Vec<ResourcePath> = path.ancestors().collect();
    let way = store::by_paths(conn, tenant, &way)?;
    let mut places = Vec::with_capacity(way.len());
    for node in way.iter().rev() {
        let (held, more) = held(conn, tenant, &[node.id])?;
        places.push(Place { node: node.clone(), held, more });
    }
    let mut levels = Vec::with_capacity(way.len());
    for node in way {
        let children = store::children(conn, tenant, node.id, CHILDREN + 1)?;
        levels.push(Level { node, children: Few::of(children, CHILDREN) });
    }
    let beneath = store::count_beneath(conn, tenant, path)?;
    Ok(Shown { levels, node, beneath: usize::try_from(beneath).unwrap_or_default(), places })
}

/// Nodes with this text in their path.
///
/// # Errors
/// [`ResourceError::Refused`] where the actor manages no resource at all.
pub fn search(conn: &mut Conn, actor: &Actor, text: &str) -> Result<Few, ResourceError> {
    actor.require_to_open(MANAGE)?;
    // No path is so long, and a pattern may not be as long as an address may.
    if text.len() > LONGEST_PATH {
        return Ok(Few { nodes: Vec::new(), more: false });
    }
    Ok(Few::of(store::search(conn, actor.tenant, text, FOUND + 1)?, FOUND))
}

/// Nodes that the actor may put something beneath, as far as a form offers them.
///
/// # Errors
/// When the database refuses.
pub fn offered(conn: &mut Conn, actor: &Actor) -> Result<Vec<ResourcePath>, ResourceError> {
    let nodes = store::subtrees(conn, actor.tenant, &actor.places(&[MANAGE]), OFFERED)?;
    Ok(nodes.into_iter().map(|node| node.path).collect())
}

/// What would fall with this node.
///
/// # Errors
/// [`ResourceError::NotFound`], [`ResourceError::Refused`]; [`ResourceError::Root`] for what cannot be deleted.
pub fn fall(conn: &mut Conn, actor: &Actor, path: &ResourcePath) -> Result<Fall, ResourceError> {
    actor.require_to_open(MANAGE)?;
    let node = store::by_path(conn, actor.tenant, path)?.ok_or(ResourceError::NotFound)?;
    actor.require(MANAGE, &node.path)?;
    if node.is_root() {
        return Err(ResourceError::Root);
    }
    Ok(fall_of(conn, actor.tenant, node)?.0)
}

/// What falls with a node, and the database ids of all nodes that do.
pub(super) fn fall_of(conn: &mut Conn, tenant: TenantScope, node: Resource) -> Result<(Fall, Vec<i64>), Error> {
    let ids: Vec<i64> = store::subtree(conn, tenant, &node.path, MOST)?.iter().map(|fallen| fallen.id).collect();
    let (held, more) = held(conn, tenant, &ids)?;
    let grants = held.len();
    let (users, api_keys): (Vec<Held>, Vec<Held>) = held.into_iter().partition(|held| held.is_user);
    let labels = |held: Vec<Held>| {
        let mut labels: Vec<String> = held.into_iter().map(|held| held.label).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    };
    let fall = Fall {
        node,
        beneath: ids.len().saturating_sub(1),
        grants,
        more,
        users: labels(users),
        api_keys: labels(api_keys),
    };
    Ok((fall, ids))
}

fn held(conn: &mut Conn, tenant: TenantScope, ids: &[i64]) -> Result<(Vec<Held>, bool), Error> {
    let mut held = grants::held(conn, tenant, Of::Resources(ids))?;
    let more = held.len() > COUNTED;
    held.truncate(COUNTED);
    Ok((held, more))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{BuiltIn, Grant, Who};

    #[test]
    fn places_are_managed_from_their_highest_node_on() {
        let grant = |role: BuiltIn, path: &str| Grant {
            role: role.slug().into(),
            role_name: role.name().into(),
            resource: path.parse().unwrap(),
            permissions: role.permissions(),
            assignable: role.assignable_by_user_managers(),
        };
        let mut actor = Actor {
            who: Who::User(1),
            label: "somebody".into(),
            tenant: TenantScope::from_row(1),
            root: ResourcePath::root("acme"),
            grants: vec![
                grant(BuiltIn::Ops, "organization=acme:account=a:scope=x"),
                grant(BuiltIn::Ops, "organization=acme:account=a"),
                grant(BuiltIn::Admin, "organization=acme:account=ab"),
                grant(BuiltIn::Developer, "organization=acme"),
            ],
        };
        let places = |actor: &Actor| actor.places(&[MANAGE]).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(places(&actor), ["organization=acme:account=a", "organization=acme:account=ab"]);
        actor.grants.push(grant(BuiltIn::Ops, "organization=acme"));
        assert_eq!(places(&actor), ["organization=acme"]);
        actor.grants.clear();
        assert!(actor.places(&[MANAGE]).is_empty());
        assert_eq!(places(&Actor { who: Who::Shell, ..actor }), ["organization=acme"]);
    }
}
