//! `/account`: name, password, and where one is signed in.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Act;
use crate::account::problem::AccountProblem;
use crate::account::{actions, device};
use crate::base::text::check_line;
use crate::base::zone::Zone;
use crate::db::Tx;
use crate::grants::form;
use crate::sessions::Seen;
use crate::users::LONGEST_NAME;
use crate::web::actor::SignedIn;
use crate::web::form::Form;
use crate::web::page::{self, Flash, Here, Moment, Shell};
use crate::web::{Error, Portal};

use super::sessions::handle;

#[derive(Debug)]
struct SessionView {
    handle: String,
    device: String,
    is_phone: bool,
    address: Option<String>,
    since: Moment,
    seen: Moment,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "account/overview.html")]
struct AccountPage {
    shell: Shell,
    email: String,
    name: String,
    /// Every zone, and whether it is chosen.
    zones: Vec<(String, bool)>,
    roles: Vec<String>,
    password_changed: Option<Moment>,
    sessions: Vec<SessionView>,
    problems: Vec<AccountProblem>,
}

/// The page.
pub async fn show(req: HttpRequest, portal: Data<Portal>, who: SignedIn) -> Result<HttpResponse, Error> {
    view(&req, &portal, &who, StatusCode::OK, None, Vec::new()).await
}

/// "Save", for the name and the time zone.
pub async fn submit(req: HttpRequest, portal: Data<Portal>, who: SignedIn, form: Form) -> Result<HttpResponse, Error> {
    let name = form.0.text("name").trim().to_owned();
    // A form without the field leaves the zone as it is.
    let zone = form.0.get("time_zone").map_or(Some(who.time_zone.clone()), Zone::named);
    let mut problems: Vec<AccountProblem> =
        check_line(&name, LONGEST_NAME).err().map(AccountProblem::Name).into_iter().collect();
    let Some(zone) = zone.filter(|_| problems.is_empty()) else {
        if form.0.get("time_zone").is_some_and(|typed| Zone::named(typed).is_none()) {
            problems.push(AccountProblem::TimeZone);
        }
        return view(&req, &portal, &who, StatusCode::UNPROCESSABLE_ENTITY, Some(name), problems).await;
    };
    let before = who.time_zone.clone();
    let save = move |tx: &mut Tx<'_>, act: &Act| {
        actions::rename(tx, act, &name)?;
        actions::move_to(tx, act, &before, &zone)
    };
    who.write(&req, &portal, save).await??;
    Ok(page::redirect(&portal, "/account", Some(Flash::ok("Your account is updated."))))
}

/// The page, also with what is wrong. `name` is what was typed, where something was.
pub(super) async fn view(
    req: &HttpRequest,
    portal: &Portal,
    who: &SignedIn,
    status: StatusCode,
    name: Option<String>,
    problems: Vec<AccountProblem>,
) -> Result<HttpResponse, Error> {
    let (act, here) = (portal.act(req, who.actor.clone()), who.here(portal.clock.now()));
    let shown = portal.db.read(move |conn| actions::show(conn, &act)).await?;
    let root = &who.actor.root;
    let page = AccountPage {
        shell: Shell::new(req, portal, who),
        email: shown.user.email,
        name: name.unwrap_or(shown.user.name),
        zones: Zone::names()
            .into_iter()
            .map(|name| (name == who.time_zone.name(), name))
            .map(|(chosen, name)| (name, chosen))
            .collect(),
        roles: who
            .actor
            .grants
            .iter()
            .map(|grant| match grant.resource == *root {
                true => grant.role_name.clone(),
                false => format!("{} on {}", grant.role_name, form::beneath(root, &grant.resource)),
            })
            .collect(),
        password_changed: shown.user.password_changed_at.map(|at| here.moment(at)),
        sessions: shown.sessions.into_iter().map(|seen| session(portal, seen, who.session, here)).collect(),
        problems,
    };
    page::html(req, portal, status, &page)
}

fn session(portal: &Portal, seen: Seen, this: i64, here: Here<'_>) -> SessionView {
    SessionView {
        handle: handle(portal, seen.id),
        device: device::in_words(seen.device.as_deref()),
        is_phone: device::is_phone(seen.device.as_deref()),
        address: seen.address,
        since: here.moment(seen.created_at),
        seen: here.moment(seen.last_seen_at),
        is_this: seen.id == this,
    }
}
