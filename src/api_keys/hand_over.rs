//! A rotation while it lasts: two secrets work, and the older one has an end. Pure.

use crate::base::clock::Timestamp;

use super::StoredSecret;

/// The two secrets of a key that is being rotated.
#[derive(Debug, Clone, Copy)]
pub struct HandOver<'a> {
    /// The newer one, which stays.
    pub current: &'a StoredSecret,
    /// The older one, which ends.
    pub retiring: &'a StoredSecret,
}

impl<'a> HandOver<'a> {
    /// Among the secrets of a key, newest first; nothing when no rotation is going on.
    pub fn of(secrets: &'a [StoredSecret], now: Timestamp) -> Option<Self> {
        let mut working = secrets.iter().filter(|secret| secret.ends_at > now);
        let (current, retiring) = (working.next()?, working.next()?);
        (!retiring.ends_at.is_never()).then_some(Self { current, retiring })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_444_320_000_000);

    fn secrets(ends: &[Timestamp]) -> Vec<StoredSecret> {
        let secret = |(id, ends_at): (i64, &Timestamp)| StoredSecret {
            id,
            mac: Vec::new(),
            hint: String::new(),
            created_at: NOW,
            created_by: String::new(),
            ends_at: *ends_at,
        };
        (0..).zip(ends).map(secret).collect()
    }

    fn retiring(ends: &[Timestamp]) -> Option<i64> {
        HandOver::of(&secrets(ends), NOW).map(|hand_over| hand_over.retiring.id)
    }

    #[test]
    fn a_rotation_lasts_while_the_older_secret_works() {
        let later = NOW.plus_seconds(1);
        assert_eq!(retiring(&[Timestamp::NEVER, later]), Some(1));
        assert_eq!(retiring(&[Timestamp::NEVER, NOW]), None);
        assert_eq!(retiring(&[Timestamp::NEVER]), None);
        assert_eq!(retiring(&[]), None);
    }

    #[test]
    fn a_secret_that_was_withdrawn_is_passed_over() {
        let later = NOW.plus_seconds(1);
        assert_eq!(retiring(&[Timestamp::NEVER, NOW, later]), Some(2));
        assert_eq!(retiring(&[NOW, Timestamp::NEVER]), None);
    }
}
