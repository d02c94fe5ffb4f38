//! `/api-keys/selected`: the same for several keys of the list at once. Deleting them is an overlay of its own.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::actions::{self, Listed, Tagged};
use crate::api_keys::key_id::is_key_id;
use crate::api_keys::tag::{MOST_TAGS, Tag};
use crate::api_keys::{ApiKey, ApiKeyError};
use crate::base::clock::Timestamp;
use crate::usage::{self, Recorder, Standing};
use crate::web::actor::SignedIn;
use crate::web::form::{Form, Pairs};
use crate::web::page::{self, Flash, Moment, Shell};
use crate::web::{Error, Portal};

use super::overview::{self, Asked, ListView, PATH, RowView};

/// Most keys at once: more than a page has.
const MOST: usize = 100;
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
    let Form(pairs) = form;
    let (ids, typed, back) = (ticked(&pairs), pairs.text("new-tag"), back(&pairs)?);
    if ids.is_empty() {
        let flash = Flash::warn("No key was selected. Tick the boxes of the keys first.");
        return Ok(page::redirect(&portal, &back, Some(flash)));
    }
    match pairs.get("action") {
        Some("disable") => {
            let done = who.write(&req, &portal, move |tx, act| actions::disable_all(tx, act, &ids)).await??;
            Ok(page::redirect(&portal, &back, Some(Flash::ok(said(&done, "disabled")))))
        }
        // A key that was ticked, and Enter: nothing is done that was not pressed.
        Some("enter") if typed.trim().is_empty() => {
            let flash = Flash::warn("Nothing was changed. Press one of the buttons beneath the list.");
            Ok(page::redirect(&portal, &back, Some(flash)))
        }
        Some("tag" | "enter") => match Tag::parse(&typed) {
            Ok(tag) => {
                let words = format!("tagged {tag}");
                let done = who.write(&req, &portal, move |tx, act| actions::tag_all(tx, act, &ids, &tag)).await??;
                Ok(page::redirect(&portal, &back, Some(tagged(&done, &words))))
            }
            Err(problem) => {
                let list = Pairs::parse(pairs.text("list").as_bytes())?;
                overview::with_problem(&req, &portal, &who, &list, &ids, (typed, problem)).await
            }
        },
        Some("delete") => {
            // One key has an overlay of its own, with more to say.
            if let [one] = ids.as_slice() {
                return Ok(page::redirect(&portal, &format!("/api-keys/{one}/delete"), None));
            }
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("keys", &ids.join(",")).append_pair("list", &pairs.text("list"));
            Ok(page::redirect(&portal, &format!("/api-keys/selected/delete?{}", query.finish()), None))
        }
        _ => Err(Error::bad_request("This form is incomplete. Open the list again.")),
    }
}

/// What was done, which values are lost by it, and what was not done.
fn tagged(Tagged { done, replaced, full }: &Tagged, words: &str) -> Flash {
    let mut sentences = Vec::new();
    if !done.is_empty() || full.is_empty() {
        sentences.push(said(done, words));
    }
    if !replaced.is_empty() {
        let names: Vec<String> = replaced.iter().map(|(key, before)| format!("{} ({before})", key.client_id)).collect();
        let keys = if done.len() == 1 { "It".to_owned() } else { format!("{} of them", names.len()) };
        sentences.push(format!("{keys} had another value before: {}.", named_in_words(&names)));
    }
    if !full.is_empty() {
        let names: Vec<String> = full.iter().map(|key| key.client_id.clone()).collect();
        let names = named_in_words(&names);
        sentences.push(format!("These have {MOST_TAGS} tags already, and stay as they are: {names}."));
    }
    let text = sentences.join(" ");
    if replaced.is_empty() && full.is_empty() { Flash::ok(text) } else { Flash::warn(text) }
}

/// `a, b`, and after ten of them `and 3 more`.
fn named_in_words(names: &[String]) -> String {
    match names.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
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
    let (ids, back, typed) = (named(&form.0), back(&form.0)?, form.0.text("confirm"));
    let keys = read(&portal, &uses, &who, ids.clone()).await?;
    let confirmed = typed.trim() == sentence(keys.len());
    match who.write(&req, &portal, move |tx, act| actions::delete_all(tx, act, &ids, confirmed)).await? {
        Ok(done) => Ok(page::redirect(&portal, &back, Some(Flash::ok(said(&done, "deleted"))))),
        Err(ApiKeyError::NotConfirmed) => {
            view(&req, &portal, &who, &form.0, keys, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    pairs: &Pairs,
    keys: Vec<Listed>,
    status: StatusCode,
) -> Result<HttpResponse, Error> {
    let (ids, now) = (named(pairs), portal.clock.now());
    if keys.is_empty() {
        return Ok(page::redirect(portal, PATH, Some(Flash::warn("None of the selected keys is there any more."))));
    }
    let page = DeletePage {
        shell: Shell::new(req, portal, who),
        in_use: keys.iter().filter(|listed| is_in_use(listed, now)).count(),
        as_of: who.here(now).moment(now),
        confirm: sentence(keys.len()),
        keys: keys.into_iter().map(|listed| RowView::new(listed, who, now)).collect(),
        typed: pairs.text("confirm"),
        wrong: status == StatusCode::UNPROCESSABLE_ENTITY,
        back: back(pairs)?,
        query: pairs.text("list"),
        ids: ids.join(","),
        list: overview::behind(portal, who).await?,
    };
    page::html(req, portal, status, &page)
}

fn is_in_use(listed: &Listed, now: Timestamp) -> bool {
    usage::standing(listed.last_use.as_ref(), now) == Standing::InUse
}

/// What has to be typed before so many keys are deleted.
fn sentence(keys: usize) -> String {
    if keys == 1 { "delete 1 key".to_owned() } else { format!("delete {keys} keys") }
}

/// The ids of the boxes that are ticked; the overlay names them in one field.
fn ticked(pairs: &Pairs) -> Vec<String> {
    let ids = pairs.names().filter_map(|name| name.strip_prefix("key-"));
    let ticked: Vec<String> = ids.filter(|id| is_key_id(id)).take(MOST).map(str::to_owned).collect();
    if ticked.is_empty() { named(pairs) } else { ticked }
}

/// The ids that an address or the overlay names.
fn named(pairs: &Pairs) -> Vec<String> {
    let ids = pairs.text("keys");
    ids.split(',').filter(|id| is_key_id(id)).take(MOST).map(str::to_owned).collect()
}

/// The page of the list that they were selected on.
fn back(pairs: &Pairs) -> Result<String, Error> {
    let list = Pairs::parse(pairs.text("list").as_bytes())?;
    let href = Asked::of(&list).href();
    let place = ["after", "before"].into_iter().find_map(|name| Some((name, list.get(name)?)));
    // Whether it is a place is looked at there.
    Ok(place.map_or(href.clone(), |(name, place)| {
        let joint = if href.contains('?') { '&' } else { '?' };
        format!("{href}{joint}{}", form_urlencoded::Serializer::new(String::new()).append_pair(name, place).finish())
    }))
}

fn said(done: &[ApiKey], verb: &str) -> String {
    let names: Vec<String> = done.iter().map(|key| key.client_id.clone()).collect();
    match names.as_slice() {
        [] => "None of the selected keys is there any more.".to_owned(),
        [one] => format!("{one} is {verb}."),
        names => format!("{} keys are {verb}: {}.", names.len(), named_in_words(names)),
    }
}
