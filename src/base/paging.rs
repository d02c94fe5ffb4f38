//! Keyset cursors: where a page ended, signed, so that nobody can hand in a made-up place.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::hash::{self, MacKey};

const TAG: usize = 12;

/// A row's place in a list that is sorted by a number or by a text, and then by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The number that is sorted by; 0 in a list that is sorted by a text.
    pub at: i64,
    /// The text that is sorted by; empty in a list that is sorted by a number.
    pub text: String,
    /// The row's id, which breaks ties.
    pub id: i64,
}

impl Cursor {
    /// Prints the cursor for an address. `list` names the list and its tenant; the cursor is good for that list alone.
    pub fn print(&self, key: &MacKey, list: &str) -> String {
        let mut bytes = Vec::with_capacity(TAG + 16 + self.text.len());
        bytes.extend_from_slice(&self.at.to_be_bytes());
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(self.text.as_bytes());
        let tag = mac(key, list, &bytes);
        bytes.splice(..0, tag[..TAG].iter().copied());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::print`] printed; `None` for anything else.
    pub fn parse(key: &MacKey, list: &str, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tag, bytes) = bytes.split_first_chunk::<TAG>()?;
        if !hash::equal(tag, &mac(key, list, bytes)[..TAG]) {
            return None;
        }
        let (at, rest) = bytes.split_first_chunk::<8>()?;
        let (id, text) = rest.split_first_chunk::<8>()?;
        let text = String::from_utf8(text.to_vec()).ok()?;
        Some(Self { at: i64::from_be_bytes(*at), text, id: i64::from_be_bytes(*id) })
    }
}

/// The length of the list's name keeps it apart from the place, whatever either of them holds.
fn mac(key: &MacKey, list: &str, place: &[u8]) -> [u8; 32] {
    key.mac(&[&(list.len() as u64).to_be_bytes(), list.as_bytes(), place])
}

/// Which page of a keyset list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub fn of(mut rows: Vec<T>, limit: usize, page: &Page) -> Self {
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
        let cursor = Cursor { at: -5, text: "ä-key".into(), id: i64::MAX };
        let text = cursor.print(&key, "api_keys/1");
        assert_eq!(Cursor::parse(&key, "api_keys/1", &text), Some(cursor.clone()));
        assert_eq!(Cursor::parse(&key, "api_keys/2", &text), None);
        assert_eq!(Cursor::parse(&key, "api_keys/1", &text[4..]), None);
        assert_eq!(Cursor::parse(&key, "api_keys/1", ""), None);
    }

    #[test]
    fn a_page_knows_whether_there_is_more_on_either_side() {
        let here = Cursor::default();
        let first = Slice::of(vec![9, 8, 7], 2, &Page::First);
        assert_eq!((first.rows, first.newer, first.older), (vec![9, 8], false, true));
        let back = Slice::of(vec![7, 8, 9], 2, &Page::Before(here.clone()));
        assert_eq!((back.rows, back.newer, back.older), (vec![8, 7], true, true));
        let last = Slice::of(vec![1], 2, &Page::After(here));
        assert_eq!((last.rows, last.newer, last.older), (vec![1], true, false));
    }
}
