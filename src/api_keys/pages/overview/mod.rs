//! `/api-keys`: the API Key Overview, which is also what lies behind every overlay.

mod address;
mod view;

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Actor, Permission, ResourcePath};
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, Count, Found, Listing};
use crate::api_keys::api_key::Tag;
use crate::api_keys::filter::Search;
use crate::api_keys::problem::TagProblem;
use crate::base::clock::Timestamp;
use crate::base::paging::Page;
use crate::grants::form::{self, MOST_RESOURCES};
use crate::web::actor::SignedIn;
use crate::web::chart::Spark;
use crate::web::filters::{AppliedView, ChoiceView};
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Shell};
use crate::web::{Error, Portal, paging};
use crate::{db, resources, roles};

use super::still_knocking::{self, StillKnockingView};
use address::Part;
pub use address::{Asked, PATH};
use view::{BarView, HeadsView, MisreadView, WayOutView};
pub use view::{ListView, RowView};

/// Rows on a page.
pub const ROWS: usize = 50;
/// Days of use that a row draws: fourteen whole ones, and today.
const DAYS: usize = 15;

#[derive(Template)]
#[template(path = "api_keys/overview.html")]
struct OverviewPage {
    shell: Shell,
    list: ListView,
}

/// The list.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    let query = Pairs::of_query(&req)?;
    let asked = Asked::of(&query);
    // Somebody may have typed a secret into the address itself. It does not stay there.
    let blank = query.get("q").is_some() && asked.filter.search.is_none();
    if blank || Asked::holds_a_secret(&query) {
        return Ok(go_to(&asked));
    }
    let key_id = asked.filter.search.as_ref().and_then(Search::key_id).map(str::to_owned);
    let page = paging::page(&req, portal.keyring.cursor(), &list_name(&who, &asked))?;
    let whole = page == Page::First && asked.filter.is_empty();
    let mut list = list_of(&portal, &who, asked, page, false).await?;
    if list.rows.is_empty()
        && let Some(key_id) = key_id
        && is_deleted(&portal, &who, &key_id).await?
    {
        return Ok(page::redirect(&portal, &format!("{PATH}/{key_id}"), None));
    }
    if whole {
        let (asking, now) = (who.clone(), portal.clock.now());
        let read = move |conn: &mut db::Conn| still_knocking::read(conn, &asking.actor, asking.here(now));
        list.knocking = portal.db.read(read).await?;
    }
    page::html(&req, &portal, StatusCode::OK, &OverviewPage { shell: Shell::new(&req, &portal, &who), list })
}

/// Whether there was such a key: no list has it, but its page is there.
async fn is_deleted(portal: &Portal, who: &SignedIn, key_id: &str) -> Result<bool, Error> {
    let (actor, key_id) = (who.actor.clone(), key_id.to_owned());
    match portal.db.read(move |conn| actions::show(conn, &actor, &key_id)).await {
        Ok(shown) => Ok(shown.listed.key.deleted_at.is_some()),
        Err(ApiKeyError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The filter bar. It is posted, so that a secret which somebody looks for is in no address and no log; the answer sends to
/// the address of what was found, in which a secret has become the id of its key.
pub async fn search(who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    who.require(Permission::ReadApiKeys)?;
    Ok(go_to(&Asked::of(&form.0)))
}

fn go_to(asked: &Asked) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, asked.href())).finish()
}

