//! Finding one page of keys. However many there are, a page costs a bounded number of rows: what a filter lets through is
//! read as a whole while it is little, and looked for along the order of the list otherwise, up to a limit.

use std::collections::{HashMap, HashSet};

use crate::access::{Actor, Permission, Who};
use crate::api_keys::filter::{By, Filter, Sort, Standing};
use crate::api_keys::store::{self, Candidate, Conditions, Source};
use crate::api_keys::{ApiKey, ApiKeyError, api_key};
use crate::base::clock::Timestamp;
use crate::base::paging::{Cursor, Page};
use crate::db::{self, Conn};

use super::read::{Listed, listed};

/// Up to so many keys are read as a whole.
const FEW: usize = 2_000;
/// Up to so many are counted; more are "10,000+".
pub const COUNTED: usize = 10_000;
/// So many are looked through for one page.
const LOOKED_THROUGH: usize = 20_000;
/// So long before its end a key is spoken of above the list.
const WARNED_DAYS: i64 = 14;
/// Most that are looked at with one question.
const CHUNK: usize = 4_000;

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

/// A number of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many; no more than [`COUNTED`].
    pub keys: usize,
    /// There are more than that.
    pub more: bool,
}

impl Count {
    fn of(keys: usize) -> Self {
        Self { keys: keys.min(COUNTED), more: keys > COUNTED }
    }
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
    }))
}

/// A page as it was asked for.
struct Search<'a> {
    conn: &'a mut Conn,
    actor: &'a Actor,
    conditions: Conditions,
    listing: &'a Listing,
    now: Timestamp,
}

/// Places of keys, nearest to where the page begins first.
struct Places {
    places: Vec<Cursor>,
    /// Where looking goes on, if there is more.
    more: Option<Cursor>,
    unfinished: bool,
}

