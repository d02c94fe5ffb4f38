//! Looking for a page along the order of the list.

use std::collections::{HashMap, HashSet};

use crate::api_keys::filter::Standing;
use crate::api_keys::store::{self, Source};
use crate::base::paging::Cursor;
use crate::db;

use super::search::{CHUNK, FEW, LOOKED_THROUGH, Places, Search};

impl Search<'_> {
    /// The source has these keys and no others.
    pub(super) fn straight(&mut self, source: &Source) -> Result<Places, db::Error> {
        let (limit, begin) = (self.listing.limit, self.begin());
        let mut places = self.next(source, begin.as_ref(), limit + 1)?;
        let more = places.len() > limit;
        places.truncate(limit);
        let more = places.last().cloned().filter(|_| more);
        Ok(Places { places, more, unfinished: false })
    }

    /// Looks along the source for those that fit. Where they are not among the first, it finds out by one filter's own index
    /// which ones may fit at all, so that nothing is read of most of the others.
    pub(super) fn along(&mut self, source: &Source) -> Result<Places, db::Error> {
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
}
