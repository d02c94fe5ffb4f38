//! How many keys a list has, counted up to a limit.

use std::collections::HashMap;

use crate::api_keys::filter::Standing;
use crate::api_keys::store::{self, Conditions, Source};
use crate::db;

use super::search::{FEW, Search};

/// Up to so many are counted; more are "10,000+".
pub const COUNTED: usize = 10_000;

/// A number of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many; no more than [`COUNTED`].
    pub keys: usize,
    /// There are more than that.
    pub more: bool,
}

impl Count {
    pub(super) fn of(keys: usize) -> Self {
        Self { keys: keys.min(COUNTED), more: keys > COUNTED }
    }
}

/// How many keys fit all filters but the one of standing; and of each standing, where that is known.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub all: Option<usize>,
    pub standings: HashMap<Standing, usize>,
}

impl Counts {
    pub fn of_all(all: usize) -> Self {
        Self { all: Some(all), standings: HashMap::new() }
    }
}

impl Search<'_> {
    pub(super) fn count(&mut self, source: &Source) -> Result<usize, db::Error> {
        store::count(self.conn, self.actor.tenant, source, COUNTED + 1)
    }

    /// How many keys there are, and how many of each standing, without any other filter.
    pub(super) fn standings(&mut self) -> Result<Counts, db::Error> {
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
}
