//! What there is to choose from in the form of a key.

use crate::access::ResourcePath;
use crate::api_keys::{ApiKeyError, Tag, actions};
use crate::db::Conn;
use crate::grants::form::MOST_RESOURCES;
use crate::resources;
use crate::roles::{self, Role};
use crate::tenants::{self, Tenant};
use crate::web::actor::SignedIn;
use crate::web::{Error, Portal};

/// The tenant's rules, its roles, its first resources and some of its tags.
#[derive(Debug)]
pub struct Offer {
    /// The organization with its rules.
    pub tenant: Tenant,
    /// All of its roles.
    pub roles: Vec<Role>,
    /// Its resources; one more than fits where there are too many to choose from.
    pub paths: Vec<ResourcePath>,
    /// Tags that its keys have.
    pub tags: Vec<Tag>,
}

/// Reads it.
///
/// # Errors
/// When the database refuses.
pub async fn offer(portal: &Portal, who: &SignedIn) -> Result<Offer, Error> {
    let actor = who.actor.clone();
    let read = move |conn: &mut Conn| {
        let scope = actor.tenant;
        let nodes = resources::first(conn, scope, MOST_RESOURCES + 1)?;
        Ok::<_, ApiKeyError>(Offer {
            tenant: tenants::by_id(conn, scope)?,
            roles: roles::all(conn, scope)?,
            paths: nodes.into_iter().map(|node| node.path).collect(),
            tags: actions::tag_suggestions(conn, &actor)?,
        })
    };
    Ok(portal.db.read(read).await?)
}
