//! `/users`: everybody who can sign in or is invited to, which is also what lies behind every overlay.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Grant, Permission, ResourcePath};
use crate::base::paging::{Cursor, Page};
use crate::grants::form;
use crate::roles;
use crate::users::actions::{self, Listed};
use crate::users::filter::Filter;
use crate::users::user::Status;
use crate::web::actor::SignedIn;
use crate::web::filters::{AppliedView, ChoiceView};
use crate::web::form::Pairs;
use crate::web::page::{self, Here, Moment, Shell};
use crate::web::{Error, Portal, paging};

/// Rows on a page.
const ROWS: usize = 50;
/// Roles that a row names; more are counted.
const ROLES: usize = 3;
const PATH: &str = "/users";

#[derive(Template)]
#[template(path = "users/overview.html")]
struct OverviewPage {
    shell: Shell,
    list: ListView,
}

/// The list.
#[derive(Debug)]
pub struct ListView {
    /// Its rows, by name.
    pub rows: Vec<RowView>,
    /// Whether to show what changes something.
    pub may_manage: bool,
    /// The address of the page before.
    pub newer: Option<String>,
    /// The address of the page after.
    pub older: Option<String>,
    /// What is looked for.
    pub search: String,
    /// The states to choose from.
    pub statuses: Vec<ChoiceView>,
    /// The roles to choose from.
    pub roles: Vec<ChoiceView>,
    /// The filters that apply, each with the address without it.
    pub applied: Vec<AppliedView>,
}

/// One user.
#[derive(Debug)]
pub struct RowView {
    /// The id in their addresses.
    pub public_id: String,
    /// What they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Two letters for the eye.
    pub initials: String,
    /// What the account is.
    pub status: Status,
    /// The roles they hold, in words.
    pub roles: Vec<String>,
    /// How many more.
    pub more_roles: usize,
    /// When they signed in last.
    pub last_signed_in: Option<Moment>,
}

impl RowView {
    /// As seen from there.
    pub fn new(listed: Listed, root: &ResourcePath, here: Here<'_>) -> Self {
        let Listed { user, grants } = listed;
        let mut roles: Vec<String> = grants.iter().map(|grant| in_words(grant, root)).collect();
        let more_roles = roles.len().saturating_sub(ROLES);
        roles.truncate(ROLES);
        Self {
            initials: initials(&user.name),
            status: user.status(),
            last_signed_in: user.last_signed_in_at.map(|at| here.moment(at)),
            public_id: user.public_id,
            email: user.email,
            name: user.name,
            roles,
            more_roles,
        }
    }
}

/// A grant as people read it.
pub(super) fn in_words(grant: &Grant, root: &ResourcePath) -> String {
    if grant.resource == *root {
        return grant.role_name.clone();
    }
    format!("{} on {}", grant.role_name, form::beneath(root, &grant.resource))
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// The list.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    let filter = filter(&Pairs::of_query(&req)?);
    let name = list_name(&who);
    let page = paging::page(&req, portal.keyring.cursor(), &name)?;
    let list = list(&portal, &who, filter, page).await?;
    page::html(&req, &portal, StatusCode::OK, &OverviewPage { shell: Shell::new(&req, &portal, &who), list })
}

/// What the query asks for. What makes no sense there is not asked for.
fn filter(query: &Pairs) -> Filter {
    let given = |name: &str| query.get(name).map(str::trim).filter(|text| !text.is_empty());
    Filter {
        search: given("q").map(|text| text.chars().take(100).collect()),
        status: given("status").and_then(|word| word.parse().ok()),
        role: given("role").map(|slug| slug.chars().take(64).collect()),
    }
}

/// A page of the list, for this page and for what lies behind an overlay.
pub async fn list(portal: &Portal, who: &SignedIn, filter: Filter, page: Page) -> Result<ListView, Error> {
    let (actor, asked) = (who.actor.clone(), filter.clone());
    let read = move |conn: &mut crate::db::Conn| {
        let slice = actions::list(conn, &actor, &asked, page, ROWS)?;
        Ok::<_, crate::users::UserError>((slice, roles::names(conn, actor.tenant)?))
    };
    let (slice, roles) = portal.db.read(read).await?;
    let place = |listed: &Listed| Cursor { id: listed.user.id, ..Cursor::default() };
    let path = address(&filter, None);
    let (newer, older) = paging::links(&path, portal.keyring.cursor(), &list_name(who), &slice, place);
    let (now, root) = (portal.clock.now(), &who.actor.root);
    let statuses = Status::ALL.into_iter().map(|status| ChoiceView {
        value: status.as_str().to_owned(),
        label: status.in_words().to_owned(),
        selected: filter.status == Some(status),
    });
    let role_name = |slug: &String| roles.iter().find(|role| role.0 == *slug).map(|role| role.1.clone());
    let applied = [
        filter.search.as_ref().map(|text| ("Search", text.clone())),
        filter.status.map(|status| ("Status", status.in_words().to_owned())),
        filter.role.as_ref().map(|slug| ("Role", role_name(slug).unwrap_or_else(|| slug.clone()))),
    ];
    let applied = applied.into_iter().flatten().map(|(kind, value)| AppliedView {
        kind,
        value,
        href: address(&filter, Some(kind)),
    });
    Ok(ListView {
        may_manage: who.require(Permission::ManageUsers).is_ok(),
        newer,
        older,
        statuses: statuses.collect(),
        applied: applied.collect(),
        roles: roles
            .iter()
            .map(|(slug, name)| ChoiceView {
                value: slug.clone(),
                label: name.clone(),
                selected: filter.role.as_ref() == Some(slug),
            })
            .collect(),
        search: filter.search.unwrap_or_default(),
        rows: slice.rows.into_iter().map(|listed| RowView::new(listed, root, who.here(now))).collect(),
    })
}

/// The address of the list with these filters, all or all but one.
fn address(filter: &Filter, without: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let parts = [
        ("Search", "q", filter.search.as_deref()),
        ("Status", "status", filter.status.map(Status::as_str)),
        ("Role", "role", filter.role.as_deref()),
    ];
    for (kind, name, value) in parts {
        if let Some(value) = value.filter(|_| without != Some(kind)) {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

fn list_name(who: &SignedIn) -> String {
    format!("users/{}", who.actor.tenant.id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        for (name, letters) in [("Ada King Lovelace", "AL"), ("ops", "O"), ("", ""), ("ß x", "SSX"), ("(Eve)", "E")] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn an_address_holds_the_filters_that_apply() {
        let filter = Filter { search: Some("a&b".into()), status: Some(Status::Invited), role: None };
        assert_eq!(address(&filter, None), "/users?q=a%26b&status=invited");
        assert_eq!(address(&filter, Some("Search")), "/users?status=invited");
        assert_eq!(address(&Filter::default(), None), "/users");
    }
}
