//! The limits of one key: what a person types, what the database has, and which are tighter than others.

use super::rate_limit::{MOST, RateLimit, Unit};

/// The limits of a key: at most one for each unit. A request has to keep within all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimits([Option<RateLimit>; 3]);

/// What a person typed for one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Requests; empty for no limit.
    pub requests: String,
    /// Requests at once; empty for as many.
    pub burst: String,
}

/// One of the two numbers of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Requests in a unit of time.
    Requests,
    /// Requests at once.
    Burst,
}

/// Why a limit cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitProblem {
    /// It is no whole number from 1 to [`MOST`], written in digits alone.
    NotInRange {
        /// For which unit.
        unit: Unit,
        /// Which of its numbers.
        field: Field,
        /// What it says.
        text: String,
    },
    /// It says how many at once, and not how many.
    BurstAlone {
        /// For which unit.
        unit: Unit,
    },
}

impl LimitProblem {
    /// The unit and the number that it is about.
    pub const fn place(&self) -> (Unit, Field) {
        match self {
            Self::NotInRange { unit, field, .. } => (*unit, *field),
            Self::BurstAlone { unit } => (*unit, Field::Requests),
        }
    }
}

impl RateLimits {
    /// These limits, of which a later one for the same unit counts.
    pub fn of(limits: &[RateLimit]) -> Self {
        let mut all = Self::default();
        for limit in limits {
            all.0[limit.unit().index()] = Some(*limit);
        }
        all
    }

    /// Reads what a person typed for each unit, in the order of [`Unit::ALL`].
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(typed: &[Typed; 3]) -> Result<Self, Vec<LimitProblem>> {
        let (mut limits, mut problems) = (Self::default(), Vec::new());
        for (unit, typed) in Unit::ALL.into_iter().zip(typed) {
            let number = |field, text: &str| match text.trim() {
                "" => Ok(None),
                text => whole(text).map(Some).ok_or_else(|| {
                    let text = text.chars().take(32).collect();
                    LimitProblem::NotInRange { unit, field, text }
                }),
            };
            match (number(Field::Requests, &typed.requests), number(Field::Burst, &typed.burst)) {
                (Ok(Some(requests)), Ok(burst)) => {
                    limits.0[unit.index()] = Some(RateLimit::new(requests, unit, burst.unwrap_or(requests)));
                }
                (Ok(None), Ok(None)) => {}
                (Ok(None), Ok(Some(_))) => problems.push(LimitProblem::BurstAlone { unit }),
                (requests, burst) => problems.extend(requests.err().into_iter().chain(burst.err())),
            }
        }
        if problems.is_empty() { Ok(limits) } else { Err(problems) }
    }

    /// For a form: what would have to be typed. The requests at once are left out where they are as many.
    pub fn typed(&self) -> [Typed; 3] {
        Unit::ALL.map(|unit| {
            self.for_unit(unit).map_or_else(Typed::default, |limit| Typed {
                requests: limit.requests().to_string(),
                burst: if limit.burst() == limit.requests() { String::new() } else { limit.burst().to_string() },
            })
        })
    }

    /// As the database has it. What is stored and cannot be read allows next to nothing: never more than was meant.
    pub fn of_stored(text: &str) -> Self {
        let read = |entry: &str| {
            let mut parts = entry.split('/');
            let (requests, unit, burst) = (parts.next()?, parts.next()?, parts.next()?);
            let unit = Unit::ALL.into_iter().find(|known| known.word() == unit)?;
            Some(RateLimit::new(whole(requests)?, unit, whole(burst)?)).filter(|_| parts.next().is_none())
        };
        let least = |entry: &str| {
            tracing::error!(entry, "a key's rate limits cannot be read; it may be used once a day");
            RateLimit::new(1, Unit::Day, 1)
        };
        let limits: Vec<RateLimit> = text
            .split(' ')
            .filter(|entry| !entry.is_empty())
            .map(|entry| read(entry).unwrap_or_else(|| least(entry)))
            .collect();
        Self::of(&limits)
    }

    /// For the database: `10/second/20 600/minute/600`; empty for none.
    pub fn stored(&self) -> String {
        let entry = |limit: RateLimit| format!("{}/{}/{}", limit.requests(), limit.unit().word(), limit.burst());
        self.iter().map(entry).collect::<Vec<_>>().join(" ")
    }

