//! The rules for access tokens as somebody typed them, and what they mean.

use crate::tenants::{Audiences, LONGEST_TOKEN_SECONDS, SHORTEST_TOKEN_SECONDS, Tenant, TokenRules};
use crate::web::form::Pairs;

use super::problem::{MOST_DAYS, TokenProblem};
use super::rules::number;

/// What is in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TypedTokens {
    /// The life of a token, in seconds.
    pub seconds: String,
    /// The name of the algorithm.
    pub algorithm: String,
    /// After how many days there is a new signing key; 0 for never.
    pub days: String,
    /// Whom tokens may be for, one a line.
    pub audiences: String,
}

impl TypedTokens {
    /// As a form says.
    pub fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            seconds: pairs.text("token_seconds"),
            algorithm: pairs.text("algorithm"),
            days: pairs.text("signing_key_days"),
            audiences: pairs.text("audiences"),
        }
    }

    /// As the rules are.
    pub fn of_tenant(tenant: &Tenant) -> Self {
        Self {
            seconds: tenant.access_token_seconds.to_string(),
            algorithm: tenant.signing_algorithm.as_str().to_owned(),
            days: tenant.signing_key_days.unwrap_or(0).to_string(),
            audiences: tenant.audiences.lines(),
        }
    }

    /// What it means.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the form.
    pub fn parse(&self) -> Result<TokenRules, Vec<TokenProblem>> {
        let seconds = number(&self.seconds, SHORTEST_TOKEN_SECONDS..=LONGEST_TOKEN_SECONDS);
        let seconds = seconds.ok_or(TokenProblem::Seconds);
        let algorithm = self.algorithm.parse().map_err(|()| TokenProblem::Algorithm);
        let days = number(&self.days, 0..=MOST_DAYS).ok_or(TokenProblem::Days);
        let audiences = Audiences::parse(&self.audiences).map_err(TokenProblem::Audiences);
        match (seconds, algorithm, days, audiences) {
            (Ok(access_token_seconds), Ok(signing_algorithm), Ok(days), Ok(audiences)) => Ok(TokenRules {
                signing_algorithm,
                access_token_seconds,
                signing_key_days: Some(days).filter(|days| *days > 0),
                audiences,
            }),
            (seconds, algorithm, days, audiences) => {
                let problems = [seconds.err(), algorithm.err(), days.err(), audiences.err()];
                Err(problems.into_iter().flatten().collect())
            }
        }
    }

    /// The audiences as they were stored, where what was typed means anything.
    pub fn lists_the_same_as(&self, other: &Self) -> bool {
        let (ours, theirs) = (Audiences::parse(&self.audiences), Audiences::parse(&other.audiences));
        ours.is_ok() && ours == theirs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenants::{AudienceProblem, SigningAlgorithm};

    fn typed(seconds: &str, algorithm: &str, days: &str, audiences: &str) -> TypedTokens {
        TypedTokens {
            seconds: seconds.into(),
            algorithm: algorithm.into(),
            days: days.into(),
            audiences: audiences.into(),
        }
    }

    #[test]
    fn tokens_live_from_a_minute_to_an_hour() {
        for good in ["60", " 300 ", "3600"] {
            assert!(typed(good, "ES256", "90", "").parse().is_ok(), "{good}");
        }
        for bad in ["", "59", "3601", "-60", "+60", "5 minutes", "99999999999999999999"] {
            assert_eq!(typed(bad, "ES256", "90", "").parse(), Err(vec![TokenProblem::Seconds]), "{bad}");
        }
    }

    #[test]
    fn an_algorithm_is_one_of_three_and_no_days_means_never() {
        for algorithm in SigningAlgorithm::ALL {
            let rules = typed("300", algorithm.as_str(), "0", "urn:a").parse().unwrap();
            assert_eq!((rules.signing_algorithm, rules.signing_key_days), (algorithm, None));
        }
        for bad in ["", "none", "HS256", "es256", "RS512"] {
            assert_eq!(typed("300", bad, "1", "").parse(), Err(vec![TokenProblem::Algorithm]), "{bad}");
        }
        for bad in ["", "-1", "3651"] {
            assert_eq!(typed("300", "EdDSA", bad, "").parse(), Err(vec![TokenProblem::Days]), "{bad}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_in_the_order_of_the_form() {
        let wrong = typed("0", "none", "x", "not one").parse().unwrap_err();
        let fields: Vec<_> = wrong.iter().map(TokenProblem::field).collect();
        assert_eq!(fields, ["token-seconds", "algorithm", "signing-key-days", "audiences"]);
        assert_eq!(wrong[3], TokenProblem::Audiences(AudienceProblem::NoUri { line: 1 }));
    }
}
