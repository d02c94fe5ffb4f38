//! Who can reach a node: users and API keys, counted for each role and for each node that it is given on.

use std::collections::BTreeMap;

use crate::access::{Actor, Permission};
use crate::grants::Held;
use crate::resources::reading::Place;

use crate::web::numbers::counted;

/// Users who are named in one line.
const NAMED: usize = 10;

/// One line: so many users, or so many API keys, with this role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachView {
    /// `2 users`.
    pub holders: String,
    /// Some of the users, where the viewer may open their pages.
    pub named: Vec<UserView>,
    /// How many more there are than are named.
    pub others: usize,
    /// The role's name.
    pub role: String,
    /// The node above that the role is given on; nothing for the node itself.
    pub from: Option<FromView>,
}

/// A user with a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserView {
    /// The e-mail address.
    pub email: String,
    /// The id in the page's address.
    pub public_id: String,
}

/// A node above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromView {
    /// Where it is.
    pub path: String,
    /// How it is called.
    pub name: String,
}

/// The lines for these places, the first of which is the node itself. API keys are counted where the viewer sees them.
pub fn lines(places: Vec<Place>, actor: &Actor) -> Vec<ReachView> {
    let may_open_users = actor.may_open(Permission::ReadUsers);
    let mut lines = Vec::new();
    for (at, place) in places.into_iter().enumerate() {
        let sees_keys = actor.may(Permission::ReadApiKeys, &place.node.path);
        let from = (at > 0).then(|| FromView { path: place.node.path.to_string(), name: place.node.name });
        let mut roles: BTreeMap<String, (Vec<Held>, usize)> = BTreeMap::new();
        for held in place.held {
            let (users, api_keys) = roles.entry(held.role_name.clone()).or_default();
            if held.is_user { users.push(held) } else { *api_keys += 1 }
        }
        for (role, (users, api_keys)) in roles {
            if !users.is_empty() {
                let holders = counted(users.len(), place.more, "user");
                let count = users.len();
                let named: Vec<UserView> = users
                    .into_iter()
                    .take(if may_open_users { NAMED } else { 0 })
                    .map(|held| UserView { email: held.label, public_id: held.public_id })
                    .collect();
                let others = if named.is_empty() { 0 } else { count - named.len() };
                lines.push(ReachView { holders, named, others, role: role.clone(), from: from.clone() });
            }
            if api_keys > 0 && sees_keys {
                let holders = counted(api_keys, place.more, "API key");
                lines.push(ReachView { holders, named: Vec::new(), others: 0, role, from: from.clone() });
            }
        }
    }
    lines
}
