//! A page as it was asked for, and where in the order of the list it begins.

use crate::access::Actor;
use crate::api_keys::api_key;
use crate::api_keys::filter::{By, Standing};
use crate::api_keys::store::{self, Candidate, Conditions, Source};
use crate::base::clock::Timestamp;
use crate::base::paging::{Cursor, Page};
use crate::db::{self, Conn};

use super::Listing;

/// Up to so many keys are read as a whole.
pub(super) const FEW: usize = 2_000;

/// So many are looked through for one page.
pub(super) const LOOKED_THROUGH: usize = 20_000;
/// Most that are looked at with one question.
pub(super) const CHUNK: usize = 4_000;

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
    pub(super) fn ending(&self, standing: Standing) -> Option<Source> {
        let now = self.now.micros();
        let soon = api_key::soon_until(self.now).micros();
        match standing {
            Standing::Expired => Some(Source::Ending(i64::MIN, now)),
            Standing::Expiring => Some(Source::Ending(now, soon)),
            _ => None,
        }
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
}
