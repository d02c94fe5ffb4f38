//! How many pages wait for a first call: each holds a connection and asks the database every second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most of one person.
const EACH: usize = 5;
/// Most in this process.
const ALL: usize = 200;

/// The pages that wait, counted by the database ids of the people in front of them.
#[derive(Debug, Clone, Default)]
pub struct Listeners(Arc<Mutex<HashMap<i64, usize>>>);

/// One of them; it has gone when this is dropped.
#[derive(Debug)]
pub struct Listener {
    all: Listeners,
    user: i64,
}

impl Listeners {
    /// One more page of this person, unless there are too many.
    pub fn join(&self, user: i64) -> Option<Listener> {
        let mut counts = self.counts();
        if counts.values().sum::<usize>() >= ALL {
            return None;
        }
        let count = counts.entry(user).or_default();
        if *count >= EACH {
            return None;
        }
        *count += 1;
        Some(Listener { all: self.clone(), user })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<i64, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut counts = self.all.counts();
        if let Some(count) = counts.get_mut(&self.user) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_five_and_all_together_two_hundred() {
        let all = Listeners::default();
        let mut joined: Vec<Listener> = (0..5).filter_map(|_| all.join(1)).collect();
        assert!(joined.len() == 5 && all.join(1).is_none());
        joined.extend((2..=40).flat_map(|user| [user; 5]).filter_map(|user| all.join(user)));
        assert!(joined.len() == 200 && all.join(41).is_none());
        joined.truncate(3);
        assert_eq!(*all.counts(), HashMap::from([(1, 3)]));
        assert!(all.join(1).is_some() && all.join(41).is_some());
    }
}
