//! A page as it was asked for: which way leads to it, and what comes of it.

use crate::access::Actor;
use crate::api_keys::filter::{By, Standing};
use crate::api_keys::store::{self, Candidate, Conditions, Source};
use crate::api_keys::{ApiKey, api_key};
use crate::base::clock::Timestamp;
use crate::base::paging::{Cursor, Page};
use crate::db::{self, Conn};

use super::count::{Count, Counts};
use super::few::FEW;
use super::{Found, Listed, Listing, listed};

/// A page as it was asked for.
pub(super) struct Search<'a> {
    pub conn: &'a mut Conn,
    pub actor: &'a Actor,
    pub conditions: Conditions,
    pub listing: &'a Listing,
    pub now: Timestamp,
}

/// Places of keys, nearest to where the page begins first.
pub(super) struct Places {
    pub places: Vec<Cursor>,
    /// Where looking goes on, if there is more.
    pub more: Option<Cursor>,
    pub unfinished: bool,
}

impl Search<'_> {
    pub fn run(mut self) -> Result<Found, db::Error> {
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

    pub(super) fn ending(&self, standing: Standing) -> Option<Source> {
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

    pub(super) fn next(
        &mut self,
        source: &Source,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Cursor>, db::Error> {
        store::next(self.conn, self.actor.tenant, source, after, self.descending(), limit)
    }

    /// The direction of reading: away from the place where the page begins.
    pub(super) fn descending(&self) -> bool {
        self.listing.sort.descending != matches!(self.listing.page, Page::Before(_))
    }

    pub(super) fn begin(&self) -> Option<Cursor> {
        match &self.listing.page {
            Page::First => None,
            Page::After(place) | Page::Before(place) => Some(place.clone()),
        }
    }

    pub(super) fn place(&self, found: &Candidate) -> Cursor {
        let Candidate { id, name, expires_at, used_at, .. } = found;
        match self.listing.sort.by {
            By::Created => Cursor { id: *id, ..Cursor::default() },
            By::Name => Cursor { text: name.clone(), id: *id, ..Cursor::default() },
            By::LastUsed => Cursor { at: *used_at, id: *id, ..Cursor::default() },
            By::Expires => Cursor { at: *expires_at, id: *id, ..Cursor::default() },
        }
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
