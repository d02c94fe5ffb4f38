//! What is noted and not written yet. Bounded, whoever calls how often from wherever.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;

use super::call::{Call, Noted, Seen, What};
use super::key_usage::{day_of, hour_of};

/// Addresses of a key that are told apart on a day; then they are "others".
pub(super) const ADDRESSES: usize = 100;

/// From so many entries on, addresses are no longer told apart and writing is asked for.
const MANY: usize = 100_000;

/// Never more entries than these. While nothing can be written, what would be new is not noted.
const MOST: usize = 200_000;

/// The notes of all keys, by their database ids.
#[derive(Debug, Default)]
pub(super) struct Held {
    keys: BTreeMap<i64, OfKey>,
    entries: usize,
}

/// The notes of one key: an entry becomes a row.
#[derive(Debug)]
struct OfKey {
    tenant: TenantScope,
    uses: Option<(Seen, Seen)>,
    secrets: HashMap<i64, (Seen, i64)>,
    hours: HashMap<(i64, &'static str), i64>,
    days: HashMap<(i64, &'static str), i64>,
    from: HashMap<(i64, Option<IpAddr>), (i64, Timestamp)>,
    dead: Option<(&'static str, i64, Timestamp, Seen)>,
}

impl Held {
    /// Adds a call that came so often. Answers whether it has become much.
    pub fn note(&mut self, call: &Call, calls: i64) -> bool {
        let Call { tenant, api_key, secret, at, address, code } = *call;
        let (hour, day, seen) = (hour_of(at), day_of(at), Seen { at, address });
        let mut add = |what| self.add(Noted { tenant, api_key, what });
        add(What::Hour { hour, code, calls });
        add(What::Day { day, code, calls });
        if call.is_accepted() {
            add(What::Use { first: seen, last: seen });
            if let Some(secret) = secret {
                add(What::Secret { secret, last: seen, calls });
            }
            add(What::From { day, address, calls, last_at: at });
        } else if call.is_of_the_dead() {
            add(What::Dead { code, calls, first_at: at, last: seen });
        }
        self.entries >= MANY
    }

    /// Adds a row: what a call says, or what could not be written.
    pub fn add(&mut self, noted: Noted) {
        let Noted { tenant, api_key, what } = noted;
        let (room, tells_addresses_apart) = (self.entries < MOST, self.entries < MANY);
        if !room && !self.keys.contains_key(&api_key) {
            return;
        }
        let of_key = self.keys.entry(api_key).or_insert_with(|| OfKey::new(tenant));
        self.entries += usize::from(of_key.add(what, room, tells_addresses_apart));
    }

    /// The first use of a key that is held.
    pub fn first_use(&self, api_key: i64) -> Option<Seen> {
        self.keys.get(&api_key)?.uses.map(|(first, _)| first)
    }

    /// Takes out at most `limit` rows, of the keys from this one on, in their order; and the key to go on with.
    pub fn take(&mut self, from: i64, limit: usize) -> (Vec<Noted>, Option<i64>) {
        let mut taken = Vec::new();
        while let Some(api_key) = self.keys.range(from..).next().map(|(id, _)| *id) {
            if taken.len() >= limit {
                return (taken, Some(api_key));
            }
            taken.extend(self.take_key(api_key, limit - taken.len()));
        }
        (taken, None)
    }

    /// Takes out at most `limit` rows of one key.
    pub fn take_key(&mut self, api_key: i64, limit: usize) -> Vec<Noted> {
        let Some(of_key) = self.keys.remove(&api_key) else { return Vec::new() };
        let mut rows = of_key.into_rows(api_key);
        self.entries = self.entries.saturating_sub(rows.len());
        for rest in rows.split_off(limit.min(rows.len())) {
            self.add(rest);
        }
        rows
    }
}

impl OfKey {
    fn new(tenant: TenantScope) -> Self {
        Self {
            tenant,
            uses: None,
            secrets: HashMap::new(),
            hours: HashMap::new(),
            days: HashMap::new(),
            from: HashMap::new(),
            dead: None,
        }
    }

    /// Answers whether that made an entry.
    fn add(&mut self, what: What, room: bool, tells_addresses_apart: bool) -> bool {
        match what {
            What::Use { first, last } => match &mut self.uses {
                Some(uses) => {
                    *uses = (earlier(uses.0, first), later(uses.1, last));
                    false
                }
                uses => put(uses, (first, last), room),
            },
            What::Secret { secret, last, calls } => {
                merge(&mut self.secrets, secret, (last, calls), room, |held, new| {
                    *held = (later(held.0, new.0), held.1 + new.1);
                })
            }
            What::Hour { hour, code, calls } => {
                merge(&mut self.hours, (hour, code), calls, room, |held, new| *held += new)
            }
            What::Day { day, code, calls } => merge(&mut self.days, (day, code), calls, room, |held, new| *held += new),
            What::From { day, address, calls, last_at } => {
                let address = if tells_addresses_apart { self.apart(day, address) } else { None };
                merge(&mut self.from, (day, address), (calls, last_at), room, |held, new| {
                    *held = (held.0 + new.0, held.1.max(new.1));
                })
            }
            What::Dead { code, calls, first_at, last } => match &mut self.dead {
                Some(dead) => {
                    let code = if last.at >= dead.3.at { code } else { dead.0 };
                    *dead = (code, dead.1 + calls, dead.2.min(first_at), later(dead.3, last));
                    false
                }
                dead => put(dead, (code, calls, first_at, last), room),
            },
        }
    }

    /// The address, unless it is one too many on this day.
    fn apart(&self, day: i64, address: Option<IpAddr>) -> Option<IpAddr> {
        let known = self.from.contains_key(&(day, address));
        let is_of_day = |(other, address): &&(i64, Option<IpAddr>)| *other == day && address.is_some();
        address.filter(|_| known || self.from.keys().filter(is_of_day).count() < ADDRESSES)
    }

    fn into_rows(self, api_key: i64) -> Vec<Noted> {
        let tenant = self.tenant;
        let uses = self.uses.map(|(first, last)| What::Use { first, last });
        let secrets = self.secrets.into_iter().map(|(secret, (last, calls))| What::Secret { secret, last, calls });
        let hours = self.hours.into_iter().map(|((hour, code), calls)| What::Hour { hour, code, calls });
        let days = self.days.into_iter().map(|((day, code), calls)| What::Day { day, code, calls });
        let from = self.from.into_iter();
        let from = from.map(|((day, address), (calls, last_at))| What::From { day, address, calls, last_at });
        let dead = self.dead.map(|(code, calls, first_at, last)| What::Dead { code, calls, first_at, last });
        let all = uses.into_iter().chain(secrets).chain(hours).chain(days).chain(from).chain(dead);
        all.map(|what| Noted { tenant, api_key, what }).collect()
    }
}

fn put<T>(place: &mut Option<T>, value: T, room: bool) -> bool {
    if room {
        *place = Some(value);
    }
    room
}

fn merge<K: Eq + std::hash::Hash, V>(
    map: &mut HashMap<K, V>,
    key: K,
    value: V,
    room: bool,
    add: impl FnOnce(&mut V, V),
) -> bool {
    if let Some(held) = map.get_mut(&key) {
        add(held, value);
        return false;
    }
    if room {
        map.insert(key, value);
    }
    room
}

fn earlier(one: Seen, other: Seen) -> Seen {
    if other.at < one.at { other } else { one }
}

fn later(one: Seen, other: Seen) -> Seen {
    if other.at >= one.at { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn call(api_key: i64, code: &'static str, address: u32) -> Call {
        let address = Some(IpAddr::from(address.to_be_bytes()));
        Call { tenant: TenantScope::from_row(1), api_key, secret: Some(1), at: NOW, address, code }
    }

    fn addresses(held: &mut Held) -> (usize, i64) {
        let (mut told_apart, mut others) = (0, 0);
        for row in held.take(0, usize::MAX).0 {
            match row.what {
                What::From { address: Some(_), .. } => told_apart += 1,
                What::From { address: None, calls, .. } => others += calls,
                _ => {}
            }
        }
        (told_apart, others)
    }

    #[test]
    fn a_hundred_addresses_of_a_key_and_day_are_told_apart() {
        let mut held = Held::default();
        for address in 0..130 {
            held.note(&call(1, ACCEPTED, address), 1);
        }
        assert_eq!(addresses(&mut held), (100, 30));
        assert_eq!(held.entries, 0);
    }

    #[test]
    fn what_is_taken_in_parts_is_the_whole() {
        let mut held = Held::default();
        for address in 0..50 {
            for api_key in 1..=3 {
                held.note(&call(api_key, ACCEPTED, address), 1);
                held.note(&call(api_key, "EXPIRED", address), 1);
            }
        }
        // Uses, one secret, two answers in an hour and on a day, fifty addresses, the calls of the dead.
        let (mut rows, mut next, mut steps) = (0, Some(0), 0);
        while let Some(from) = next {
            let (taken, then) = held.take(from, 20);
            assert!(taken.len() <= 20);
            (rows, next, steps) = (rows + taken.len(), then, steps + 1);
        }
        assert_eq!((rows, steps), (3 * 57, 9));
        assert_eq!(held.entries, 0);
    }

    #[test]
    fn memory_is_bounded_and_addresses_are_the_first_to_go() {
        let mut held = Held::default();
        let mut much = 0;
        for api_key in 0..60_000 {
            much += usize::from(held.note(&call(api_key, ACCEPTED, 1), 1));
        }
        assert!(held.entries <= MOST && much > 0, "{} {much}", held.entries);
        held.note(&call(1, ACCEPTED, 2), 1);
        let of_key = held.take_key(1, usize::MAX);
        let from = of_key.iter().filter(|row| matches!(row.what, What::From { .. })).count();
        assert_eq!(from, 1, "nothing new, and no address more: {of_key:?}");
        assert!(of_key.iter().any(|row| matches!(row.what, What::Hour { calls: 2, .. })), "what is there is counted");
    }

    use super::super::call::ACCEPTED;
}
