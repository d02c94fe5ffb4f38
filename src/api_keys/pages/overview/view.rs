//! What the list is made of on screen.

use crate::api_keys::actions::{Count, Listed};
use crate::api_keys::api_key::Status;
use crate::api_keys::filter::{By, Standing};
use crate::api_keys::problem::TagProblem;
use crate::api_keys::rights::require_to_manage;
use crate::base::clock::Timestamp;
use crate::grants::form;
use crate::web::actor::SignedIn;
use crate::web::chart::Spark;
use crate::web::filters::{AppliedView, ChoiceView};
use crate::web::numbers::thousands;
use crate::web::page::Moment;

use super::address::Asked;
use crate::api_keys::pages::still_knocking::StillKnockingView;

/// The list.
#[derive(Debug, Default)]
pub struct ListView {
    /// Its rows.
    pub rows: Vec<RowView>,
    /// Who still calls with dead keys; only on the first page of the whole list.
    pub knocking: StillKnockingView,
    /// Whether the user adds keys, and changes some.
    pub may_manage: bool,
    /// The address of the page before.
    pub newer: Option<String>,
    /// The address of the page after.
    pub older: Option<String>,
    /// Not all was looked through for this page.
    pub unfinished: bool,
    /// Where looking goes on then.
    pub go_on: Option<String>,
    /// Whether this is the first page.
    pub first_page: bool,
    /// There is nothing at all, whatever is asked for.
    pub nothing_yet: bool,
    /// The bar above it.
    pub bar: BarView,
    /// A tab for each standing.
    pub tabs: Vec<TabView>,
    /// The filters that apply, each with the address without it.
    pub applied: Vec<AppliedView>,
    /// Where nothing fits: what would be found without each of the filters.
    pub ways_out: Vec<WayOutView>,
    /// What the address asks for and nobody understands.
    pub misread: Vec<MisreadView>,
    /// The same list, asked for without that.
    pub without_misread: String,
    /// How many keys are in the list.
    pub total: Option<String>,
    /// The columns that it can be sorted by.
    pub heads: HeadsView,
    /// Its order in words.
    pub order: &'static str,
    /// The address of the same list as a file.
    pub export: String,
    /// This page of the list, as its address has it.
    pub query: String,
    /// The first page of the same list.
    pub first: String,
    /// The tag that was typed for the selected keys, where it is none.
    pub new_tag: String,
    /// What is wrong with it.
    pub new_tag_problem: Option<TagProblem>,
    /// How many keys expire soon, where it is worth saying.
    pub ending_soon: Option<String>,
}

/// What can be chosen above the list.
#[derive(Debug, Default)]
pub struct BarView {
    /// What is looked for.
    pub search: String,
    /// The tag that is looked for.
    pub tag: String,
    /// Tags that there are.
    pub tags: Vec<String>,
    /// The roles to choose from.
    pub roles: Vec<ChoiceView>,
    /// The resources to choose from; none where there are too many.
    pub resources: Vec<ChoiceView>,
    /// The resource that is looked for.
    pub resource: String,
    /// Whether that is none.
    pub resource_is_wrong: bool,
    /// Only one's own.
    pub mine: bool,
    /// The standing and the order, which the form hands on.
    pub status: &'static str,
    /// See `status`.
    pub sort: String,
}

/// One tab.
#[derive(Debug)]
pub struct TabView {
    /// Its words.
    pub label: &'static str,
    /// How many keys are behind it, where that is known.
    pub count: Option<String>,
    /// Its address.
    pub href: String,
    /// Whether it is open.
    pub current: bool,
}

/// A filter to leave out.
#[derive(Debug)]
pub struct WayOutView {
    /// What is filtered by, and which.
    pub words: String,
    /// How many keys there are without it.
    pub found: String,
    /// The list without it.
    pub href: String,
}

/// A filter that makes no sense.
#[derive(Debug)]
pub struct MisreadView {
    /// What is filtered by.
    pub part: &'static str,
    /// What was asked for.
    pub text: String,
}

/// The heads that sort.
#[derive(Debug, Default)]
pub struct HeadsView {
    /// By name.
    pub name: HeadView,
    /// By the order in which keys were made.
    pub created: HeadView,
    /// By the last use.
    pub last_used: HeadView,
    /// By the end.
    pub expires: HeadView,
}

/// The head of a column.
#[derive(Debug, Default)]
pub struct HeadView {
    /// The list sorted by it.
    pub href: String,
    /// How the list is sorted by it now, in the words of `aria-sort`.
    pub sorted: &'static str,
}

