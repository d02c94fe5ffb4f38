//! Reading as a whole what a filter lets through, where that is little.

use crate::api_keys::filter::Standing;
use crate::api_keys::store::{self, Candidate, Conditions, Source};
use crate::base::paging::Cursor;
use crate::db;

use super::count::Counts;
use super::search::{FEW, Places, Search};

/// Keys that are read as a whole.
pub(super) struct Few {
    pub(super) ids: Vec<i64>,
    /// They were found by something else than their standing.
    of_each_standing: bool,
}

impl Search<'_> {
    /// The keys behind the first filter that lets no more than `most` through, whatever the others say.
    pub(super) fn few(&mut self, most: usize) -> Result<Option<Few>, db::Error> {
        let Conditions { beginning, tag, role, resource, creator, standing, visible } = self.conditions.clone();
        let tenant = self.actor.tenant;
        if let Some(beginning) = beginning {
            let ids = store::ids_by_word(self.conn, tenant, &beginning, most + 1)?;
            if ids.len() <= most {
                return Ok(Some(Few { ids, of_each_standing: true }));
            }
        }
        // No index has the keys beneath a resource one after the other: many of them are better looked for along the list.
        if let Some(path) = resource.filter(|_| most <= FEW) {
            let ids = store::ids_by_resource(self.conn, tenant, &path, most + 1)?;
            if ids.len() <= most {
                return Ok(Some(Few { ids, of_each_standing: true }));
            }
        }
        if let Some(visible) = visible.filter(|_| most <= FEW) {
            let ids = store::maybe_visible(self.conn, tenant, &visible, most + 1)?;
            if ids.len() <= most {
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
            let places = store::next(self.conn, tenant, &source, None, true, most + 1)?;
            if places.len() <= most {
                let ids = places.into_iter().map(|place| place.id).collect();
                return Ok(Some(Few { ids, of_each_standing }));
            }
        }
        Ok(None)
    }

    /// The page among these few.
    pub(super) fn among(&mut self, few: Few) -> Result<(Places, Counts), db::Error> {
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
}
