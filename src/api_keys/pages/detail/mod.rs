//! `/api-keys/{key id}`: the facts of one key.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::access::{Grant, Permission};
use crate::api_keys::actions::Shown;
use crate::tenants;
use crate::usage::Recorder;
use crate::web::actor::SignedIn;
use crate::web::page::{self, Moment, Shell};
use crate::web::{Error, Portal};

use super::credential::token_url;
use super::evidence::{self, Evidence};
use super::overview::RowView;

mod usage;

use usage::UsageView;

#[derive(Debug)]
struct SecretView {
    hint: String,
    created: Moment,
    created_by: String,
    ends: Option<Moment>,
    ended: bool,
}

/// A role on a resource.
#[derive(Debug)]
pub(super) struct GrantView {
    pub role: String,
    pub resource: String,
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        Self { role: grant.role_name, resource: grant.resource.to_string() }
    }
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
    usage: UsageView,
}

/// The page, for a deleted key too.
pub async fn show(
    req: HttpRequest,
    portal: Data<Portal>,
    uses: Data<Recorder>,
    who: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let scope = who.actor.tenant;
    let Evidence { shown, usage } = evidence::read(&portal, &uses, &who, &path).await?;
    let tenant = portal.db.read(move |conn| tenants::by_id(conn, scope)).await?;
    let now = usage.now;
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
        grants: grants.into_iter().map(GrantView::from).collect(),
        usage: UsageView::new(usage, !dead),
        key: RowView::new(listed, &who.actor.root, now),
    };
    page::html(&req, &portal, StatusCode::OK, &page)
}
