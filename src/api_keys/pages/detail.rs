//! `/api-keys/{key id}`: the facts of one key.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::Permission;
use crate::api_keys::ApiKeyError;
use crate::api_keys::actions::{self, Shown};
use crate::grants::MayDo;
use crate::tenants;
use crate::web::actor::SignedIn;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::credential::token_url;
use super::overview::RowView;

#[derive(Debug)]
struct SecretView {
    hint: String,
    created: Moment,
    created_by: String,
    ends: Option<Moment>,
    ended: bool,
}

/// A role on a resource, with what that lets the key do.
#[derive(Debug)]
struct GrantView {
    resource: String,
    may: MayDo,
}

#[derive(Template)]
#[template(path = "api_keys/detail.html")]
struct DetailPage {
    shell: Shell,
    key: RowView,
    environment: String,
    token_url: String,
    may_manage: bool,
    /// Whether what it holds is this person's to give: to rotate, enable and extend is as good as giving it again.
    may_give_all: bool,
    disabled: bool,
    secrets: Vec<SecretView>,
    grants: Vec<GrantView>,
    /// From where it may be used; empty for anywhere.
    addresses: Vec<String>,
    /// The end, where the person is.
    expires: Option<Moment>,
}

/// The page, for a deleted key too.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (actor, key_id) = (who.actor.clone(), path.into_inner());
    let read = move |conn: &mut crate::db::Conn| {
        let shown = actions::show(conn, &actor, &key_id)?;
        Ok::<_, ApiKeyError>((shown, tenants::by_id(conn, actor.tenant)?))
    };
    let (shown, tenant) = portal.db.read(read).await?;
    let now = portal.clock.now();
    let Shown { listed, secrets, grants } = shown;
    let dead = listed.key.deleted_at.is_some();
    let page = DetailPage {
        shell: Shell::new(&req, &portal, &who),
        environment: listed.key.environment.clone(),
        token_url: token_url(&portal, &tenant),
        may_manage: !dead && who.require(Permission::ManageApiKeys).is_ok(),
        secrets: secrets
            .into_iter()
            .map(|secret| SecretView {
                hint: secret.hint,
                created: Moment::new(secret.created_at, now),
                created_by: secret.created_by,
                ends: secret.ends_at.unless_never().map(|at| Moment::new(at, now)),
                ended: dead || secret.ends_at <= now,
            })
            .collect(),
        may_give_all: who.actor.require_to_give_all(&grants).is_ok(),
        disabled: listed.key.disabled_at.is_some(),
        grants: grants
            .iter()
            .map(|grant| GrantView { resource: grant.resource.to_string(), may: MayDo::of(&who.actor.root, grant) })
            .collect(),
        addresses: listed.key.allowed_addresses.in_words(),
        expires: listed.key.expires_at.unless_never().map(|at| Moment::local(at, now, &who.time_zone)),
        key: RowView::new(listed, &who.actor.root, now),
    };
    page::html(&req, &portal, StatusCode::OK, &page)
}
