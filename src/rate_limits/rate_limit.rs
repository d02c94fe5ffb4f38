//! A limit: so many requests in a unit of time, and so many of them at once.

use crate::web::numbers::thousands;

/// Most requests of a limit, and most of them at once.
pub const MOST: u32 = 1_000_000;

/// The time that a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// A day of 24 hours.
    Day,
}

impl Unit {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Second, Self::Minute, Self::Day];

    /// The word for it, in the database, in headers and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }

    /// How long it is, in seconds.
    pub const fn seconds(self) -> u32 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Day => 86_400,
        }
    }

    /// Its place among all of them.
    pub const fn index(self) -> usize {
        match self {
            Self::Second => 0,
            Self::Minute => 1,
            Self::Day => 2,
        }
    }
}

/// So many requests in a unit of time, and so many of them at once. Each number is 1 to [`MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    unit: Unit,
    burst: u32,
}

impl RateLimit {
    /// Numbers outside of the range become its nearest ones.
    pub const fn new(requests: u32, unit: Unit, burst: u32) -> Self {
        Self { requests: in_range(requests), unit, burst: in_range(burst) }
    }

    /// Requests in a unit of time.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// The unit of time.
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// Requests at once, after a time without any.
    pub const fn burst(self) -> u32 {
        self.burst
    }

    /// `600 requests per minute, at most 20 at once`
    pub fn in_words(self) -> String {
        let plural = if self.requests == 1 { "" } else { "s" };
        let words = format!("{} request{plural} per {}", number(self.requests), self.unit.word());
        if self.burst == self.requests { words } else { format!("{words}, at most {} at once", number(self.burst)) }
    }
}

const fn in_range(number: u32) -> u32 {
    match number {
        0 => 1,
        1..MOST => number,
        _ => MOST,
    }
}

fn number(number: u32) -> String {
    thousands(usize::try_from(number).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_says_at_once_only_where_that_is_another_number() {
        let words = |requests, unit, burst| RateLimit::new(requests, unit, burst).in_words();
        assert_eq!(words(1, Unit::Minute, 1), "1 request per minute");
        assert_eq!(words(1_000, Unit::Day, 20), "1,000 requests per day, at most 20 at once");
        assert_eq!(words(0, Unit::Second, u32::MAX), "1 request per second, at most 1,000,000 at once");
    }
}