    /// Whether the key may be used as often as anybody likes.
    pub fn is_unlimited(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The limits, the shortest unit first.
    pub fn iter(&self) -> impl Iterator<Item = RateLimit> {
        self.0.into_iter().flatten()
    }

    /// The limit for this unit.
    pub const fn for_unit(&self, unit: Unit) -> Option<RateLimit> {
        self.0[unit.index()]
    }

    /// Whether these allow nothing that the others do not.
    pub fn is_within(&self, other: &Self) -> bool {
        let is_kept = |theirs: RateLimit| {
            let own = self.for_unit(theirs.unit());
            own.is_some_and(|own| own.requests() <= theirs.requests() && own.burst() <= theirs.burst())
        };
        other.iter().all(is_kept)
    }

    /// Each limit in words.
    pub fn in_words(&self) -> Vec<String> {
        self.iter().map(RateLimit::in_words).collect()
    }
}

/// A number from 1 to [`MOST`], in digits alone.
fn whole(text: &str) -> Option<u32> {
    let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()?;
    (1..=MOST).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: [(&str, &str); 3]) -> [Typed; 3] {
        pairs.map(|(requests, burst)| Typed { requests: requests.into(), burst: burst.into() })
    }

    #[test]
    fn what_is_typed_is_stored_read_back_and_typed_again() {
        let limits = RateLimits::parse(&typed([(" 10 ", "20"), ("", ""), ("1000000", "")])).unwrap();
        assert_eq!(limits.stored(), "10/second/20 1000000/day/1000000");
        assert_eq!(RateLimits::of_stored(&limits.stored()), limits);
        assert_eq!(limits.typed(), typed([("10", "20"), ("", ""), ("1000000", "")]));
        assert_eq!(limits.in_words(), ["10 requests per second, at most 20 at once", "1,000,000 requests per day"]);
        let none = RateLimits::parse(&typed([(" ", ""), ("", ""), ("", "")])).unwrap();
        assert!(none.is_unlimited() && none.stored().is_empty() && RateLimits::of_stored("") == none);
    }

    #[test]
    fn what_is_no_number_from_one_to_a_million_is_named_with_its_place() {
        for bad in ["0", "-1", "+1", "1.5", "1,000", "1000001", "99999999999999999999", "ten", "١"] {
            let wrong = RateLimits::parse(&typed([("", ""), (bad, ""), ("1", bad)])).unwrap_err();
            let problem = |unit, field| LimitProblem::NotInRange { unit, field, text: bad.into() };
            assert_eq!(wrong, [problem(Unit::Minute, Field::Requests), problem(Unit::Day, Field::Burst)]);
        }
        let alone = RateLimits::parse(&typed([("", "5"), ("", ""), ("", "")])).unwrap_err();
        assert_eq!(alone, [LimitProblem::BurstAlone { unit: Unit::Second }]);
        assert_eq!(RateLimits::parse(&typed([("x", "y"), ("", ""), ("", "")])).unwrap_err().len(), 2);
    }

    #[test]
    fn what_is_stored_and_cannot_be_read_allows_next_to_nothing() {
        for bad in ["nonsense", "10/hour/10", "10/second", "0/second/1", "10/second/10/10"] {
            assert_eq!(RateLimits::of_stored(bad).in_words(), ["1 request per day"], "{bad}");
        }
        assert_eq!(RateLimits::of_stored("5/second/5 x").stored(), "5/second/5 1/day/1");
    }

    #[test]
    fn fewer_requests_are_within_more() {
        let of = RateLimits::of_stored;
        for (narrow, wide) in
            [("", ""), ("1/day/1", ""), ("5/second/5 9/day/9", "5/second/6"), ("1/minute/1", "1/minute/1")]
        {
            assert!(of(narrow).is_within(&of(wide)), "{narrow} within {wide}");
        }
        for (wide, narrow) in
            [("", "1/day/1"), ("6/second/5", "5/second/5"), ("5/second/6", "5/second/5"), ("1/second/1", "1/day/1")]
        {
            assert!(!of(wide).is_within(&of(narrow)), "{wide} within {narrow}");
        }
    }
}
