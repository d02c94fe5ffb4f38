//! The id of a key: 12 characters, part of each of its secrets and of its address.

use crate::base::base62;

/// Its characters.
pub const KEY_ID: usize = 12;

/// The id of the key that the documentation shows. No key has it.
pub const EXAMPLE_ID: &str = "0123456789AB";

/// Whether the text looks like the id of a key.
pub fn is_key_id(text: &str) -> bool {
    text.len() == KEY_ID && base62::is_base62(text)
}
