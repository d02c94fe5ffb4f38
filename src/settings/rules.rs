//! The rules as somebody typed them, and what they mean.

use std::ops::RangeInclusive;

use crate::base::text::{TextProblem, check_line};
use crate::tenants::{Rules, Tenant};
use crate::web::form::Pairs;

use super::problem::{MOST_DAYS, SettingsProblem};

/// Characters of the contact.
const LONGEST_CONTACT: usize = 200;

/// What is in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// The default life, in days.
    pub default_days: String,
    /// `none`, or `days` for a longest life.
    pub limit: String,
    /// The longest life, in days.
    pub longest_days: String,
    /// The longest life that the form was shown with. Any other one was typed.
    pub shown_longest_days: String,
    /// Whom to ask.
    pub contact: String,
}

impl Typed {
    /// As a form says.
    pub fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            default_days: pairs.text("default_days"),
            limit: pairs.text("limit"),
            longest_days: pairs.text("longest_days"),
            shown_longest_days: pairs.text("shown_longest_days"),
            contact: pairs.text("contact"),
        }
    }

    /// As the rules are.
    pub fn of_tenant(tenant: &Tenant) -> Self {
        let longest_days = tenant.longest_key_days.map(|days| days.to_string()).unwrap_or_default();
        Self {
            default_days: tenant.default_key_days.to_string(),
            limit: if tenant.longest_key_days.is_some() { "days" } else { "none" }.to_owned(),
            longest_days: longest_days.clone(),
            shown_longest_days: longest_days,
            contact: tenant.contact.clone(),
        }
    }

    /// What it means.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the form.
    pub fn parse(&self) -> Result<Rules, Vec<SettingsProblem>> {
        let default = days(&self.default_days).ok_or(SettingsProblem::DefaultDays);
        let longest = match self.limit.as_str() {
            "none" if self.has_typed_longest() => Err(SettingsProblem::NoLimitButDays),
            "none" => Ok(None),
            "days" => days(&self.longest_days).map(Some).ok_or(SettingsProblem::LongestDays),
            _ => Err(SettingsProblem::NoChoice),
        };
        let contact = match check_line(&self.contact, LONGEST_CONTACT) {
            Ok(()) | Err(TextProblem::Empty) => Ok(self.contact.trim().to_owned()),
            Err(problem) => Err(SettingsProblem::Contact(problem)),
        };
        let fits = match (&default, &longest) {
            (Ok(default), Ok(Some(longest))) if default > longest => {
                Err(SettingsProblem::DefaultIsLonger { default: *default, longest: *longest })
            }
            _ => Ok(()),
        };
        match (default, fits, longest, contact) {
            (Ok(default_key_days), Ok(()), Ok(longest_key_days), Ok(contact)) => {
                Ok(Rules { default_key_days, longest_key_days, contact })
            }
            (default, fits, longest, contact) => {
                let problems = [default.err(), fits.err(), longest.err(), contact.err()];
                Err(problems.into_iter().flatten().collect())
            }
        }
    }

    fn has_typed_longest(&self) -> bool {
        let typed = self.longest_days.trim();
        !typed.is_empty() && typed != self.shown_longest_days.trim()
    }
}

fn days(text: &str) -> Option<i64> {
    number(text, 1..=MOST_DAYS)
}

/// A number in this range, of digits alone.
pub(super) fn number(text: &str, range: RangeInclusive<i64>) -> Option<i64> {
    let text = text.trim();
    let is_number = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(default: &str, limit: &str, longest: &str, contact: &str) -> Typed {
        Typed {
            shown_longest_days: "7".into(),
            default_days: default.into(),
            limit: limit.into(),
            longest_days: longest.into(),
            contact: contact.into(),
        }
    }

    #[test]
    fn lives_are_days_from_one_to_ten_years_and_the_default_is_none_beyond_the_longest() {
        for (default, limit, longest) in [("1", "days", "1"), (" 90 ", "days", "3650"), ("3650", "none", "7")] {
            assert!(typed(default, limit, longest, "").parse().is_ok(), "{default} {limit} {longest}");
        }
        for bad in ["", "0", "-1", "+1", "1.5", "3651", "ninety", "99999999999999999999"] {
            assert_eq!(typed(bad, "none", "", "").parse(), Err(vec![SettingsProblem::DefaultDays]), "{bad}");
            assert_eq!(typed("1", "days", bad, "").parse(), Err(vec![SettingsProblem::LongestDays]), "{bad}");
        }
        let longer = SettingsProblem::DefaultIsLonger { default: 91, longest: 90 };
        assert_eq!(typed("91", "days", "90", "").parse(), Err(vec![longer]));
        assert_eq!(typed("91", "", "90", "").parse(), Err(vec![SettingsProblem::NoChoice]));
        assert_eq!(typed("91", "none", "90", "").parse(), Err(vec![SettingsProblem::NoLimitButDays]));
    }

    #[test]
    fn a_contact_is_one_line_or_nothing() {
        assert_eq!(typed("90", "none", "", "  Ida. ").parse().unwrap().contact, "Ida.");
        assert_eq!(typed("90", "none", "", " ").parse().unwrap().contact, "");
        let problem = |contact: &str| typed("90", "none", "", contact).parse().unwrap_err();
        assert_eq!(problem("a\nb"), [SettingsProblem::Contact(TextProblem::ControlCharacter)]);
        let long = TextProblem::TooLong { length: 201, most: 200 };
        assert_eq!(problem(&"x".repeat(201)), [SettingsProblem::Contact(long)]);
    }
}
