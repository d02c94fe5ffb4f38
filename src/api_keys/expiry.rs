//! When a key shall end.

use crate::base::clock::Timestamp;
use crate::base::zone::{Day, Zone};
use crate::tenants::Tenant;

use super::problem::ExpiryProblem;

/// Lives that are offered, in days.
const PRESETS: [i64; 4] = [30, 90, 180, 365];

/// The end of a key as somebody chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    /// So many days of 24 hours from now.
    In(i64),
    /// At the end of this day, where the person is.
    On(Day, Zone),
    /// Never.
    Never,
    /// As it is.
    Keep,
}

impl Expiry {
    /// The moment. `present` is the end that the key has; a new one has none to keep.
    ///
    /// # Errors
    /// What the organization does not allow, or what is over.
    pub fn ends_at(
        &self,
        now: Timestamp,
        present: Option<Timestamp>,
        tenant: &Tenant,
    ) -> Result<Timestamp, ExpiryProblem> {
        let longest = tenant.longest_key_days;
        match self {
            Self::Keep => present.ok_or(ExpiryProblem::NotOffered),
            Self::Never if longest.is_some() => Err(ExpiryProblem::NotOffered),
            Self::Never => Ok(Timestamp::NEVER),
            Self::In(days) if *days < 1 || longest.is_some_and(|longest| *days > longest) => {
                Err(ExpiryProblem::NotOffered)
            }
            Self::In(days) => Ok(now.plus_days(*days)),
            Self::On(day, zone) => {
                let (day, ends_at) = (*day, zone.end_of(*day));
                if ends_at <= now {
                    return Err(ExpiryProblem::Past { day });
                }
                // The day on which the longest life ends counts to its end.
                let last = longest.map(|longest| zone.day_of(now.plus_days(longest)));
                match last.filter(|last| day > *last) {
                    Some(last) => Err(ExpiryProblem::TooLate { day, last }),
                    None if ends_at.is_never() => Err(ExpiryProblem::NotADay),
                    None => Ok(ends_at),
                }
            }
        }
    }
}

/// The lives in days that this organization offers: the usual ones and its own default, as far as it allows them.
pub fn offered(tenant: &Tenant) -> Vec<i64> {
    let mut days: Vec<i64> = PRESETS.into_iter().chain([tenant.default_key_days]).collect();
    days.retain(|days| tenant.longest_key_days.is_none_or(|longest| *days <= longest));
    days.sort_unstable();
    days.dedup();
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::TenantScope;
    use crate::tenants::{Audiences, SigningAlgorithm};

    // 23 Nov 2026, 14:32 UTC.
    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn tenant(default_key_days: i64, longest_key_days: Option<i64>) -> Tenant {
        Tenant {
            scope: TenantScope::from_row(1),
            slug: "acme".into(),
            organization: "Acme".into(),
            default_key_days,
            longest_key_days,
            access_token_seconds: 300,
            signing_algorithm: SigningAlgorithm::Es256,
            signing_key_days: None,
            audiences: Audiences::default(),
            contact: String::new(),
            version: 1,
        }
    }

    fn on(day: &str, zone: &str) -> Expiry {
        Expiry::On(day.parse().unwrap(), Zone::named(zone).unwrap())
    }

    fn ends(expiry: &Expiry, longest: Option<i64>) -> Result<String, ExpiryProblem> {
        expiry.ends_at(NOW, Some(NOW.plus_days(7)), &tenant(90, longest)).map(Timestamp::rfc3339)
    }

    #[test]
    fn a_life_is_counted_in_days_of_24_hours() {
        assert_eq!(ends(&Expiry::In(30), None).unwrap(), "2026-12-23T14:32:00.000000Z");
        assert_eq!(ends(&Expiry::In(90), Some(90)).unwrap(), "2027-02-21T14:32:00.000000Z");
        for days in [91, 365, 0, -1] {
            assert_eq!(ends(&Expiry::In(days), Some(90)), Err(ExpiryProblem::NotOffered));
        }
    }

    #[test]
    fn a_day_ends_where_the_person_is_and_is_not_over() {
        assert_eq!(ends(&on("2027-02-21", "Europe/Berlin"), None).unwrap(), "2027-02-21T22:59:59.999999Z");
        assert_eq!(ends(&on("2026-11-23", "UTC"), None).unwrap(), "2026-11-23T23:59:59.999999Z");
        let day = "2026-11-22".parse().unwrap();
        assert_eq!(ends(&on("2026-11-22", "UTC"), None), Err(ExpiryProblem::Past { day }));
        // It is the 24th already in Auckland, and so the 23rd is over there.
        let day = "2026-11-23".parse().unwrap();
        assert_eq!(ends(&on("2026-11-23", "Pacific/Auckland"), None), Err(ExpiryProblem::Past { day }));
        assert_eq!(ends(&on("9999-12-31", "UTC"), None), Err(ExpiryProblem::NotADay));
    }

    #[test]
    fn the_last_day_of_the_longest_life_counts_to_its_end() {
        assert_eq!(ends(&on("2027-02-21", "UTC"), Some(90)).unwrap(), "2027-02-21T23:59:59.999999Z");
        let (day, last) = ("2027-02-22".parse().unwrap(), "2027-02-21".parse().unwrap());
        assert_eq!(ends(&on("2027-02-22", "UTC"), Some(90)), Err(ExpiryProblem::TooLate { day, last }));
        assert!(ends(&on("2027-02-22", "Pacific/Auckland"), Some(90)).is_ok());
    }

    #[test]
    fn never_is_for_organizations_without_a_longest_life_and_what_is_can_stay() {
        assert_eq!(Expiry::Never.ends_at(NOW, None, &tenant(90, None)), Ok(Timestamp::NEVER));
        assert_eq!(ends(&Expiry::Never, Some(3_650)), Err(ExpiryProblem::NotOffered));
        assert_eq!(ends(&Expiry::Keep, Some(1)).unwrap(), NOW.plus_days(7).rfc3339());
        assert_eq!(Expiry::Keep.ends_at(NOW, None, &tenant(90, None)), Err(ExpiryProblem::NotOffered));
    }

    #[test]
    fn the_own_default_is_among_what_is_offered() {
        assert_eq!(offered(&tenant(90, None)), [30, 90, 180, 365]);
        assert_eq!(offered(&tenant(45, Some(100))), [30, 45, 90]);
        assert_eq!(offered(&tenant(7, Some(7))), [7]);
    }
}