impl Search<'_> {
    fn run(mut self) -> Result<Found, db::Error> {
        let source = self.source();
        let given = self.given();
        let only_standing = given == usize::from(self.conditions.standing.is_some());
        let (places, counts) = if given == usize::from(self.covers(&source)) {
            let places = self.straight(&source)?;
            let counts = match (self.listing.counted, only_standing) {
                (false, _) => Counts::default(),
                (true, true) => self.standings()?,
                (true, false) => Counts::of_all(self.count(&source)?),
            };
            (places, counts)
        } else if let Some(few) = self.few(FEW)? {
            let (places, counts) = self.among(few)?;
            (places, if only_standing && self.listing.counted { self.standings()? } else { counts })
        } else {
            let counted = only_standing && self.listing.counted;
            let counts = if counted { self.standings()? } else { Counts::default() };
            (self.along(&source)?, counts)
        };
        let rows = self.rows(&places)?;
        Ok(self.found(rows, places, &counts))
    }

    /// How many filters are given.
    fn given(&self) -> usize {
        let Conditions { beginning, tag, role, resource, creator, standing } = &self.conditions;
        [beginning.is_some(), tag.is_some(), role.is_some(), resource.is_some(), creator.is_some(), standing.is_some()]
            .into_iter()
            .map(usize::from)
            .sum()
    }

    /// What names the keys in the order of the list, with as few others between them as possible.
    fn source(&self) -> Source {
        let conditions = &self.conditions;
        match (self.listing.sort.by, conditions.standing) {
            (By::Name, _) => Source::Name,
            (By::LastUsed, _) => Source::LastUse,
            (By::Expires, standing) => standing.and_then(|standing| self.ending(standing)).unwrap_or(Source::End),
            (By::Created, standing) => {
                let tag = conditions.tag.clone().map(Source::Tag);
                let role = conditions.role.map(Source::Role);
                let creator = conditions.creator.map(Source::Creator);
                let standing = match standing {
                    Some(Standing::Disabled) => Some(Source::Disabled),
                    Some(Standing::NeverUsed) => Some(Source::NeverUsed),
                    _ => None,
                };
                tag.or(role).or(creator).or(standing).unwrap_or(Source::All)
            }
        }
    }

    fn ending(&self, standing: Standing) -> Option<Source> {
        let now = self.now.micros();
        // A part of a second belongs to the second that has begun.
        let soon = self.now.plus_days(api_key::SOON_DAYS).micros().saturating_add(999_999);
        match standing {
            Standing::Expired => Some(Source::Ending(i64::MIN, now)),
            Standing::Expiring => Some(Source::Ending(now, soon)),
            _ => None,
        }
    }

    /// Whether the source alone does what one of the filters asks for.
    fn covers(&self, source: &Source) -> bool {
        !matches!(source, Source::All | Source::Name | Source::LastUse | Source::End | Source::NeverUsed)
    }

    fn next(&mut self, source: &Source, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cursor>, db::Error> {
        store::next(self.conn, self.actor.tenant, source, after, self.descending(), limit)
    }

    /// The direction of reading: away from the place where the page begins.
    fn descending(&self) -> bool {
        self.listing.sort.descending != matches!(self.listing.page, Page::Before(_))
    }

    fn begin(&self) -> Option<Cursor> {
        match &self.listing.page {
            Page::First => None,
            Page::After(place) | Page::Before(place) => Some(place.clone()),
        }
    }

    /// The source has these keys and no others.
    fn straight(&mut self, source: &Source) -> Result<Places, db::Error> {
        let (limit, begin) = (self.listing.limit, self.begin());
        let mut places = self.next(source, begin.as_ref(), limit + 1)?;
        let more = places.len() > limit;
        places.truncate(limit);
        let more = places.last().cloned().filter(|_| more);
        Ok(Places { places, more, unfinished: false })
    }

    /// The keys behind the first filter that lets no more than a few through, whatever the others say.
    fn few(&mut self, limit: usize) -> Result<Option<Few>, db::Error> {
        let Conditions { beginning, tag, role, resource, creator, standing } = self.conditions.clone();
        let tenant = self.actor.tenant;
        if let Some(beginning) = beginning {
            let ids = store::ids_by_word(self.conn, tenant, &beginning, limit + 1)?;
            if ids.len() <= limit {
                return Ok(Some(Few { ids, of_each_standing: true }));
            }
        }
        if let Some(path) = resource {
            let ids = store::ids_by_resource(self.conn, tenant, &path, limit + 1)?;
            if ids.len() <= limit {
                return Ok(Some(Few { ids, of_each_standing: true }));
            }
        }
        let of_standing = match standing {
            Some(Standing::Disabled) => Some(Source::Disabled),
            Some(Standing::NeverUsed) => Some(Source::NeverUsed),
            Some(standing) => self.ending(standing),
            None => None,
        };
        let sources = [tag.map(Source::Tag), role.map(Source::Role), creator.map(Source::Creator), Some(Source::All)];
        let sources = sources.into_iter().flatten().map(|source| (source, true));
        for (source, of_each_standing) in sources.chain(of_standing.map(|source| (source, false))) {
            let places = store::next(self.conn, tenant, &source, None, true, limit + 1)?;
            if places.len() <= limit {
                let ids = places.into_iter().map(|place| place.id).collect();
                return Ok(Some(Few { ids, of_each_standing }));
            }
        }
        Ok(None)
    }

    /// The page among these few.
    fn among(&mut self, few: Few) -> Result<(Places, Counts), db::Error> {
        let fitting = store::fitting(self.conn, self.actor.tenant, &self.conditions, &few.ids, self.now)?;
        let wanted = self.conditions.standing;
        let count = |one| fitting.iter().filter(|found| found.standing == Some(one)).count();
        let counts = Counts {
            all: few.of_each_standing.then_some(fitting.len()),
            standings: Standing::ALL
                .into_iter()
                .filter(|one| few.of_each_standing || wanted == Some(*one))
                .map(|one| (one, count(one)))
                .collect(),
        };
        let is_wanted = |found: &&Candidate| wanted.is_none() || found.standing == wanted;
        let mut places: Vec<Cursor> = fitting.iter().filter(is_wanted).map(|found| self.place(found)).collect();
        let descending = self.descending();
        let order = |one: &Cursor, other: &Cursor| {
            let order = (one.at, &one.text, one.id).cmp(&(other.at, &other.text, other.id));
            if descending { order.reverse() } else { order }
        };
        places.sort_by(order);
        if let Some(begin) = self.begin() {
            places.retain(|place| order(&begin, place).is_lt());
        }
        let more = places.len() > self.listing.limit;
        places.truncate(self.listing.limit);
        let more = places.last().cloned().filter(|_| more);
        Ok((Places { places, more, unfinished: false }, counts))
    }

    /// Looks along the source for those that fit. Where they are not among the first, it finds out by one filter's own index
    /// which ones may fit at all, so that nothing is read of most of the others.
    fn along(&mut self, source: &Source) -> Result<Places, db::Error> {
        let (mut places, mut seen, mut chunk) = (Vec::new(), 0, self.listing.limit + 1);
        let (mut after, mut asked, mut may_fit) = (self.begin(), false, None::<HashSet<i64>>);
        loop {
            if chunk > FEW && !asked {
                (asked, may_fit) = (true, self.few(LOOKED_THROUGH)?.map(|few| few.ids.into_iter().collect()));
            }
            let named = self.next(source, after.as_ref(), chunk)?;
            let ids = named.iter().map(|place| place.id);
            let ids: Vec<i64> = ids.filter(|id| may_fit.as_ref().is_none_or(|these| these.contains(id))).collect();
            let fitting = store::fitting(self.conn, self.actor.tenant, &self.conditions, &ids, self.now)?;
            let wanted = self.conditions.standing;
            let fitting: HashMap<i64, Option<Standing>> =
                fitting.into_iter().map(|found| (found.id, found.standing)).collect();
            let fits = |place: &&Cursor| {
                fitting.get(&place.id).is_some_and(|standing| wanted.is_none() || *standing == wanted)
            };
            places.extend(named.iter().filter(fits).cloned());
            if places.len() > self.listing.limit {
                places.truncate(self.listing.limit);
                let more = places.last().cloned();
                return Ok(Places { places, more, unfinished: false });
            }
            if named.len() < chunk {
                return Ok(Places { places, more: None, unfinished: false });
            }
            seen += named.len();
            after = named.into_iter().next_back();
            if seen >= LOOKED_THROUGH {
                return Ok(Places { places, more: after, unfinished: true });
            }
            chunk = (chunk * 4).min(CHUNK);
        }
    }

    fn place(&self, found: &Candidate) -> Cursor {
        let Candidate { id, name, expires_at, used_at, .. } = found;
        match self.listing.sort.by {
            By::Created => Cursor { id: *id, ..Cursor::default() },
            By::Name => Cursor { text: name.clone(), id: *id, ..Cursor::default() },
            By::LastUsed => Cursor { at: *used_at, id: *id, ..Cursor::default() },
            By::Expires => Cursor { at: *expires_at, id: *id, ..Cursor::default() },
        }
    }

    fn count(&mut self, source: &Source) -> Result<usize, db::Error> {
        store::count(self.conn, self.actor.tenant, source, COUNTED + 1)
    }

    /// How many keys there are, and how many of each standing, without any other filter.
    fn standings(&mut self) -> Result<Counts, db::Error> {
        let all = self.count(&Source::All)?;
        let mut standings = HashMap::from([(Standing::Disabled, self.count(&Source::Disabled)?)]);
        for standing in [Standing::Expired, Standing::Expiring] {
            if let Some(source) = self.ending(standing) {
                standings.insert(standing, self.count(&source)?);
            }
        }
        let unused = store::next(self.conn, self.actor.tenant, &Source::NeverUsed, None, true, FEW + 1)?;
        if unused.len() <= FEW {
            // Some of them are disabled or have ended, and are counted there.
            let ids: Vec<i64> = unused.into_iter().map(|place| place.id).collect();
            let unused = store::fitting(self.conn, self.actor.tenant, &Conditions::default(), &ids, self.now)?;
            let never = unused.iter().filter(|found| found.standing == Some(Standing::NeverUsed)).count();
            standings.insert(Standing::NeverUsed, never);
            if all <= COUNTED {
                let others: usize = standings.values().sum();
                standings.insert(Standing::Active, all.saturating_sub(others));
            }
        }
        Ok(Counts { all: Some(all), standings })
    }

    fn rows(&mut self, places: &Places) -> Result<Vec<Listed>, db::Error> {
        let ids: Vec<i64> = places.places.iter().map(|place| place.id).collect();
        let mut keys = store::by_ids(self.conn, self.actor.tenant, &ids)?;
        // What was deleted in this moment is not there any more.
        let keys: Vec<ApiKey> = ids.iter().filter_map(|id| keys.remove(id)).collect();
        listed(self.conn, self.actor, keys)
    }

    fn found(&self, mut rows: Vec<Listed>, places: Places, counts: &Counts) -> Found {
        let Places { places, more, unfinished } = places;
        let first = places.first().cloned().or_else(|| self.begin());
        let (before, after) = match &self.listing.page {
            Page::First => (None, more),
            Page::After(_) => (first, more),
            Page::Before(_) => {
                rows.reverse();
                (more, first)
            }
        };
        let of = |standing: Standing| counts.standings.get(&standing).copied().map(Count::of);
        let all = counts.all.map(Count::of);
        let total = self.conditions.standing.map_or(all, of);
        let standings = Standing::ALL.into_iter().map(|standing| (standing, of(standing))).collect();
        Found { rows, before, after, unfinished, total, all, standings }
    }
}

/// How many keys fit all filters but the one of standing; and of each standing, where that is known.
#[derive(Debug, Default)]
struct Counts {
    all: Option<usize>,
    standings: HashMap<Standing, usize>,
}

impl Counts {
    fn of_all(all: usize) -> Self {
        Self { all: Some(all), standings: HashMap::new() }
    }
}

/// Keys that are read as a whole.
struct Few {
    ids: Vec<i64>,
    /// They were found by something else than their standing.
    of_each_standing: bool,
}

/// How many keys end within 14 days: those that somebody should look at now.
///
/// # Errors
/// [`ApiKeyError::Refused`] without `api_keys:read`.
pub fn ending_soon(conn: &mut Conn, actor: &Actor, now: Timestamp) -> Result<Count, ApiKeyError> {
    actor.require_to_open(Permission::ReadApiKeys)?;
    let source = Source::Ending(now.micros(), now.plus_days(WARNED_DAYS).micros());
    Ok(Count::of(store::count(conn, actor.tenant, &source, COUNTED + 1)?))
}
