//! Finding one page of keys. However many there are, a page costs a bounded number of rows: what a filter lets through is
//! read as a whole while it is little, and looked for along the order of the list otherwise, up to a limit.

mod along;
mod count;
mod ending;
mod few;
mod run;
mod search;

use crate::access::{Actor, Permission, Who};
use crate::api_keys::ApiKeyError;
use crate::api_keys::filter::{Filter, Sort, Standing};
use crate::api_keys::rights::Visible;
use crate::api_keys::store::{self, Conditions};
use crate::base::clock::Timestamp;
use crate::base::paging::{Cursor, Page};
use crate::db::{self, Conn};

use super::read::{Listed, listed};

pub use count::Count;
pub use ending::ending_soon;
use search::Search;

/// One page of keys.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its rows, in the order of the list.
    pub rows: Vec<Listed>,
    /// Where the page before this one ends, if there is one.
    pub before: Option<Cursor>,
    /// Where the page after this one begins, if there is one.
    pub after: Option<Cursor>,
    /// Not all was looked through: there may be more rows for this page behind its end.
    pub unfinished: bool,
    /// How many keys there are in all of this list, where that is known.
    pub total: Option<Count>,
    /// How many there are whatever their standing, where that is known.
    pub all: Option<Count>,
    /// How many of each standing, with the other filters; `None` where that is not known.
    pub standings: Vec<(Standing, Option<Count>)>,
}

/// Which page of which keys.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Which keys.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Which page.
    pub page: Page,
    /// How many rows.
    pub limit: usize,
    /// Whether somebody wants to know how many there are in all.
    pub counted: bool,
}

/// The tenant's keys that the filter lets through, without the deleted ones.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn list(conn: &mut Conn, actor: &Actor, listing: &Listing, now: Timestamp) -> Result<Found, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let Some(conditions) = conditions(conn, actor, &listing.filter)? else { return Ok(Found::nothing()) };
    Ok(Search { conn, actor, conditions, listing, now }.run()?)
}

impl Found {
    fn nothing() -> Self {
        let standings = Standing::ALL.into_iter().map(|standing| (standing, Some(Count::of(0)))).collect();
        let total = Some(Count::of(0));
        Self { rows: Vec::new(), before: None, after: None, unfinished: false, total, all: total, standings }
    }
}

/// The filter in the words of the database; `None` where it names a role that is not there, or keys of somebody who makes none.
fn conditions(conn: &mut Conn, actor: &Actor, filter: &Filter) -> Result<Option<Conditions>, db::Error> {
    let role = match &filter.role {
        None => None,
        Some(slug) => match store::role_id(conn, actor.tenant, slug)? {
            None => return Ok(None),
            found => found,
        },
    };
    let creator = match (filter.mine, actor.who) {
        (false, _) => None,
        (true, Who::User(id)) => Some(id),
        (true, _) => return Ok(None),
    };
    Ok(Some(Conditions {
        beginning: filter.search.as_ref().map(|search| search.beginning().to_owned()),
        tag: filter.tag.clone(),
        role,
        resource: filter.resource.clone(),
        creator,
        standing: filter.status,
        visible: Visible::to(actor),
    }))
}
