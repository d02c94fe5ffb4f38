//! `?after=` and `?before=`: which page of a list an address asks for.

use actix_web::HttpRequest;

use crate::base::hash::MacKey;
use crate::base::paging::{Cursor, Page, Slice};

use super::Error;
use super::form::Pairs;

/// Reads the page from the query. `list` names the list and its tenant.
///
/// # Errors
/// 400 when the cursor was not made for this list.
pub fn page(req: &HttpRequest, key: &MacKey, list: &str) -> Result<Page, Error> {
    page_of(&Pairs::of_query(req)?, key, list)
}

/// [`page`], for a query that was handed on.
///
/// # Errors
/// As [`page`].
pub fn page_of(query: &Pairs, key: &MacKey, list: &str) -> Result<Page, Error> {
    let parse = |text: &str| {
        Cursor::parse(key, list, text)
            .ok_or_else(|| Error::bad_request("This address names a page that does not exist. Open the list again."))
    };
    match (query.get("after"), query.get("before")) {
        (None, None) => Ok(Page::First),
        (Some(text), None) => parse(text).map(Page::After),
        (None, Some(text)) => parse(text).map(Page::Before),
        (Some(_), Some(_)) => {
            Err(Error::bad_request("An address names the page after a row or the one before it, not both."))
        }
    }
}

/// The addresses of the newer and the older page, where there is one.
pub fn links<T>(
    path: &str,
    key: &MacKey,
    list: &str,
    slice: &Slice<T>,
    place: impl Fn(&T) -> Cursor,
) -> (Option<String>, Option<String>) {
    let at = |row: &T, name: &str| link(path, key, list, name, &place(row));
    let newer = slice.rows.first().filter(|_| slice.newer).map(|row| at(row, "before"));
    let older = slice.rows.last().filter(|_| slice.older).map(|row| at(row, "after"));
    (newer, older)
}

/// The address of the page `before` or `after` a place.
pub fn link(path: &str, key: &MacKey, list: &str, name: &str, place: &Cursor) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{name}={}", place.print(key, list))
}
