//! `/api-keys/export`: the list as a CSV file (RFC 4180) that is safe to open in a spreadsheet, page by page as it is read.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

use crate::access::Permission;
use crate::api_keys::actions::{self, Listed, Listing};
use crate::api_keys::api_key::Status;
use crate::base::clock::Timestamp;
use crate::base::paging::{Cursor, Page};
use crate::db::Conn;
use crate::web::actor::SignedIn;
use crate::web::form::Pairs;
use crate::web::{Error, Portal};

use super::overview::Asked;

/// Rows that are read at once.
const AT_ONCE: usize = 500;
/// Spreadsheets take a file for UTF-8 by this.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const HEAD: [&str; 13] = [
    "client_id",
    "name",
    "key_id",
    "hint",
    "status",
    "tags",
    "grants",
    "created_at",
    "created_by",
    "last_used_at",
    "last_used_from",
    "expires_at",
    "disabled_at",
];

/// What comes next in the file.
enum Next {
    Head,
    Rows(Page),
    End,
}

/// The file.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    who.require(Permission::ReadApiKeys)?;
    let asked = Asked::of(&Pairs::of_query(&req)?);
    let file = stream::try_unfold(Next::Head, move |next| {
        let (portal, session, asked) = (Data::clone(&portal), who.session, asked.clone());
        async move {
            let page = match next {
                Next::Head => {
                    let head = format!("{BYTE_ORDER_MARK}{}", lines([HEAD.map(str::to_owned)])?);
                    return Ok(Some((Bytes::from(head), Next::Rows(Page::First))));
                }
                Next::Rows(page) => page,
                Next::End => return Ok(None),
            };
            let now = portal.clock.now();
            let (filter, sort) = (asked.filter.clone(), asked.sort());
            let listing = Listing { filter, sort, page, limit: AT_ONCE, counted: false };
            let people = Arc::clone(&portal.people);
            // The session, and what the user may see, are read again: a reader may take hours. A file that breaks off is seen
            // to be broken: the answer has no end then.
            let read = move |conn: &mut Conn| {
                let who = people.signed_in(conn, session, now)?.ok_or_else(Error::sign_in_first)?;
                Ok::<_, Error>(actions::list(conn, &who.actor, &listing, now)?)
            };
            let found = portal.db.read(read).await?;
            let text = lines(found.rows.into_iter().map(|listed| row(listed, now)))?;
            let next = found.after.map_or(Next::End, |place: Cursor| Next::Rows(Page::After(place)));
            Ok::<_, Error>(Some((Bytes::from(text), next)))
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"api-keys.csv\""))
        .streaming(file))
}

fn row(listed: Listed, now: Timestamp) -> [String; 13] {
    let Listed { key, tags, last_use, grants } = listed;
    let status = match key.status(now, last_use.is_some()) {
        Status::Deleted => "deleted",
        Status::Disabled => "disabled",
        Status::Expired => "expired",
        Status::Expiring { .. } => "expiring",
        Status::NeverUsed => "never used",
        Status::Active => "active",
    };
    let moment = |at: Option<Timestamp>| at.map(Timestamp::rfc3339).unwrap_or_default();
    let tags: Vec<String> = tags.into_iter().map(|tag| tag.to_string()).collect();
    let grants: Vec<String> =
        grants.into_iter().map(|grant| format!("{} on {}", grant.role_name, grant.resource)).collect();
    [
        key.client_id,
        key.name,
        key.key_id,
        key.hint,
        status.to_owned(),
        tags.join(" "),
        grants.join("; "),
        moment(Some(key.created_at)),
        key.created_by,
        moment(last_use.as_ref().map(|last| last.at)),
        last_use.and_then(|last| last.address).unwrap_or_default(),
        moment(key.expires_at.unless_never()),
        moment(key.disabled_at),
    ]
}

/// These rows as lines of the file.
fn lines(rows: impl IntoIterator<Item = [String; 13]>) -> Result<String, Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.map(harmless)).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

/// A spreadsheet computes what begins like a formula; an apostrophe in front makes it a text. Where lists are written with
/// semicolons, or a file is taken for one with tabs, a cell begins behind each of them, too.
fn harmless(cell: String) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let (mut harmless, mut begins) = (String::with_capacity(cell.len() + 1), true);
    for letter in cell.chars() {
        let blank = letter.is_whitespace() || letter.is_control();
        if begins && (FORMULA.contains(&letter) || (blank && harmless.is_empty())) {
            harmless.push('\'');
        }
        begins = matches!(letter, ';' | '\t' | '\r' | '\n') || (begins && (blank || letter == '"'));
        harmless.push(letter);
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_cell_stays_one() {
        let mut row = HEAD.map(str::to_owned);
        for (place, cell) in ["=cmd|'/C calc'!A0", "+1", "-1", "@x", "\tx", "a,\"b\"\r\nc"].into_iter().enumerate() {
            row[place] = cell.to_owned();
        }
        let text = lines([row]).unwrap();
        assert!(text.starts_with("'=cmd|'/C calc'!A0,'+1,'-1,'@x,'\tx,\"a,\"\"b\"\"\r\nc\",grants,"), "{text}");
        assert!(text.ends_with("disabled_at\r\n"), "{text}");
        for (cell, expected) in [
            ("x;=1+1", "x;'=1+1"),
            ("x; @SUM(1)", "x; '@SUM(1)"),
            ("x;\"=1", "x;\"'=1"),
            ("a\n-b", "a\n'-b"),
            ("billing-sync; 2", "billing-sync; 2"),
            ("=;=", "'=;'="),
        ] {
            assert_eq!(harmless(cell.to_owned()), expected);
        }
    }
}
