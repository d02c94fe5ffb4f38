//! What a key is made of, as a form: the same parts in the wizard and in the panel. What was typed, what it means, and what
//! is wrong with it.

mod limits;
pub mod offer;
mod tags;
mod view;

use actix_web::http::StatusCode;

use crate::api_keys::actions::Shown;
use crate::api_keys::client_id::Name;
use crate::api_keys::expiry::offered;
use crate::api_keys::problem::{ExpiryProblem, KeyProblem};
use crate::api_keys::{AllowedAddresses, ApiKeyError, Expiry, Tag};
use crate::base::clock::Timestamp;
use crate::base::zone::Zone;
use crate::grants::form::{self, GrantRow};
use crate::grants::{GrantsError, Wanted};
use crate::rate_limits::{RateLimits, Typed};
use crate::tenants::Tenant;
use crate::web::form::Pairs;

pub use offer::{Offer, offer};
pub use tags::TagRow;
pub use view::FieldsView;

/// Most bytes of the form: every row of grants fits, however long its path is.
pub const LIMIT: usize = 65_536;

/// The end stays as it is.
pub const KEEP: &str = "keep";
/// The end is a day of its own.
pub const CUSTOM: &str = "custom";
/// There is no end.
pub const NEVER: &str = "never";

/// What is in the form.
#[derive(Debug, Clone, Default)]
pub struct KeyFields {
    /// The name.
    pub name: String,
    /// The rows "role on resource".
    pub rows: Vec<GrantRow>,
    /// The tags.
    pub tags: Vec<TagRow>,
    /// Which end was chosen: a number of days, or one of the words above.
    pub expiry: String,
    /// The day, where one was chosen.
    pub day: String,
    /// The allowed addresses.
    pub addresses: String,
    /// The rate limits, the shortest unit first.
    pub limits: [Typed; 3],
}

/// What the form means.
#[derive(Debug)]
pub struct Parsed {
    /// The name.
    pub name: Name,
    /// The grants.
    pub wanted: Vec<Wanted>,
    /// The tags.
    pub tags: Vec<Tag>,
    /// The end.
    pub expiry: Expiry,
    /// The allowed addresses.
    pub allowed_addresses: AllowedAddresses,
    /// The rate limits.
    pub rate_limits: RateLimits,
}

/// What the end is held against.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The organization with its rules.
    pub tenant: &'a Tenant,
    /// Where the person is.
    pub zone: &'a Zone,
    /// The moment.
    pub now: Timestamp,
    /// The end that the key has, if it is there already.
    pub present: Option<Timestamp>,
}

impl KeyFields {
    /// Of a key that is not there yet: a row of each kind to begin with.
    pub fn blank(tenant: &Tenant) -> Self {
        Self {
            rows: vec![GrantRow::default()],
            tags: vec![TagRow::default()],
            expiry: tenant.default_key_days.to_string(),
            ..Self::default()
        }
    }

    /// As the key is.
    pub fn of_key(shown: &Shown, zone: &Zone) -> Self {
        let key = &shown.listed.key;
        Self {
            name: key.name.clone(),
            rows: shown.grants.iter().map(GrantRow::from).collect(),
            tags: shown.listed.tags.iter().map(TagRow::from).collect(),
            expiry: KEEP.to_owned(),
            day: key.expires_at.unless_never().map(|at| zone.day_of(at).to_string()).unwrap_or_default(),
            addresses: key.allowed_addresses.to_string(),
            limits: key.rate_limits.typed(),
        }
    }

