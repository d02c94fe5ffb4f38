//! Which way leads to a page, and what comes of it.

use crate::api_keys::ApiKey;
use crate::api_keys::filter::{By, Standing};
use crate::api_keys::store::{self, Conditions, Source};
use crate::base::paging::Page;
use crate::db;

use super::count::{Count, Counts};
use super::search::{FEW, Places, Search};
use super::{Found, Listed, listed};

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

    /// How many filters are given; that the actor does not see every key is one of them.
    fn given(&self) -> usize {
        let Conditions { beginning, tag, role, resource, creator, standing, visible } = &self.conditions;
        let others = [resource.is_some(), creator.is_some(), standing.is_some(), visible.is_some()];
        [beginning.is_some(), tag.is_some(), role.is_some()].into_iter().chain(others).map(usize::from).sum()
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

    /// Whether the source alone does what one of the filters asks for.
    fn covers(&self, source: &Source) -> bool {
        !matches!(source, Source::All | Source::Name | Source::LastUse | Source::End | Source::NeverUsed)
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
