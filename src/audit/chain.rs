//! The chain: each event's MAC covers the one before, so that a changed, missing or inserted event shows.

use crate::base::hash::MacKey;

/// The MAC in front of the first event.
pub const START: [u8; 32] = [0; 32];

/// The fields of an event that its MAC covers.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    /// The chain: a tenant's id, or 0.
    pub chain_id: i64,
    /// The event's place in its chain, from 1, without gaps.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// Kind of actor.
    pub actor_kind: &'a str,
    /// The actor's database id.
    pub actor_id: Option<i64>,
    /// All other columns, in the order of the table.
    pub texts: [Option<&'a str>; 10],
}

/// `HMAC(key, previous MAC ‖ canonical bytes)`.
pub fn mac(key: &MacKey, previous: &[u8], fields: &Fields<'_>) -> [u8; 32] {
    key.mac(&[previous, &canonical(fields)])
}

/// One way to write an event as bytes: each field with its length in front, so that no two events look alike.
fn canonical(fields: &Fields<'_>) -> Vec<u8> {
    let mut bytes = vec![1];
    for number in [fields.chain_id, fields.seq, fields.at] {
        bytes.extend(number.to_be_bytes());
    }
    put(&mut bytes, Some(fields.actor_kind));
    put(&mut bytes, fields.actor_id.map(|id| id.to_string()).as_deref());
    for text in fields.texts {
        put(&mut bytes, text);
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => bytes.push(0),
        Some(text) => {
            bytes.push(1);
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<'a>(texts: [Option<&'a str>; 10]) -> Fields<'a> {
        Fields { chain_id: 1, seq: 1, at: 5, actor_kind: "user", actor_id: Some(3), texts }
    }

    #[test]
    fn moving_a_letter_from_one_field_to_the_next_changes_the_mac() {
        let key = MacKey::new(&[0; 32]);
        let mut left = [None; 10];
        (left[0], left[1]) = (Some("ab"), Some("c"));
        let mut right = [None; 10];
        (right[0], right[1]) = (Some("a"), Some("bc"));
        assert_ne!(mac(&key, &START, &fields(left)), mac(&key, &START, &fields(right)));
    }

    #[test]
    fn nothing_and_an_empty_text_are_not_the_same() {
        let key = MacKey::new(&[0; 32]);
        let mut empty = [None; 10];
        empty[0] = Some("");
        assert_ne!(mac(&key, &START, &fields([None; 10])), mac(&key, &START, &fields(empty)));
    }

    #[test]
    fn the_previous_mac_counts() {
        let key = MacKey::new(&[0; 32]);
        assert_ne!(mac(&key, &START, &fields([None; 10])), mac(&key, &[1; 32], &fields([None; 10])));
    }
}