    /// As it was sent.
    pub fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            name: pairs.text("name"),
            rows: form::rows_of(pairs),
            tags: tags::rows_of(pairs),
            expiry: pairs.text("expiry"),
            day: pairs.text("expires_on"),
            addresses: pairs.text("allowed_addresses"),
            limits: limits::of_pairs(pairs),
        }
    }

    /// What was typed, field by field, for whoever cannot send it any more.
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let rows = self.rows.iter().filter(|row| !row.is_empty());
        let tags = self.tags.iter().filter(|row| !row.is_empty());
        let expiry = match self.expiry.as_str() {
            KEEP => String::new(),
            CUSTOM => self.day.clone(),
            NEVER => "no expiry".to_owned(),
            days => format!("{days} days"),
        };
        vec![
            ("Name", self.name.clone()),
            ("Grants", rows.map(|row| format!("{} on {}", row.role, row.resource)).collect::<Vec<_>>().join(", ")),
            ("Expiry", expiry),
            ("Tags", tags.map(|row| format!("{}:{}", row.key, row.value)).collect::<Vec<_>>().join(", ")),
            ("Allowed IP addresses", self.addresses.clone()),
            ("Rate limits", limits::in_words(&self.limits)),
        ]
    }

    /// Adds a row, or takes one out, where the button asked for that. Answers whether it did.
    pub fn rearrange(&mut self, action: &str) -> bool {
        form::rearrange(&mut self.rows, action) || tags::rearrange(&mut self.tags, action)
    }

    /// What it means.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the form.
    pub fn parse(&self, client_id: &str, terms: Terms<'_>) -> Result<Parsed, Vec<KeyProblem>> {
        let name = Name::parse(&self.name, client_id).map_err(KeyProblem::Name);
        let wanted = form::wanted(&self.rows);
        let expiry = self.expiry(terms).map_err(KeyProblem::Expiry);
        let tags = tags::parse(&self.tags);
        let addresses = AllowedAddresses::parse(&self.addresses).map_err(KeyProblem::Addresses);
        let limits = RateLimits::parse(&self.limits);
        match (name, wanted, expiry, tags, addresses, limits) {
            (Ok(name), Ok(wanted), Ok(expiry), Ok(tags), Ok(allowed_addresses), Ok(rate_limits)) => {
                Ok(Parsed { name, wanted, tags, expiry, allowed_addresses, rate_limits })
            }
            (name, wanted, expiry, tags, addresses, limits) => {
                let mut problems: Vec<KeyProblem> = name.err().into_iter().collect();
                let row = |(number, problem)| KeyProblem::Row { number, problem };
                problems.extend(wanted.err().unwrap_or_default().into_iter().map(row));
                problems.extend(expiry.err());
                let tag = |(number, problem)| KeyProblem::Tag { number, problem };
                problems.extend(tags.err().unwrap_or_default().into_iter().map(tag));
                problems.extend(addresses.err());
                problems.extend(limits.err().unwrap_or_default().into_iter().map(KeyProblem::Limit));
                Err(problems)
            }
        }
    }

    fn expiry(&self, terms: Terms<'_>) -> Result<Expiry, ExpiryProblem> {
        let expiry = match self.expiry.as_str() {
            KEEP => Expiry::Keep,
            NEVER => Expiry::Never,
            CUSTOM => Expiry::On(self.day.parse().map_err(|_| ExpiryProblem::NotADay)?, terms.zone.clone()),
            days => {
                let chosen = offered(terms.tenant).into_iter().find(|offered| offered.to_string() == days);
                Expiry::In(chosen.ok_or(ExpiryProblem::NotOffered)?)
            }
        };
        expiry.ends_at(terms.now, terms.present, terms.tenant)?;
        Ok(expiry)
    }
}

/// What the verb found wrong, beside the field to which it belongs, with the status of the answer.
///
/// # Errors
/// The error, where it belongs to no field.
pub fn problem_of(error: ApiKeyError, rows: &[GrantRow]) -> Result<(StatusCode, KeyProblem), ApiKeyError> {
    match error {
        ApiKeyError::Expiry(problem) => Ok((StatusCode::CONFLICT, KeyProblem::Expiry(problem))),
        ApiKeyError::CannotGive(cannot) => Ok((StatusCode::FORBIDDEN, KeyProblem::BeyondYours(cannot.to_string()))),
        ApiKeyError::LastGrant(_) => Ok((StatusCode::FORBIDDEN, KeyProblem::BeyondYours(error.to_string()))),
        ApiKeyError::Grants(error) => {
            let status = match error {
                GrantsError::CannotGive(_) => StatusCode::FORBIDDEN,
                _ => StatusCode::CONFLICT,
            };
            match form::refused_row(rows, &error) {
                Some((number, problem)) => Ok((status, KeyProblem::Row { number, problem })),
                None => Err(ApiKeyError::Grants(error)),
            }
        }
        other => Err(other),
    }
}
