//! `/api-keys/{key id}`: the facts of one key, its secrets, and what happened to it.

mod history;
mod of_use;
pub(super) mod secrets;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::HandOver;
use crate::api_keys::actions::{self, Shown};
use crate::api_keys::deleted::Deleted;
use crate::db::Conn;
use crate::grants::MayDo;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::credential::token_url;
use super::evidence;
use super::overview::RowView;

use self::history::HistoryView;
use self::of_use::UsageView;
use self::secrets::{Heard, SecretState, SecretView};

/// A role on a resource, with what that lets the key do.
#[derive(Debug)]
struct GrantView {
    resource: String,
    may: MayDo,
}

/// Since when a key is disabled, and why.
#[derive(Debug)]
struct DisabledView {
    since: Moment,
    reason: Option<String>,
}

/// When a key was deleted, and by whom.
#[derive(Debug)]
struct DeletedView {
    at: Moment,
    by: Option<String>,
}

#[derive(Template)]
#[template(path = "api_keys/detail.html")]
struct DetailPage {
    shell: Shell,
    key: RowView,
    environment: String,
    token_url: String,
    /// How long a token lives, in minutes.
    token_minutes: i64,
    /// The user manages API keys, if not this one.
    manages_others: bool,
    /// Whether what it holds is this person's to give: to rotate, enable and extend is as good as giving it again.
    may_give_all: bool,
    disabled: Option<DisabledView>,
    deleted: Option<DeletedView>,
    secrets: Vec<SecretView>,
    /// Two secrets work.
    rotating: bool,
    grants: Vec<GrantView>,
    /// From where it may be used; empty for anywhere.
    addresses: Vec<String>,
    /// How often it may be used; empty for as often as anybody likes.
    limits: Vec<String>,
    /// The end, where the person is.
    expires: Option<Moment>,
    usage: UsageView,
    /// For whoever may read the audit log.
    history: Option<HistoryView>,
}

/// The page, for a deleted key too.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (asking, key_id) = (who.clone(), path.into_inner());
    let known = evidence::look(&portal, &uses, &who, &key_id).await?;
    let now = known.usage.now;
    let here = who.here(now);
    let key = known.shown.listed.key.clone();
    let read = move |conn: &mut Conn| {
        let history = history::read(conn, &asking.actor, &key_id, asking.here(now))?;
        Ok::<_, Error>((history, actions::deletion_of(conn, &asking.actor, &key)?))
    };
    let (history, deleted) = portal.db.read(read).await?;
    let tenant = known.tenant;
    let Shown { listed, secrets, grants } = known.shown;
    let key = &listed.key;
    let dead = key.deleted_at.is_some();
    let page = DetailPage {
        shell: Shell::new(&req, &portal, &who),
        environment: key.environment.clone(),
        token_url: token_url(&portal, &tenant),
        token_minutes: tenant.access_token_minutes(),
        manages_others: !dead && who.require(Permission::ManageApiKeys).is_ok(),
        rotating: !dead && HandOver::of(&secrets, now).is_some(),
        secrets: secrets::views(&secrets, &known.secrets, &known.usage, key.status(now, true), here),
        may_give_all: who.actor.require_to_give_all(&grants).is_ok(),
        disabled: key
            .disabled_at
            .map(|at| DisabledView { since: here.moment(at), reason: key.disabled_reason.clone() }),
        deleted: deleted.map(|Deleted { at, by, .. }| DeletedView { at: here.moment(at), by }),
        grants: grants
            .iter()
            .map(|grant| GrantView { resource: grant.resource.to_string(), may: MayDo::of(&who.actor.root, grant) })
            .collect(),
        addresses: key.allowed_addresses.in_words(),
        limits: key.rate_limits.in_words(),
        expires: key.expires_at.unless_never().map(|at| here.moment(at)),
        usage: UsageView::new(
            known.usage,
            known.is_all,
            !dead && key.disabled_at.is_none() && key.expires_at > now,
            here,
        ),
        history,
        key: RowView::new(listed, &who, now),
    };
    page::html(&req, &portal, StatusCode::OK, &page)
}
