//! Time zones, and the days in them. The one place that knows the database of zones.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{self, TimeZone};

use super::clock::Timestamp;

/// A time zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of this name, whatever its case.
    pub fn named(name: &str) -> Option<Self> {
        let known = TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some());
        known.map(Self)
    }

    /// Every name, in order.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
        names.sort_unstable();
        names
    }

    /// As the database calls it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day that it is there at this moment. What lies outside the calendar is on its last day.
    pub fn day_of(&self, at: Timestamp) -> Day {
        Day(self.local(at).map_or(civil::Date::MAX, |local| local.date()))
    }

    /// The last moment of a day there. A day without a next one never ends.
    pub fn end_of(&self, day: Day) -> Timestamp {
        let next = day.0.tomorrow().and_then(|next| next.to_zoned_datetime(self.0.clone()));
        next.map_or(Timestamp::NEVER, |next| Timestamp::from_micros(next.timestamp().as_microsecond() - 1))
    }

    /// The time of day there, as `23:59 CET`.
    pub fn time_of(&self, at: Timestamp) -> String {
        let Some(local) = self.local(at) else { return String::new() };
        let short = local.strftime("%Z").to_string();
        // Where people have no short name for it, the database has the distance from UTC.
        let distance = if short.starts_with(['+', '-']) { "UTC" } else { "" };
        format!("{:02}:{:02} {distance}{short}", local.hour(), local.minute())
    }

    /// The same to the second, without the zone: `23:59:59`.
    pub fn clock_of(&self, at: Timestamp) -> String {
        let local = self.local(at);
        local.map_or_else(String::new, |at| format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()))
    }

    fn local(&self, at: Timestamp) -> Option<jiff::ZonedDateTime> {
        jiff::Timestamp::from_microsecond(at.micros()).ok().map(|at| at.to_zoned_datetime(self.0.clone()))
    }
}

/// A day of the calendar, wherever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(civil::Date);

impl Day {
    /// Year, month and day of the month.
    pub fn parts(self) -> (i16, u8, u8) {
        (self.0.year(), self.0.month().unsigned_abs(), self.0.day().unsigned_abs())
    }
}

/// The text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;

    /// `2027-02-21`, and nothing else.
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if shaped { text.parse().map(Self).map_err(|_| NotADay) } else { Err(NotADay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn end(name: &str, day: &str) -> String {
        zone(name).end_of(day.parse().unwrap()).rfc3339()
    }

    #[test]
    fn a_day_ends_where_the_person_is() {
        assert_eq!(end("UTC", "2027-02-21"), "2027-02-21T23:59:59.999999Z");
        assert_eq!(end("Europe/Berlin", "2027-02-21"), "2027-02-21T22:59:59.999999Z");
        assert_eq!(end("Europe/Berlin", "2027-07-01"), "2027-07-01T21:59:59.999999Z");
        assert_eq!(end("Pacific/Auckland", "2027-02-21"), "2027-02-21T10:59:59.999999Z");
        // The clocks go back that night, and forward; a day without midnight begins at one.
        assert_eq!(end("Europe/Berlin", "2026-10-25"), "2026-10-25T22:59:59.999999Z");
        assert_eq!(end("Europe/Berlin", "2027-03-28"), "2027-03-28T21:59:59.999999Z");
        assert_eq!(end("America/Asuncion", "2023-09-30"), "2023-10-01T03:59:59.999999Z");
        assert!(zone("UTC").end_of("9999-12-31".parse().unwrap()).is_never());
    }

    #[test]
    fn it_is_another_day_elsewhere() {
        let at = Timestamp::from_micros(1_795_476_720_000_000); // 2026-11-23 23:32 UTC
        assert_eq!(zone("UTC").day_of(at).to_string(), "2026-11-23");
        assert_eq!(zone("Europe/Berlin").day_of(at).to_string(), "2026-11-24");
        assert_eq!(zone("Europe/Berlin").time_of(at), "00:32 CET");
        assert_eq!(zone("America/Sao_Paulo").time_of(at), "20:32 UTC-03");
    }

    #[test]
    fn zones_have_the_names_of_the_database_and_days_one_form() {
        assert_eq!(zone("europe/berlin").name(), "Europe/Berlin");
        assert_eq!(zone("UTC").name(), "UTC");
        for bad in ["", "Berlin", "Mars/Olympus", "../etc/passwd", "+01:00", "UTC\n", &"x".repeat(10_000)] {
            assert_eq!(Zone::named(bad), None, "{bad}");
        }
        assert!(Zone::names().len() > 400 && Zone::names().iter().all(|name| Zone::named(name).is_some()));
        for bad in
            ["", "2027-2-1", "2027-02-30", "20270221", "2027-W08-7", "21.02.2027", "2027-02-21T00:00", "-271-01-01"]
        {
            assert_eq!(bad.parse::<Day>(), Err(NotADay), "{bad}");
        }
        assert_eq!("2028-02-29".parse::<Day>().unwrap().parts(), (2028, 2, 29));
    }
}