/// The page of the list on which these keys were selected, where what was typed for them is no tag.
pub(super) async fn with_problem(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    list: &Pairs,
    ticked: &[String],
    (typed, problem): (String, TagProblem),
) -> Result<HttpResponse, Error> {
    let asked = Asked::of(list);
    let page = paging::page_of(list, portal.keyring.cursor(), &list_name(who, &asked))?;
    let mut list = list_of(portal, who, asked, page, false).await?;
    for row in &mut list.rows {
        row.ticked = ticked.contains(&row.key_id);
    }
    (list.new_tag, list.new_tag_problem) = (typed, Some(problem));
    let knocking = StillKnockingView::default();
    let page = OverviewPage { shell: Shell::new(req, portal, who), list: ListView { knocking, ..list } };
    page::html(req, portal, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The first page of the whole list, without what there is to choose from: what lies behind an overlay, out of reach.
pub async fn behind(portal: &Portal, who: &SignedIn) -> Result<ListView, Error> {
    list_of(portal, who, Asked::default(), Page::First, true).await
}

/// What is read for a page.
struct Read {
    found: Found,
    days: HashMap<i64, Vec<usize>>,
    ways_out: Vec<(Part, Option<Count>)>,
    choices: Choices,
    ending_soon: Count,
}

/// What there is to choose from in the filter bar.
#[derive(Default)]
struct Choices {
    tags: Vec<Tag>,
    roles: Vec<(String, String)>,
    resources: Vec<ResourcePath>,
}

impl Choices {
    fn read(conn: &mut db::Conn, actor: &Actor) -> Result<Self, ApiKeyError> {
        let resources = resources::first(conn, actor.tenant, MOST_RESOURCES + 1)?;
        Ok(Self {
            tags: actions::tag_suggestions(conn, actor)?,
            roles: roles::names(conn, actor.tenant)?,
            resources: resources.into_iter().map(|node| node.path).collect(),
        })
    }
}

async fn list_of(portal: &Portal, who: &SignedIn, asked: Asked, page: Page, inert: bool) -> Result<ListView, Error> {
    // What makes no sense is said once; nothing that is clicked next drags it along.
    let (wrong, asked) = (asked.clone(), asked.understood());
    let (actor, now) = (who.actor.clone(), portal.clock.now());
    let (sort, wanted) = (asked.sort(), asked.clone());
    let name = list_name(who, &asked);
    let place = match &page {
        Page::First => None,
        Page::After(place) => Some(("after", place.clone())),
        Page::Before(place) => Some(("before", place.clone())),
    };
    let (first, backwards) = (page == Page::First, matches!(page, Page::Before(_)));
    let read = move |conn: &mut db::Conn| {
        let listing = Listing { filter: wanted.filter.clone(), sort, page, limit: ROWS, counted: true };
        let found = actions::list(conn, &actor, &listing, now)?;
        let nothing = found.rows.is_empty() && !found.unfinished && first;
        Ok::<_, ApiKeyError>(Read {
            days: actions::days_of(conn, &actor, &found.rows, DAYS, now)?,
            ways_out: if nothing { ways_out(conn, &actor, &wanted, now)? } else { Vec::new() },
            found,
            choices: if inert { Choices::default() } else { Choices::read(conn, &actor)? },
            ending_soon: actions::ending_soon(conn, &actor, now)?,
        })
    };
    let Read { found, mut days, ways_out, choices: Choices { tags, roles, resources }, ending_soon } =
        portal.db.read(read).await?;
    let href = asked.href();
    let this_page = match &place {
        None => asked.query(),
        Some((name_, place)) => {
            let whole = paging::link(&href, portal.keyring.cursor(), &name, name_, place);
            whole.split_once('?').map_or_else(String::new, |(_, query)| query.to_owned())
        }
    };
    let link = |name_: &str, place| paging::link(&href, portal.keyring.cursor(), &name, name_, place);
    let role_name = |slug: &str| roles.iter().find(|role| role.0 == slug).map_or(slug, |role| &role.1).to_owned();
    let in_words = |part: Part, value: &str| match part {
        Part::Role => role_name(value),
        Part::Status => asked.filter.status.map_or("", |status| status.in_words()).to_owned(),
        Part::Resource => {
            asked.filter.resource.as_ref().map_or_else(String::new, |path| form::beneath(&who.actor.root, path))
        }
        Part::Mine => "me".to_owned(),
        Part::Search | Part::Tag => value.to_owned(),
    };
    // A status is a tab, and no chip.
    let parts: Vec<_> = asked.parts();
    let applied = parts.iter().filter(|(part, ..)| *part != Part::Status).map(|(part, _, value)| AppliedView {
        kind: part.in_words(),
        value: in_words(*part, value),
        href: asked.without(*part).href(),
    });
    let ways_out = ways_out.into_iter().map(|(part, count)| {
        let value = parts.iter().find(|(given, ..)| *given == part).map_or("", |(.., value)| value);
        WayOutView {
            words: format!("{}: {}", part.in_words(), in_words(part, value)),
            found: match count {
                Some(Count { keys: 1, more: false }) => "1 key fits without it".to_owned(),
                Some(count) => format!("{} keys fit without it", view::number(count)),
                None => "more may fit without it".to_owned(),
            },
            href: asked.without(part).href(),
        }
    });
    let misread =
        wrong.misread.iter().map(|wrong| MisreadView { part: wrong.part.in_words(), text: wrong.text.clone() });
    let all = if asked.filter.status.is_none() { found.total } else { found.all };
    Ok(ListView {
        may_manage: who.require(Permission::ManageApiKeys).is_ok(),
        newer: found.before.as_ref().map(|place| link("before", place)),
        older: found.after.as_ref().map(|place| link("after", place)),
        unfinished: found.unfinished,
        go_on: if backwards { &found.before } else { &found.after }
            .as_ref()
            .filter(|_| found.unfinished)
            .map(|place| link(if backwards { "before" } else { "after" }, place)),
        first_page: first,
        nothing_yet: found.rows.is_empty() && asked.filter.is_empty() && first,
        tabs: view::tabs(&asked, &found.standings, all),
        applied: applied.collect(),
        ways_out: ways_out.collect(),
        misread: misread.collect(),
        without_misread: href.clone(),
        total: found.total.map(view::number),
        heads: HeadsView::of(&asked),
        order: view::in_words(sort.by, sort.descending),
        export: asked.href_of("/api-keys/export"),
        query: this_page,
        first: href.clone(),
        new_tag: String::new(),
        new_tag_problem: None,
        ending_soon: (ending_soon.keys > 0 && asked.filter.is_empty()).then(|| match ending_soon {
            Count { keys: 1, more: false } => "1 key ends".to_owned(),
            count => format!("{} keys end", view::number(count)),
        }),
        bar: BarView {
            search: asked.filter.search.as_ref().map_or_else(String::new, |search| search.as_str().to_owned()),
            tag: asked.filter.tag.as_ref().map_or_else(String::new, |tag| tag.to_string()),
            tags: tags.into_iter().map(|tag| tag.to_string()).collect(),
            roles: roles
                .iter()
                .map(|(slug, name)| ChoiceView {
                    value: slug.clone(),
                    label: name.clone(),
                    selected: asked.filter.role.as_ref() == Some(slug),
                })
                .collect(),
            resources: if resources.len() > MOST_RESOURCES { Vec::new() } else { choices(who, &asked, &resources) },
            resource: asked
                .filter
                .resource
                .as_ref()
                .map_or_else(|| wrong.misread_as(Part::Resource), ToString::to_string),
            resource_is_wrong: !wrong.misread_as(Part::Resource).is_empty(),
            mine: asked.filter.mine,
            status: asked.filter.status.map_or("", |status| status.as_str()),
            sort: asked.sort.map_or_else(String::new, |sort| sort.to_string()),
        },
        rows: found
            .rows
            .into_iter()
            .map(|listed| {
                let days = days.remove(&listed.key.id).unwrap_or_else(|| vec![0; DAYS]);
                RowView { spark: Some(Spark::new(&days)), ..RowView::new(listed, who, now) }
            })
            .collect(),
        knocking: StillKnockingView::default(),
    })
}

fn choices(who: &SignedIn, asked: &Asked, resources: &[ResourcePath]) -> Vec<ChoiceView> {
    let choice = |path: &ResourcePath| ChoiceView {
        value: path.to_string(),
        label: form::beneath(&who.actor.root, path),
        selected: asked.filter.resource.as_ref() == Some(path),
    };
    resources.iter().map(choice).collect()
}

/// What would be found without each of the filters.
fn ways_out(
    conn: &mut db::Conn,
    actor: &Actor,
    asked: &Asked,
    now: Timestamp,
) -> Result<Vec<(Part, Option<Count>)>, ApiKeyError> {
    let mut found = Vec::new();
    for (part, ..) in asked.parts() {
        let without = asked.without(part);
        let sort = without.sort();
        let listing = Listing { filter: without.filter, sort, page: Page::First, limit: 1, counted: true };
        let rest = actions::list(conn, actor, &listing, now)?;
        if !rest.rows.is_empty() || rest.unfinished {
            found.push((part, rest.total));
        }
    }
    Ok(found)
}

fn list_name(who: &SignedIn, asked: &Asked) -> String {
    format!("api_keys/{}/{}", who.actor.tenant.id(), asked.sort())
}
