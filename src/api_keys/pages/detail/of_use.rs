//! How the key is used: figures, charts, callers.

use crate::base::clock::Timestamp;
use crate::usage::{ACCEPTED, Count, KeyUsage, day_of, hour_of};
use crate::web::chart::{Chart, Column};
use crate::web::numbers::thousands;
use crate::web::page::{Here, Moment};

use crate::api_keys::pages::evidence::{self, UseView, count};

/// Callers that are shown.
const CALLERS: usize = 10;
/// Columns of the charts: a day back reaches into 25 hours, thirty days into 31.
const HOURS: i64 = 25;
const DAYS: i64 = 31;

/// From where the key was used.
#[derive(Debug)]
pub(super) struct CallerView {
    /// Without one: all others, and what told none.
    pub address: Option<String>,
    /// `4,812 times`
    pub times: String,
    pub last: Moment,
}

/// The part of the page that is about use.
#[derive(Debug)]
pub(super) struct UsageView {
    /// Nothing where this node holds what cannot be written at the moment.
    pub as_of: Option<Moment>,
    /// Alive and never used.
    pub waits: bool,
    pub first: Option<UseView>,
    pub last: Option<UseView>,
    pub day_accepted: String,
    /// From when on the day is counted.
    pub day_since: Moment,
    pub day_addresses: Option<String>,
    pub month_accepted: String,
    pub month_addresses: Option<String>,
    pub month_refused: String,
    /// `0.8 % of 30 days`
    pub refused_share: Option<String>,
    pub by_hour: Chart,
    pub by_day: Chart,
    pub callers: Vec<CallerView>,
    /// `12 more addresses`
    pub more_callers: Option<String>,
}

impl UsageView {
    pub fn new(usage: KeyUsage, is_all: bool, alive: bool, here: Here<'_>) -> Self {
        let now = usage.now;
        let (accepted, refused) = (count(usage.accepted_in_30_days()), count(usage.refused_in_30_days()));
        let (known, others): (Vec<_>, Vec<_>) = usage.callers.iter().partition(|caller| caller.address.is_some());
        let more = known.len().saturating_sub(CALLERS);
        let callers = known.into_iter().take(CALLERS).chain(others).map(|caller| CallerView {
            address: caller.address.clone(),
            times: evidence::times(caller.calls),
            last: here.moment(caller.last_at),
        });
        let plural = if more == 1 { "" } else { "es" };
        Self {
            as_of: is_all.then(|| here.moment(now)),
            waits: alive && usage.first.is_none(),
            day_accepted: thousands(count(usage.accepted_in_24_hours())),
            day_since: here.moment(usage.first_hour()),
            day_addresses: evidence::addresses(&usage.addresses_in_24_hours()),
            month_accepted: thousands(accepted),
            month_addresses: evidence::addresses(&usage.addresses_in_30_days()),
            month_refused: thousands(refused),
            refused_share: (refused > 0).then(|| {
                let share = refused as f64 * 100.0 / (accepted + refused) as f64;
                if share < 0.1 { "less than 0.1 %".into() } else { format!("{share:.1} %") }
            }),
            by_hour: Chart::new("Requests each hour (UTC)", &columns(&usage.hours, hour_of(now), HOURS, hour_label)),
            by_day: Chart::new("Requests each day (UTC)", &columns(&usage.days, day_of(now), DAYS, day_label)),
            callers: callers.collect(),
            more_callers: (more > 0).then(|| format!("{} more address{plural}", thousands(more))),
            first: usage.first.map(|first| UseView::new(first, here)),
            last: usage.last.map(|last| UseView::new(last, here)),
        }
    }
}

fn columns(counts: &[Count], last: i64, how_many: i64, label: fn(i64) -> String) -> Vec<Column> {
    let column = |at: i64| {
        let here = counts.iter().filter(|count| count.at == at);
        let (accepted, refused): (Vec<&Count>, Vec<&Count>) = here.partition(|count| count.code == ACCEPTED);
        Column {
            label: label(at),
            accepted: accepted.into_iter().map(|one| count(one.calls)).sum(),
            refused: refused.into_iter().map(|one| (words(&one.code), count(one.calls))).collect(),
            unfinished: at == last,
        }
    };
    (last - how_many + 1..=last).map(column).collect()
}

/// `23 Nov 14:00`
fn hour_label(hour: i64) -> String {
    format!("{} {:02}:00", day_label(hour.div_euclid(24)), hour.rem_euclid(24))
}

/// `23 Nov`
fn day_label(day: i64) -> String {
    let date = Timestamp::from_micros(0).plus_days(day).calendar();
    let month = date.month().to_string();
    format!("{} {}", date.day(), month.get(..3).unwrap_or(&month))
}

/// A refusal in a word or two.
fn words(code: &str) -> String {
    match code {
        "DELETED" => "deleted".into(),
        "DISABLED" => "disabled".into(),
        "EXPIRED" => "expired".into(),
        "ROTATED" => "with an old secret".into(),
        "IP_NOT_ALLOWED" => "from an address that is not allowed".into(),
        "RATE_LIMITED" => "beyond the rate limit".into(),
        "INSUFFICIENT_PERMISSION" => "without the permission".into(),
        other => other.to_lowercase().replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hour_and_day_has_a_column_also_where_nothing_was() {
        let counts = [("VALID", 3), ("EXPIRED", 2)].map(|(code, calls)| Count { at: 20_780, code: code.into(), calls });
        let days = columns(&counts, 20_780, DAYS, day_label);
        assert_eq!((days.len(), days[0].label.as_str(), days[30].label.as_str()), (31, "24 Oct", "23 Nov"));
        assert_eq!((days[30].accepted, days[30].refused(), days[29].accepted), (3, 2, 0));
        assert_eq!(hour_label(498_734), "23 Nov 14:00");
    }
}
