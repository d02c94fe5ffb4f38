//! The part "User roles": tick boxes for roles on the whole organization, rows for roles on a resource.

use std::collections::BTreeSet;

use crate::access::{Actor, Grant, ResourcePath};
use crate::grants::Wanted;
use crate::grants::form::{self, Choice, GrantRow, MOST_RESOURCES, RowProblem, RowsView};
use crate::resources;
use crate::roles::{self, Role};
use crate::web::actor::SignedIn;
use crate::web::form::Pairs;
use crate::web::{Error, Portal};

/// What is ticked and chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RolesForm {
    /// Slugs of the roles on the whole organization.
    pub ticked: BTreeSet<String>,
    /// Roles on a resource.
    pub rows: Vec<GrantRow>,
}

/// What can be ticked and chosen by whoever fills the form in.
#[derive(Debug)]
pub struct Offer {
    roles: Vec<Role>,
    paths: Vec<ResourcePath>,
}

/// One tick box.
#[derive(Debug)]
pub struct BoxView {
    /// The role's slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it is ticked.
    pub ticked: bool,
    /// Why it cannot be given, where it cannot.
    pub why_not: Option<String>,
}

/// The whole part.
#[derive(Debug)]
pub struct RolesView {
    /// The tick boxes.
    pub boxes: Vec<BoxView>,
    /// The rows.
    pub rows: RowsView,
}

impl RolesForm {
    /// What somebody holds.
    pub fn of_grants(root: &ResourcePath, grants: &[Grant]) -> Self {
        let (whole, beneath): (Vec<&Grant>, Vec<&Grant>) = grants.iter().partition(|grant| grant.resource == *root);
        Self {
            ticked: whole.into_iter().map(|grant| grant.role.clone()).collect(),
            rows: beneath.into_iter().map(GrantRow::from).collect(),
        }
    }

    /// What was sent.
    pub fn of_pairs(pairs: &Pairs) -> Self {
        let ticked = pairs.names().filter_map(|name| name.strip_prefix("role-")).map(str::to_owned).collect();
        Self { ticked, rows: form::rows_of(pairs) }
    }

    /// Does what a button of the form asked for instead of sending it. Answers whether one did.
    pub fn rearrange(&mut self, action: &str, actor: &Actor, offer: &Offer) -> bool {
        match action {
            "add-all" => {
                let may = |role: &&Role| actor.require_to_give(&role.on(&actor.root)).is_ok();
                self.ticked.extend(offer.roles.iter().filter(may).map(|role| role.slug.clone()));
                true
            }
            "remove-all" => {
                self.ticked.clear();
                true
            }
            other => form::rearrange(&mut self.rows, other),
        }
    }

    /// What is asked for.
    ///
    /// # Errors
    /// The rows that ask for nothing that could be given.
    pub fn wanted(&self, root: &ResourcePath) -> Result<Vec<Wanted>, Vec<(usize, RowProblem)>> {
        let whole = self.ticked.iter().map(|role| Wanted { role: role.clone(), resource: root.clone() });
        let mut wanted: Vec<Wanted> = whole.collect();
        wanted.extend(form::wanted(&self.rows)?);
        Ok(wanted)
    }

    /// As the page shows it to whoever fills it in.
    pub fn view(self, actor: &Actor, offer: &Offer) -> RolesView {
        let tick_box = |role: &Role| BoxView {
            slug: role.slug.clone(),
            name: role.name.clone(),
            description: role.description.clone(),
            ticked: self.ticked.contains(&role.slug),
            why_not: actor.require_to_give(&role.on(&actor.root)).err().map(|cannot| cannot.to_string()),
        };
        let boxes = offer.roles.iter().map(tick_box).collect();
        let somewhere = |role: &&Role| actor.may_give_somewhere(&role.on(&actor.root));
        let choice = |role: &Role| Choice { value: role.slug.clone(), label: role.name.clone() };
        let roles = offer.roles.iter().filter(somewhere).map(choice).collect();
        let paths: Vec<ResourcePath> = offer.paths.iter().filter(|path| **path != actor.root).cloned().collect();
        RolesView { boxes, rows: RowsView::new(self.rows, roles, &actor.root, &paths) }
    }
}

/// Reads what the tenant has to offer.
pub async fn offer(portal: &Portal, who: &SignedIn) -> Result<Offer, Error> {
    let tenant = who.actor.tenant;
    let read = move |conn: &mut crate::db::Conn| {
        let nodes = resources::first(conn, tenant, MOST_RESOURCES + 2)?;
        let paths = nodes.into_iter().map(|node| node.path).collect();
        Ok::<_, crate::db::Error>(Offer { roles: roles::all(conn, tenant)?, paths })
    };
    Ok(portal.db.read(read).await?)
}