impl HeadsView {
    /// The heads of this list.
    pub fn of(asked: &Asked) -> Self {
        let now = asked.sort();
        let head = |by: By| HeadView {
            href: asked.with_sort(now.clicked(by)).href(),
            sorted: match (now.by == by, now.descending) {
                (false, _) => "none",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
        };
        Self {
            name: head(By::Name),
            created: head(By::Created),
            last_used: head(By::LastUsed),
            expires: head(By::Expires),
        }
    }
}

/// The order of a list in words.
pub const fn in_words(by: By, descending: bool) -> &'static str {
    match (by, descending) {
        (By::Created, true) => "newest first",
        (By::Created, false) => "oldest first",
        (By::Name, false) => "by name",
        (By::Name, true) => "by name, from the end",
        (By::LastUsed, true) => "last used first",
        (By::LastUsed, false) => "longest unused first",
        (By::Expires, false) => "next to expire first",
        (By::Expires, true) => "last to expire first",
    }
}

/// A number for people: "1,234", "10,000+".
pub fn number(count: Count) -> String {
    if count.more { format!("{}+", thousands(count.keys)) } else { thousands(count.keys) }
}

/// The tabs of this list.
pub fn tabs(asked: &Asked, standings: &[(Standing, Option<Count>)], all: Option<Count>) -> Vec<TabView> {
    let tab = |standing: Option<Standing>, count: Option<Count>| TabView {
        label: standing.map_or("All", Standing::in_words),
        count: count.map(number),
        href: asked.with_status(standing).href(),
        current: asked.filter.status == standing,
    };
    let mut tabs = vec![tab(None, all)];
    tabs.extend(standings.iter().map(|(standing, count)| tab(Some(*standing), *count)));
    tabs
}

impl ListView {
    /// Whether any of its keys is the user's to change.
    pub fn may_select(&self) -> bool {
        self.rows.iter().any(|row| row.may_manage)
    }
}

/// One key.
#[derive(Debug)]
pub struct RowView {
    /// The id in its addresses.
    pub key_id: String,
    /// Its client id.
    pub client_id: String,
    /// Its name, where it is another one.
    pub name: Option<String>,
    /// How its secret is shown.
    pub hint: String,
    /// Its tags.
    pub tags: Vec<TagView>,
    /// What it holds first: a role and where.
    pub access: Option<(String, String)>,
    /// How many grants it holds beside that.
    pub more_access: usize,
    /// Whether it is this user's to change.
    pub may_manage: bool,
    /// Whether what it holds is this person's to give: to rotate and enable it is as good as giving it again.
    pub may_give_all: bool,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created: Moment,
    /// Whether it is selected.
    pub ticked: bool,
    /// How often it was used on each of the last days, where the list shows it.
    pub spark: Option<Spark>,
    /// Its last use.
    pub last_used: Option<Moment>,
    /// Its end.
    pub expires: Option<Moment>,
    /// What it is.
    pub status: Status,
}

/// A chip.
#[derive(Debug)]
pub struct TagView {
    /// Before the colon.
    pub key: String,
    /// After it.
    pub value: String,
    /// The keys that have it.
    pub href: String,
}

impl RowView {
    /// As this person sees it at this moment.
    pub fn new(listed: Listed, who: &SignedIn, now: Timestamp) -> Self {
        let (here, root) = (who.here(now), &who.actor.root);
        let Listed { key, tags, last_use, grants } = listed;
        Self {
            may_manage: key.deleted_at.is_none() && require_to_manage(&who.actor, &key, &grants).is_ok(),
            status: key.status(now, last_use.is_some()),
            name: (key.name != key.client_id).then_some(key.name),
            key_id: key.key_id,
            client_id: key.client_id,
            hint: key.hint,
            tags: tags.into_iter().map(TagView::from).collect(),
            may_give_all: who.actor.require_to_give_all(&grants).is_ok(),
            more_access: grants.len().saturating_sub(1),
            access: grants.into_iter().next().map(|grant| (grant.role_name, form::beneath(root, &grant.resource))),
            ticked: false,
            spark: None,
            created_by: key.created_by,
            created: here.moment(key.created_at),
            last_used: last_use.map(|last| here.moment(last.at)),
            expires: key.expires_at.unless_never().map(|at| here.moment(at)),
        }
    }
}

impl From<crate::api_keys::api_key::Tag> for TagView {
    fn from(tag: crate::api_keys::api_key::Tag) -> Self {
        let asked = Asked {
            filter: crate::api_keys::filter::Filter { tag: Some(tag.clone()), ..Default::default() },
            ..Asked::default()
        };
        Self { href: asked.href(), key: tag.key, value: tag.value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_stop_somewhere() {
        let count = |keys, more| number(Count { keys, more });
        assert_eq!(count(0, false), "0");
        assert_eq!(count(999, false), "999");
        assert_eq!(count(1_234, false), "1,234");
        assert_eq!(count(10_000, false), "10,000");
        assert_eq!(count(10_000, true), "10,000+");
    }
}
