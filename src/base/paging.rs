//! Keyset cursors: where a page ended, signed, so that nobody can hand in a made-up place.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::hash::{self, MacKey};

const TAG: usize = 12;

/// A row's place in a list that is sorted by `(at, id)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The value that is sorted by.
    pub at: i64,
    /// The row's id, which breaks ties.
    pub id: i64,
}

impl Cursor {
    /// Prints the cursor for an address. `list` names the list and its tenant; the cursor is good for that list alone.
    pub fn print(self, key: &MacKey, list: &str) -> String {
        let mut bytes = [0; 16 + TAG];
        bytes[..8].copy_from_slice(&self.at.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.id.to_be_bytes());
        let tag = key.mac(&[&bytes[..16], list.as_bytes()]);
        bytes[16..].copy_from_slice(&tag[..TAG]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::print`] printed; `None` for anything else.
    pub fn parse(key: &MacKey, list: &str, text: &str) -> Option<Self> {
        let bytes: [u8; 16 + TAG] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let tag = key.mac(&[&bytes[..16], list.as_bytes()]);
        hash::equal(&bytes[16..], &tag[..TAG]).then(|| Self {
            at: i64::from_be_bytes(bytes[..8].try_into().unwrap_or_default()),
            id: i64::from_be_bytes(bytes[8..16].try_into().unwrap_or_default()),
        })
    }
}

/// Which page of a keyset list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest rows.
    First,
    /// Rows that are older than the cursor.
    After(Cursor),
    /// Rows that are newer than the cursor.
    Before(Cursor),
}

/// One page of rows, newest first, and whether there is more on either side.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows, newest first.
    pub rows: Vec<T>,
    /// There are newer rows than the first one here.
    pub newer: bool,
    /// There are older rows than the last one here.
    pub older: bool,
}

impl<T> Slice<T> {
    /// From `limit + 1` rows as they were read for this page: nearest to the cursor first.
    pub fn of(mut rows: Vec<T>, limit: usize, page: Page) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        match page {
            Page::First => Self { rows, newer: false, older: more },
            Page::After(_) => Self { rows, newer: true, older: more },
            Page::Before(_) => {
                rows.reverse();
                Self { rows, newer: more, older: true }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_list_alone() {
        let key = MacKey::new(&[3; 32]);
        let cursor = Cursor { at: -5, id: i64::MAX };
        let text = cursor.print(&key, "api_keys/1");
        assert_eq!(Cursor::parse(&key, "api_keys/1", &text), Some(cursor));
        assert_eq!(Cursor::parse(&key, "api_keys/2", &text), None);
        assert_eq!(Cursor::parse(&key, "api_keys/1", &text[1..]), None);
        assert_eq!(Cursor::parse(&key, "api_keys/1", ""), None);
    }

    #[test]
    fn a_page_knows_whether_there_is_more_on_either_side() {
        let here = Cursor { at: 0, id: 0 };
        let first = Slice::of(vec![9, 8, 7], 2, Page::First);
        assert_eq!((first.rows, first.newer, first.older), (vec![9, 8], false, true));
        let back = Slice::of(vec![7, 8, 9], 2, Page::Before(here));
        assert_eq!((back.rows, back.newer, back.older), (vec![8, 7], true, true));
        let last = Slice::of(vec![1], 2, Page::After(here));
        assert_eq!((last.rows, last.newer, last.older), (vec![1], true, false));
    }
}
