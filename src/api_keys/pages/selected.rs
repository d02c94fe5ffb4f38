//! `/api-keys/selected`: the same for several keys of the list at once. Deleting them is an overlay of its own.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, Listed, Tagged};
use crate::api_keys::tag::{MOST_TAGS, Tag};
use crate::api_keys::{ApiKey, secret_text};
use crate::base::clock::Timestamp;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, Asked, ListView, PATH, RowView};

/// Most keys at once: more than a page has.
const MOST: usize = 100;
/// What was used since then is in use.
const IN_USE_HOURS: i64 = 24;
/// So many are named; more are counted.
const NAMED: usize = 10;

#[derive(Template)]
#[template(path = "api_keys/delete_selected.html")]
struct DeletePage {
    shell: Shell,
    list: ListView,
    keys: Vec<RowView>,
    /// How many of them were used within a day, and have the sentence typed.
    in_use: usize,
    /// When that was so.
    as_of: Moment,
    confirm: String,
    typed: String,
    wrong: bool,
    /// The address of the list that they were selected on.
    back: String,
    /// The same as the form hands it on.
    query: String,
    /// The ids, as the form hands them on.
    ids: String,
}

/// "Disable", "Add tag" or "Delete" beneath the list.
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (ids, list) = (ticked(&form.0), list_of(&form.0)?);
    let back = list.href();
    if ids.is_empty() {
        let flash = Flash::warn("No key was selected. Tick the boxes of the keys first.");
        return Ok(page::redirect(&portal, &back, Some(flash)));
    }
    match form.0.get("action") {
        Some("disable") => {
            let done = who.write(&req, &portal, move |tx, act| actions::disable_all(tx, act, &ids)).await??;
            Ok(page::redirect(&portal, &back, Some(Flash::ok(said(&done, "disabled")))))
        }
        Some("tag") => tag(&req, &portal, &who, &form.0.text("new-tag"), ids, &back).await,
        Some("delete") => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("keys", &ids.join(",")).append_pair("list", &list.query());
            Ok(page::redirect(&portal, &format!("/api-keys/selected/delete?{}", query.finish()), None))
        }
        _ => Err(Error::bad_request("This form is incomplete. Open the list again.")),
    }
}

async fn tag(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    typed: &str,
    ids: Vec<String>,
    back: &str,
) -> Result<HttpResponse, Error> {
    let Ok(tag) = Tag::parse(typed) else {
        let words = format!(
            "“{}” is no tag, so nothing was changed. Enter key:value, such as env:prod.",
            typed.trim().chars().take(100).collect::<String>()
        );
        return Ok(page::redirect(portal, back, Some(Flash::warn(words))));
    };
    let words = format!("tagged {tag}");
    let Tagged { done, full } = who.write(req, portal, move |tx, act| actions::tag_all(tx, act, &ids, &tag)).await??;
    let flash = if full.is_empty() {
        Flash::ok(said(&done, &words))
    } else {
        let names: Vec<&str> = full.iter().take(NAMED).map(|key| key.client_id.as_str()).collect();
        let rest = format!("These have {MOST_TAGS} tags already, and stay as they are: {}.", names.join(", "));
        Flash::warn(if done.is_empty() { rest } else { format!("{} {rest}", said(&done, &words)) })
    };
    Ok(page::redirect(portal, back, Some(flash)))
}

/// The overlay: which keys, and what is known of their use.
pub async fn show_delete(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let query = Pairs::of_query(&req)?;
    let keys = read(&portal, &uses, &who, named(&query)).await?;
    view(&req, &portal, &who, &query, keys, StatusCode::OK).await
}

/// The selected keys, after this node has written what it holds of their use.
async fn read(portal: &Portal, uses: &Recorder, who: &SignedIn, ids: Vec<String>) -> Result<Vec<Listed>, Error> {
    let (actor, asked) = (who.actor.clone(), ids.clone());
    let keys = portal.db.read(move |conn| actions::show_all(conn, &actor, &asked)).await?;
    for listed in &keys {
        uses.write_key(&portal.db, listed.key.id).await?;
    }
    let actor = who.actor.clone();
    Ok(portal.db.read(move |conn| actions::show_all(conn, &actor, &ids)).await?)
}

