//! A moment as pages show it: relative for reading, exact for knowing.

use crate::base::clock::Timestamp;
use crate::base::zone::{Day, Zone};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// From where somebody looks at moments: when it is, and on which clock they read.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Now.
    pub now: Timestamp,
    /// The zone of their clock.
    pub zone: &'a Zone,
}

impl Here<'_> {
    /// `at`, as it is seen from here.
    pub fn moment(self, at: Timestamp) -> Moment {
        Moment::local(at, self.now, self.zone)
    }
}

/// A moment in words. In UTC, unless a zone is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// For `<time datetime>`: RFC 3339, whole seconds.
    pub iso: String,
    /// `23 Nov 2026, 14:32 UTC`.
    pub exact: String,
    /// `23 Nov 2026`.
    pub date: String,
    /// `14:32:02`.
    pub time: String,
    /// `3 minutes ago`, `in 83 days`.
    pub relative: String,
    /// The exact form, and that of UTC where it is another one.
    pub title: String,
}

impl Moment {
    /// `at`, as seen from `now`.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        let calendar = at.calendar();
        let date =
            format!("{} {} {}", calendar.day(), MONTHS[usize::from(u8::from(calendar.month()) - 1)], calendar.year());
        let time = format!("{:02}:{:02}:{:02}", calendar.hour(), calendar.minute(), calendar.second());
        let exact = format!("{date}, {:02}:{:02} UTC", calendar.hour(), calendar.minute());
        Self {
            iso: format!("{:04}-{:02}-{:02}T{time}Z", calendar.year(), u8::from(calendar.month()), calendar.day()),
            title: exact.clone(),
            exact,
            relative: relative(at.seconds_since(now)),
            date,
            time,
        }
    }

    /// `at`, as seen from `now`, on the calendar and the clock of this zone.
    pub fn local(at: Timestamp, now: Timestamp, zone: &Zone) -> Self {
        let (date, utc) = (day_in_words(zone.day_of(at)), Self::new(at, now));
        let exact = format!("{date}, {}", zone.time_of(at));
        let title = if exact == utc.exact { utc.exact } else { format!("{exact} ({})", utc.exact) };
        Self { exact, date, time: zone.clock_of(at), title, ..utc }
    }
}

/// `23 Nov 2026`.
pub fn day_in_words(day: Day) -> String {
    let (year, month, day) = day.parts();
    format!("{day} {} {year}", MONTHS[usize::from(month.saturating_sub(1)).min(11)])
}

/// A moment inside of a sentence for a program's log: `23 Nov 2026 at 14:32 UTC`.
pub fn in_words(at: Timestamp) -> String {
    let calendar = at.calendar();
    let month = MONTHS[usize::from(u8::from(calendar.month()) - 1)];
    format!("{} {month} {} at {:02}:{:02} UTC", calendar.day(), calendar.year(), calendar.hour(), calendar.minute())
}

fn relative(seconds: i64) -> String {
    let (distance, ago) = (seconds.unsigned_abs(), seconds < 0);
    if distance < 5 {
        return "just now".into();
    }
    let (count, unit) = match distance {
        0..60 => (distance, "second"),
        60..3_600 => (distance / 60, "minute"),
        3_600..86_400 => (distance / 3_600, "hour"),
        // What is left is rounded up, what is past is rounded down: "in 30 days" is so until a whole day is over.
        86_400..7_776_000 => (if ago { distance / 86_400 } else { distance.div_ceil(86_400) }, "day"),
        7_776_000..63_072_000 => (distance / 2_592_000, "month"),
        _ => (distance / 31_536_000, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if ago { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_an_exact_and_a_relative_form() {
        let now = Timestamp::from_micros(1_795_444_320_000_000);
        let moment = Moment::new(now.plus_seconds(-190), now);
        assert_eq!(moment.exact, "23 Nov 2026, 14:28 UTC");
        assert_eq!(moment.time, "14:28:50");
        assert_eq!(moment.relative, "3 minutes ago");
        assert_eq!(moment.iso, "2026-11-23T14:28:50Z");
    }

    #[test]
    fn elsewhere_it_is_another_day() {
        let at = Timestamp::from_micros(1_795_476_720_000_000);
        let moment = Moment::local(at, at, &Zone::named("Europe/Berlin").unwrap());
        assert_eq!((moment.exact.as_str(), moment.date.as_str()), ("24 Nov 2026, 00:32 CET", "24 Nov 2026"));
        assert_eq!((moment.iso.as_str(), moment.time.as_str()), ("2026-11-23T23:32:00Z", "00:32:00"));
        assert_eq!(moment.title, "24 Nov 2026, 00:32 CET (23 Nov 2026, 23:32 UTC)");
        assert_eq!(Moment::local(at, at, &Zone::UTC), Moment::new(at, at));
    }

    #[test]
    fn distances_are_in_the_largest_unit_that_says_enough() {
        for (seconds, words) in [
            (0, "just now"),
            (-4, "just now"),
            (-12, "12 seconds ago"),
            (-60, "1 minute ago"),
            (-7_300, "2 hours ago"),
            (86_400 * 83, "in 83 days"),
            (86_400 * 30 - 2, "in 30 days"),
            (-86_400, "1 day ago"),
            (86_400 * 365, "in 12 months"),
            (-86_400 * 800, "2 years ago"),
        ] {
            assert_eq!(relative(seconds), words);
        }
    }
}
