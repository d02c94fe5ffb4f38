//! What a presented key is at a moment, and the words for it. Pure.

use std::net::IpAddr;

use crate::api_keys::secret_text::Malformed;
use crate::api_keys::{AllowedAddresses, ApiKey, StoredSecret};
use crate::base::clock::Timestamp;
use crate::base::hash;
use crate::web::moment;

/// The word for a key that is good, and may not do what is asked. That is no verdict on the key.
pub const INSUFFICIENT_PERMISSION: &str = "INSUFFICIENT_PERMISSION";

/// The answer to "is this key good".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Valid,
    /// It cannot be a key of this installation; found without any look-up.
    Malformed(Malformed),
    /// No key has this secret. Said of a wrong secret as of a key that never was.
    Unknown,
    /// It is dead for good.
    Deleted {
        /// Since when.
        at: Timestamp,
    },
    /// It is paused.
    Disabled {
        /// Since when.
        at: Timestamp,
        /// Why, in the words of whoever paused it.
        reason: Option<String>,
    },
    /// This secret of it has ended; another one may go on.
    Rotated {
        /// When this one ended.
        at: Timestamp,
    },
    /// Its time is over.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// It is good, but not from there.
    IpNotAllowed(AddressRefused),
}

/// Why a key with allowed addresses may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRefused {
    /// Nobody said from which address it is presented.
    NotSaid,
    /// From one that is not allowed.
    NotAllowed(IpAddr),
}

impl Verdict {
    /// The word in answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Malformed(_) => "MALFORMED",
            Self::Unknown => "UNKNOWN",
            Self::Deleted { .. } => "DELETED",
            Self::Disabled { .. } => "DISABLED",
            Self::Rotated { .. } => "ROTATED",
            Self::Expired { .. } => "EXPIRED",
            Self::IpNotAllowed(_) => "IP_NOT_ALLOWED",
        }
    }

    /// Since when it is so, where that is a moment.
    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Deleted { at } | Self::Disabled { at, .. } | Self::Rotated { at } | Self::Expired { at } => Some(*at),
            Self::Valid | Self::Malformed(_) | Self::Unknown | Self::IpNotAllowed(_) => None,
        }
    }

    /// Whether it is said to whoever holds the right secret alone.
    pub const fn is_for_the_holder(&self) -> bool {
        !matches!(self, Self::Malformed(_) | Self::Unknown)
    }

    /// A sentence for whoever holds the key, and one that says whom to ask.
    pub fn message(&self, contact: &str) -> String {
        let words = match self {
            Self::Valid => "The key is valid.".into(),
            Self::Malformed(why) => why.to_string(),
            Self::Unknown => "No key has this secret.".into(),
            Self::Deleted { at } => format!("The key was deleted on {}.", moment::in_words(*at)),
            Self::Disabled { at, reason } => {
                let why = reason.as_deref().map(|reason| format!(": {}", without_stop(reason))).unwrap_or_default();
                format!("The key was disabled on {}{why}.", moment::in_words(*at))
            }
            Self::Rotated { at } => {
                format!("This secret of the key ended on {}, and does not work any more.", moment::in_words(*at))
            }
            Self::Expired { at } => format!("The key expired on {}.", moment::in_words(*at)),
            Self::IpNotAllowed(AddressRefused::NotSaid) => {
                "The key may be used from certain addresses only: send ip, the address from which it was presented."
                    .into()
            }
            Self::IpNotAllowed(AddressRefused::NotAllowed(address)) => {
                format!("The key may not be used from {address}.")
            }
        };
        match without_stop(contact) {
            contact if contact.is_empty() || !self.is_for_the_holder() || *self == Self::Valid => words,
            contact => format!("{words} Ask {contact}."),
        }
    }
}

/// People end what they write with a full stop or without; the sentence around it has its own.
fn without_stop(text: &str) -> &str {
    text.trim().trim_end_matches('.')
}

/// The secret whose MAC is `mac`, among those of the key that has its id.
pub fn matching<'a>(secrets: &'a [StoredSecret], mac: &[u8; 32]) -> Option<&'a StoredSecret> {
    // Every secret is compared, so that the time does not tell which one matched.
    secrets.iter().fold(None, |found, secret| if hash::equal(&secret.mac, mac) { Some(secret) } else { found })
}

