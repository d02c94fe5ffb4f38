//! What a presented key is at a moment. Pure.

use crate::api_keys::secret_text::Malformed;
use crate::api_keys::{ApiKey, StoredSecret};
use crate::base::clock::Timestamp;
use crate::base::hash;

/// The answer to "is this key good".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Valid,
    /// It cannot be a key of this installation; found without any look-up.
    Malformed(Malformed),
    /// No key has this secret. Said of a wrong secret as of a key that never was.
    Unknown,
    /// It is paused.
    Disabled,
    /// Its time is over.
    Expired,
    /// Its secret was replaced.
    Rotated,
    /// It is dead for good.
    Deleted,
}

impl Verdict {
    /// The word in answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Malformed(_) => "MALFORMED",
            Self::Unknown => "UNKNOWN",
            Self::Disabled => "DISABLED",
            Self::Expired => "EXPIRED",
            Self::Rotated => "ROTATED",
            Self::Deleted => "DELETED",
        }
    }

    /// One sentence for whoever holds the key.
    pub fn message(&self) -> String {
        match self {
            Self::Valid => "The key is valid.".into(),
            Self::Malformed(why) => why.to_string(),
            Self::Unknown => "No key has this secret.".into(),
            Self::Disabled => "The key is disabled.".into(),
            Self::Expired => "The key has expired.".into(),
            Self::Rotated => "The key was rotated: there is a newer secret.".into(),
            Self::Deleted => "The key was deleted.".into(),
        }
    }
}

/// The verdict on a secret whose MAC is `mac`, for the key that has its id. Only whoever holds the right secret is told more
/// than "unknown".
pub fn judge(key: &ApiKey, secrets: &[StoredSecret], mac: &[u8; 32], now: Timestamp) -> Verdict {
    // Every secret is compared, so that the time does not tell which one matched.
    let matching =
        secrets.iter().fold(None, |found, secret| if hash::equal(&secret.mac, mac) { Some(secret) } else { found });
    let Some(secret) = matching else { return Verdict::Unknown };
    if key.deleted_at.is_some() {
        Verdict::Deleted
    } else if key.disabled_at.is_some() {
        Verdict::Disabled
    } else if secret.ends_at <= now {
        Verdict::Rotated
    } else if key.expires_at <= now {
        Verdict::Expired
    } else {
        Verdict::Valid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn key() -> ApiKey {
        ApiKey {
            id: 1,
            key_id: "4Jq9ZbT0kLw2".into(),
            client_id: "billing-sync".into(),
            name: "billing-sync".into(),
            environment: "live".into(),
            hint: String::new(),
            created_at: NOW,
            created_by: "ops@acme.example".into(),
            expires_at: NOW.plus_days(1),
            disabled_at: None,
            deleted_at: None,
            token_version: 1,
            version: 1,
            allowed_addresses: crate::api_keys::AllowedAddresses::default(),
        }
    }

    fn secret(mac: u8, ends_at: Timestamp) -> StoredSecret {
        StoredSecret { mac: vec![mac; 32], hint: String::new(), created_at: NOW, created_by: String::new(), ends_at }
    }

    #[test]
    fn the_right_secret_is_told_what_became_of_the_key() {
        let secrets = [secret(2, Timestamp::NEVER), secret(1, NOW)];
        let judged = |key: &ApiKey, mac: u8| judge(key, &secrets, &[mac; 32], NOW);
        assert_eq!(judged(&key(), 2), Verdict::Valid);
        assert_eq!(judged(&key(), 1), Verdict::Rotated);
        assert_eq!(judged(&ApiKey { expires_at: NOW, ..key() }, 2), Verdict::Expired);
        assert_eq!(judged(&ApiKey { disabled_at: Some(NOW), ..key() }, 2), Verdict::Disabled);
        assert_eq!(judged(&ApiKey { deleted_at: Some(NOW), ..key() }, 2), Verdict::Deleted);
    }

    #[test]
    fn a_wrong_secret_is_unknown_whatever_became_of_the_key() {
        let secrets = [secret(2, Timestamp::NEVER)];
        for key in [key(), ApiKey { deleted_at: Some(NOW), ..key() }, ApiKey { expires_at: NOW, ..key() }] {
            assert_eq!(judge(&key, &secrets, &[3; 32], NOW), Verdict::Unknown);
        }
        assert_eq!(judge(&key(), &[], &[0; 32], NOW), Verdict::Unknown);
    }
}
