//! `/resources`: the tree and one of its nodes, which is also what lies behind every overlay.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Actor, Permission, ResourcePath};
use crate::base::clock::Timestamp;
use crate::db::Conn;
use crate::resources::reading::MANAGE;
use crate::resources::reading::{self, Few, Shown};
use crate::resources::{Resource, ResourceError};
use crate::web::actor::SignedIn;
use crate::web::form::Pairs;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::form::{EditErrors, EditForm, EditView, address};
use super::reach::{self, ReachView};
use super::tree::{self, LeafView, Step};
use crate::web::numbers::counted;

#[derive(Template)]
#[template(path = "resources/overview.html")]
struct OverviewPage {
    shell: Shell,
    view: OverviewView,
}

/// The tree, one node, and what may be done with it.
#[derive(Debug)]
pub struct OverviewView {
    /// What was searched for, and found.
    pub search: Option<SearchView>,
    /// The tree.
    pub steps: Vec<Step>,
    /// Whether there is nothing but the organization.
    pub only_root: bool,
    /// The node.
    pub node: NodeView,
    /// The form to rename and move it, where the viewer may.
    pub edit: Option<EditView>,
    /// Whether there is an overlay before it, with a form of its own.
    pub is_behind: bool,
}

/// What a search found.
#[derive(Debug)]
pub struct SearchView {
    /// What was searched for.
    pub text: String,
    /// What has it in its path.
    pub found: Vec<LeafView>,
    /// Whether there is more.
    pub more: bool,
}

/// A node's facts.
#[derive(Debug)]
pub struct NodeView {
    /// Where it is.
    pub path: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Which one.
    pub name: String,
    /// Whether it is the organization itself.
    pub is_root: bool,
    /// When it was added.
    pub created: Moment,
    /// `3 resources`.
    pub beneath: Option<String>,
    /// The nodes above it, the root first.
    pub above: Vec<LeafView>,
    /// Who can reach it.
    pub reach: Vec<ReachView>,
    /// Whether API keys may reach it that the viewer does not see.
    pub hides_keys: bool,
    /// Whether the viewer manages resources here.
    pub may_manage: bool,
    /// Where the viewer does.
    pub managed: Vec<String>,
}

impl OverviewView {
    /// How many problems the form has.
    pub fn problems(&self) -> usize {
        self.edit.as_ref().map_or(0, |edit| edit.errors.count())
    }

    /// The same without its form, whose fields are called like those of the overlay.
    #[must_use]
    pub fn behind_an_overlay(self) -> Self {
        Self { edit: None, is_behind: true, ..self }
    }
}

/// The root.
pub async fn root(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    let root = who.actor.root.clone();
    show_at(&req, &portal, &who, root).await
}

/// Any node.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageResources)?;
    show_at(&req, &portal, &who, address(&path)?).await
}

async fn show_at(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    path: ResourcePath,
) -> Result<HttpResponse, Error> {
    let text = Pairs::of_query(req)?.text("q");
    let view = load(portal, who, path, Some(text.trim().to_owned()).filter(|text| !text.is_empty())).await?;
    answer(req, portal, who, StatusCode::OK, view)
}

/// The whole page.
///
/// # Errors
/// When the template fails.
pub fn answer(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    view: OverviewView,
) -> Result<HttpResponse, Error> {
    page::html(req, portal, status, &OverviewPage { shell: Shell::new(req, portal, who), view })
}

/// Everything the page shows, for this page and for what lies behind an overlay.
///
/// # Errors
/// 404 for a node that is not there.
pub async fn load(
    portal: &Portal,
    who: &SignedIn,
    path: ResourcePath,
    text: Option<String>,
) -> Result<OverviewView, Error> {
    let actor = who.actor.clone();
    let read = move |conn: &mut Conn| {
        let shown = reading::show(conn, &actor, &path)?;
        let offered = reading::offered(conn, &actor)?;
        let found =
            text.map(|text| Ok::<_, ResourceError>((reading::search(conn, &actor, &text)?, text))).transpose()?;
        Ok::<_, ResourceError>((shown, offered, found))
    };
    let (shown, offered, found) = portal.db.read(read).await?;
    Ok(view(who, portal.clock.now(), shown, &offered, found))
}

fn view(
    who: &SignedIn,
    now: Timestamp,
    shown: Shown,
    offered: &[ResourcePath],
    found: Option<(Few, String)>,
) -> OverviewView {
    let actor = &who.actor;
    let Shown { levels, node, beneath, places } = shown;
    let parent = levels.iter().rev().nth(1).map(|level| &level.node);
    OverviewView {
        steps: tree::steps(&levels, &node.path),
        only_root: node.is_root() && beneath == 0,
        is_behind: false,
        edit: parent.filter(|parent| may(actor, &node) && may(actor, parent)).map(|parent| {
            let form = EditForm::of(&node, parent);
            EditView::new(&node, form, EditErrors::default(), offered)
        }),
        search: found.map(|(few, text)| SearchView {
            text,
            found: few.nodes.iter().map(|node| LeafView::new(node, None)).collect(),
            more: few.more,
        }),
        node: NodeView {
            is_root: node.is_root(),
            created: who.here(now).moment(node.created_at),
            beneath: (beneath > 0).then(|| counted(beneath, false, "resource")),
            above: levels
                .iter()
                .map(|level| &level.node)
                .filter(|above| above.id != node.id)
                .map(|above| LeafView::new(above, None))
                .collect(),
            hides_keys: !actor.may(Permission::ReadApiKeys, &actor.root),
            reach: reach::lines(places, actor),
            may_manage: may(actor, &node),
            managed: actor.places(&[MANAGE]).iter().map(ToString::to_string).collect(),
            path: node.path.to_string(),
            kind: node.kind,
            name: node.name,
        },
    }
}

fn may(actor: &Actor, node: &Resource) -> bool {
    actor.may(MANAGE, &node.path)
}