/// "Delete". Where one of them is in use, the sentence has to be typed.
pub async fn delete(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    form: Form,
) -> Result<HttpResponse, Error> {
    who.require(Permission::ManageApiKeys)?;
    let (ids, back) = (named(&form.0), list_of(&form.0)?.href());
    let keys = read(&portal, &uses, &who, ids.clone()).await?;
    let now = portal.clock.now();
    let must_type = keys.iter().any(|listed| is_in_use(listed, now));
    if must_type && form.0.text("confirm").trim() != sentence(keys.len()) {
        return view(&req, &portal, &who, &form.0, keys, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let done = who.write(&req, &portal, move |tx, act| actions::delete_all(tx, act, &ids)).await??;
    Ok(page::redirect(&portal, &back, Some(Flash::ok(said(&done, "deleted")))))
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    pairs: &Pairs,
    keys: Vec<Listed>,
    status: StatusCode,
) -> Result<HttpResponse, Error> {
    let (ids, asked, now) = (named(pairs), list_of(pairs)?, portal.clock.now());
    if keys.is_empty() {
        return Ok(page::redirect(portal, PATH, Some(Flash::warn("None of the selected keys is there any more."))));
    }
    let page = DeletePage {
        shell: Shell::new(req, portal, who),
        in_use: keys.iter().filter(|listed| is_in_use(listed, now)).count(),
        as_of: Moment::new(now, now),
        confirm: sentence(keys.len()),
        keys: keys.into_iter().map(|listed| RowView::new(listed, &who.actor.root, now)).collect(),
        typed: pairs.text("confirm"),
        wrong: status == StatusCode::UNPROCESSABLE_ENTITY,
        back: asked.href(),
        query: asked.query(),
        ids: ids.join(","),
        list: overview::behind(portal, who).await?,
    };
    page::html(req, portal, status, &page)
}

fn is_in_use(listed: &Listed, now: Timestamp) -> bool {
    listed.last_use.as_ref().is_some_and(|last| now.seconds_since(last.at) < IN_USE_HOURS * 3_600)
}

/// What has to be typed before so many keys are deleted.
fn sentence(keys: usize) -> String {
    if keys == 1 { "delete 1 key".to_owned() } else { format!("delete {keys} keys") }
}

/// The ids of the boxes that are ticked.
fn ticked(pairs: &Pairs) -> Vec<String> {
    let ids = pairs.names().filter_map(|name| name.strip_prefix("key-"));
    ids.filter(|id| secret_text::is_key_id(id)).take(MOST).map(str::to_owned).collect()
}

/// The ids that an address or the overlay names.
fn named(pairs: &Pairs) -> Vec<String> {
    let ids = pairs.text("keys");
    ids.split(',').filter(|id| secret_text::is_key_id(id)).take(MOST).map(str::to_owned).collect()
}

/// The list that they were selected on.
fn list_of(pairs: &Pairs) -> Result<Asked, Error> {
    Ok(Asked::of(&Pairs::parse(pairs.text("list").as_bytes())?))
}

fn said(done: &[ApiKey], verb: &str) -> String {
    let names: Vec<&str> = done.iter().take(NAMED).map(|key| key.client_id.as_str()).collect();
    let more = done.len().saturating_sub(NAMED);
    match (names.as_slice(), more) {
        ([], _) => "None of the selected keys is there any more.".to_owned(),
        ([one], _) => format!("{one} is {verb}."),
        (names, 0) => format!("{} keys are {verb}: {}.", done.len(), names.join(", ")),
        (names, more) => format!("{} keys are {verb}: {} and {more} more.", done.len(), names.join(", ")),
    }
}