/// The verdict for whoever holds this secret of the key and presents it from `from`. The gravest comes first.
pub fn judge(key: &ApiKey, secret: &StoredSecret, from: Option<IpAddr>, now: Timestamp) -> Verdict {
    if let Some(at) = key.deleted_at {
        Verdict::Deleted { at }
    } else if let Some(at) = key.disabled_at {
        Verdict::Disabled { at, reason: key.disabled_reason.clone() }
    } else if secret.ends_at <= now {
        Verdict::Rotated { at: secret.ends_at }
    } else if key.expires_at <= now {
        Verdict::Expired { at: key.expires_at }
    } else {
        allows(&key.allowed_addresses, from).map_or_else(Verdict::IpNotAllowed, |()| Verdict::Valid)
    }
}

/// Whether a key may be used from there. `from` is what a trusted proxy, the connection itself or a gateway's question says,
/// never a guess.
///
/// # Errors
/// Why not.
pub fn allows(allowed: &AllowedAddresses, from: Option<IpAddr>) -> Result<(), AddressRefused> {
    match from {
        _ if allowed.is_anywhere() => Ok(()),
        None => Err(AddressRefused::NotSaid),
        Some(address) if allowed.contains(address) => Ok(()),
        Some(address) => Err(AddressRefused::NotAllowed(address.to_canonical())),
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
            creator: None,
            created_by: "ops@acme.example".into(),
            expires_at: NOW.plus_days(1),
            disabled_at: None,
            disabled_reason: None,
            deleted_at: None,
            token_version: 1,
            version: 1,
            allowed_addresses: AllowedAddresses::default(),
            rate_limits: crate::rate_limits::RateLimits::default(),
        }
    }

    fn secret(mac: u8, ends_at: Timestamp) -> StoredSecret {
        StoredSecret {
            id: i64::from(mac),
            mac: vec![mac; 32],
            hint: String::new(),
            created_at: NOW,
            created_by: String::new(),
            ends_at,
        }
    }

    #[test]
    fn the_right_secret_is_told_what_became_of_the_key_the_gravest_first() {
        let (good, old) = (secret(2, Timestamp::NEVER), secret(1, NOW));
        let elsewhere = AllowedAddresses::parse("198.51.100.0/24").unwrap();
        let judged = |key: &ApiKey, secret: &StoredSecret| judge(key, secret, None, NOW).code();
        assert_eq!(judged(&key(), &good), "VALID");
        let key = ApiKey { allowed_addresses: elsewhere, ..key() };
        assert_eq!(judged(&key, &good), "IP_NOT_ALLOWED");
        let key = ApiKey { expires_at: NOW, ..key };
        assert_eq!(judged(&key, &good), "EXPIRED");
        assert_eq!(judged(&key, &old), "ROTATED");
        let key = ApiKey { disabled_at: Some(NOW), ..key };
        assert_eq!(judged(&key, &old), "DISABLED");
        assert_eq!(judged(&ApiKey { deleted_at: Some(NOW), ..key }, &old), "DELETED");
    }

    #[test]
    fn a_wrong_secret_matches_none() {
        let secrets = [secret(2, Timestamp::NEVER), secret(1, NOW)];
        assert_eq!(matching(&secrets, &[1; 32]).map(|secret| secret.id), Some(1));
        assert!(matching(&secrets, &[3; 32]).is_none() && matching(&[], &[0; 32]).is_none());
    }

    #[test]
    fn a_key_with_allowed_addresses_is_good_from_there_alone() {
        let allowed = AllowedAddresses::parse("198.51.100.24/31").unwrap();
        let from = |address: &str| allows(&allowed, Some(address.parse().unwrap()));
        assert_eq!(allows(&AllowedAddresses::default(), None), Ok(()));
        assert_eq!(allows(&allowed, None), Err(AddressRefused::NotSaid));
        assert_eq!((from("198.51.100.25"), from("::ffff:198.51.100.24")), (Ok(()), Ok(())));
        let outside: IpAddr = "198.51.100.26".parse().unwrap();
        assert_eq!(from("::ffff:198.51.100.26"), Err(AddressRefused::NotAllowed(outside)));
        assert!(from("2001:db8::1").is_err());
    }

    #[test]
    fn the_words_say_when_why_and_whom_to_ask() {
        let contact = "integration@acme.example";
        let deleted = Verdict::Deleted { at: NOW };
        assert_eq!(
            deleted.message(contact),
            "The key was deleted on 23 Nov 2026 at 14:32 UTC. Ask integration@acme.example."
        );
        assert_eq!(deleted.message(""), "The key was deleted on 23 Nov 2026 at 14:32 UTC.");
        let disabled = Verdict::Disabled { at: NOW, reason: Some("moving house.".into()) };
        assert_eq!(disabled.message(""), "The key was disabled on 23 Nov 2026 at 14:32 UTC: moving house.");
        assert_eq!(Verdict::Unknown.message(contact), "No key has this secret.");
    }
}
