//! An API key and what it is at a moment.

use super::AllowedAddresses;
use crate::access::Who;
use crate::base::clock::Timestamp;
use crate::rate_limits::RateLimits;

pub use super::tag::Tag;

/// A key expires soon when so many days or fewer are left: in its badge, its tab, and the line above the list.
pub(super) const SOON_DAYS: i64 = 14;
const DAY: i64 = 86_400;

/// A key, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The database id. Not for addresses.
    pub id: i64,
    /// The 12-character id in addresses and inside the secret; never reused.
    pub key_id: String,
    /// The OAuth `client_id`.
    pub client_id: String,
    /// The descriptive name.
    pub name: String,
    /// `live`, or what the installation calls itself.
    pub environment: String,
    /// How its newest secret is shown.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The actor that created it; unknown where the stored kind is of a newer version.
    pub creator: Option<Who>,
    /// Who made it, as they were called then.
    pub created_by: String,
    /// When it ends by itself; may be never.
    pub expires_at: Timestamp,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Timestamp>,
    /// Why, in the words of whoever disabled it.
    pub disabled_reason: Option<String>,
    /// When it was deleted, if it is: the row is then a tombstone.
    pub deleted_at: Option<Timestamp>,
    /// Raised when tokens given before must not be taken any more.
    pub token_version: i64,
    /// Counts the changes of its row.
    pub version: i64,
    /// From where it may be used.
    pub allowed_addresses: AllowedAddresses,
    /// How often it may be used.
    pub rate_limits: RateLimits,
}

/// What a key is, in one word. The first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// For good.
    Deleted,
    /// For the time being.
    Disabled,
    /// Its time is over.
    Expired,
    /// Its time is over soon.
    Expiring {
        /// Days left, rounded up.
        days: i64,
    },
    /// Nobody has used it yet.
    NeverUsed,
    /// None of the above.
    Active,
}

impl ApiKey {
    /// What the key is now.
    pub fn status(&self, now: Timestamp, used: bool) -> Status {
        if self.deleted_at.is_some() {
            return Status::Deleted;
        }
        Status::of_living(self.disabled_at.is_some(), self.expires_at, used, now)
    }
}

/// The last moment at which a key may end that expires soon. A part of a second belongs to the second that has begun.
pub(super) const fn soon_until(now: Timestamp) -> Timestamp {
    Timestamp::from_micros(now.plus_days(SOON_DAYS).micros().saturating_add(999_999))
}

impl Status {
    /// The status of a key that is not deleted.
    pub fn of_living(disabled: bool, expires_at: Timestamp, used: bool, now: Timestamp) -> Self {
        let left = expires_at.seconds_since(now);
        if disabled {
            Self::Disabled
        } else if expires_at <= now {
            Self::Expired
        } else if !expires_at.is_never() && left <= SOON_DAYS * DAY {
            Self::Expiring { days: (left + DAY - 1) / DAY }
        } else if !used {
            Self::NeverUsed
        } else {
            Self::Active
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn key(expires_at: Timestamp) -> ApiKey {
        ApiKey {
            id: 1,
            key_id: "4Jq9ZbT0kLw2".into(),
            client_id: "billing-sync".into(),
            name: "billing-sync".into(),
            environment: "live".into(),
            hint: String::new(),
            created_at: NOW,
            creator: Some(Who::User(1)),
            created_by: "ops@acme.example".into(),
            expires_at,
            disabled_at: None,
            disabled_reason: None,
            deleted_at: None,
            token_version: 1,
            version: 1,
            allowed_addresses: AllowedAddresses::default(),
            rate_limits: RateLimits::default(),
        }
    }

    #[test]
    fn the_gravest_word_wins() {
        let expired = key(NOW);
        assert_eq!(expired.status(NOW, true), Status::Expired);
        assert_eq!(ApiKey { disabled_at: Some(NOW), ..expired.clone() }.status(NOW, true), Status::Disabled);
        assert_eq!(
            ApiKey { disabled_at: Some(NOW), deleted_at: Some(NOW), ..expired }.status(NOW, true),
            Status::Deleted
        );
        assert_eq!(key(NOW.plus_seconds(1)).status(NOW, false), Status::Expiring { days: 1 });
        assert_eq!(key(NOW.plus_days(14)).status(NOW, false), Status::Expiring { days: 14 });
        assert_eq!(key(NOW.plus_days(14).plus_seconds(1)).status(NOW, false), Status::NeverUsed);
        assert_eq!(key(Timestamp::NEVER).status(NOW, true), Status::Active);
    }
}
