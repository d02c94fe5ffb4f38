//! The verbs: set up the installation, begin a session, end one.

use serde_json::json;

use crate::access::{Act, Actor, BuiltIn, ResourcePath, Who};
use crate::audit::{self, Action, Event};
use crate::base::random;
use crate::base::secret::Secret;
use crate::db::dialect::{self, Lock};
use crate::db::{self, Tx};
use crate::grants::{self, Holder};
use crate::sessions::{self, NewSession};
use crate::tenants::{self, Slug, Tenant};
use crate::users::email::Email;
use crate::users::{self, Account, NewUser};
use crate::{installation, resources, roles, signing_keys};

use super::error::SetUpError;
use super::setup_code;

/// The first tenant and its administrator, as somebody described them.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The tenant's slug.
    pub slug: Slug,
    /// The organization's name.
    pub organization: String,
    /// The administrator's name.
    pub name: String,
    /// The administrator's address.
    pub email: Email,
    /// The PHC string of the administrator's password.
    pub password_hash: String,
}

/// What gives the right to set up.
#[derive(Debug)]
pub enum Proof {
    /// The code that was printed at start.
    Code(Secret),
    /// The operating-system account: `keystead init`.
    Shell,
}

/// Makes the first tenant with its root resource, roles and signing key, and its administrator. Happens once: whoever comes
/// second is told [`SetUpError::Done`], also when both come at the same time.
///
/// # Errors
/// See [`SetUpError`].
pub fn set_up(tx: &mut Tx<'_>, act: &Act, new: &SetUp, proof: &Proof) -> Result<Account, SetUpError> {
    dialect::lock_row(tx, Lock::Installation)?;
    let row = installation::load(tx)?.ok_or(db::Error::Corrupt("installation", "id"))?;
    if row.is_set_up {
        return Err(SetUpError::Done);
    }
    let who = match proof {
        Proof::Code(code) => {
            setup_code::check(&row, code.expose(), act.now).map_err(SetUpError::Code)?;
            Who::System
        }
        Proof::Shell => Who::Shell,
    };
    let actor = Actor { who, ..Actor::installation(label(proof)) };
    let (act, tenant, admin, root) = tenant(tx, &Act { actor, ..act.clone() }, &new.slug, &new.organization)?;
    let account = first_administrator(tx, &act, &tenant, new, admin, root)?;
    installation::complete(tx, act.now)?;
    Ok(account)
}

/// Adds a further tenant. It has no user yet: somebody has to be invited to it.
///
/// # Errors
/// [`SetUpError::SlugTaken`]; [`SetUpError::NotSetUp`] while there is no first one.
pub fn add_tenant(tx: &mut Tx<'_>, act: &Act, slug: &Slug, organization: &str) -> Result<Tenant, SetUpError> {
    dialect::lock_row(tx, Lock::Installation)?;
    if !installation::load(tx)?.is_some_and(|row| row.is_set_up) {
        return Err(SetUpError::NotSetUp);
    }
    if tenants::by_slug(tx, slug.as_str())?.is_some() {
        return Err(SetUpError::SlugTaken);
    }
    Ok(tenant(tx, act, slug, organization)?.1)
}

/// Makes a tenant with its audit chain, root resource, roles and signing key. Answers the act as one in that tenant, the
/// tenant, and the ids of its role Admin and of its root.
fn tenant(tx: &mut Tx<'_>, act: &Act, slug: &Slug, organization: &str) -> Result<(Act, Tenant, i64, i64), db::Error> {
    let tenant = tenants::insert(tx, slug, organization, act.now)?;
    audit::begin_chain(tx, tenant.scope)?;
    let actor = Actor { tenant: tenant.scope, root: tenant.root(), ..act.actor.clone() };
    let act = Act { actor, ..act.clone() };
    let event = Event::new(Action::TenantCreated)
        .on("tenant", &tenant.slug, &tenant.organization)
        .after(json!({ "slug": tenant.slug }));
    audit::record(tx, &act, event)?;
    let root = resources::insert_root(tx, &tenant, act.now)?;
    let admin = roles::insert_built_in(tx, tenant.scope, act.now)?;
    signing_keys::create(tx, &act, &tenant)?;
    Ok((act, tenant, admin, root))
}

const fn label(proof: &Proof) -> &'static str {
    match proof {
        Proof::Code(_) => "Set-up",
        Proof::Shell => "keystead init",
    }
}

fn first_administrator(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    new: &SetUp,
    role: i64,
    root: i64,
) -> Result<Account, db::Error> {
    let public_id = random::base62(&*act.entropy, 12);
    let hash = Some(new.password_hash.as_str());
    let user = NewUser { public_id: &public_id, email: &new.email, name: &new.name, password_hash: hash };
    let id = users::insert(tx, act, &user)?;
    grants::insert(tx, tenant.scope, Holder::User(id), role, root, &act.actor.label, act.now)?;
    let email = new.email.as_str();
    let event = Event::new(Action::UserCreated)
        .on("user", &public_id, email)
        .after(json!({ "name": new.name, "email": email }));
    audit::record(tx, act, event)?;
    let grant = json!({ "role": BuiltIn::Admin.slug(), "resource": tenant.root().as_str() });
    audit::record(tx, act, Event::new(Action::GrantCreated).on("user", &public_id, email).after(grant))?;
    Ok(Account {
        id,
        tenant: tenant.scope,
        public_id,
        email: email.to_owned(),
        password_hash: Some(new.password_hash.clone()),
        enabled: true,
    })
}

/// Begins a session for somebody who proved to be the owner of the account. Answers `false`, and begins none, when the account
/// has changed since its password was checked.
///
/// # Errors
/// When the database refuses.
pub(super) fn begin_session(
    tx: &mut Tx<'_>,
    act: &Act,
    checked: &Account,
    device: Option<&str>,
    token_hash: &[u8],
) -> Result<bool, db::Error> {
    // Whoever switches the account off, or changes its password, is before us or behind us, never beside.
    dialect::lock_row(tx, Lock::Tenant(checked.tenant.id()))?;
    let now = users::by_email(tx, &users::email::fold(&checked.email))?;
    if !now.is_some_and(|now| now.id == checked.id && now.enabled && now.password_hash == checked.password_hash) {
        return Ok(false);
    }
    let address = act.origin.address.clone();
    let new = NewSession { tenant: checked.tenant, user: checked.id, address, device: device.map(str::to_owned) };
    sessions::insert(tx, &new, token_hash, act.now)?;
    users::keep_sign_in(tx, checked.tenant, checked.id, act.now)?;
    let event = Event::new(Action::SessionCreated).on("user", &checked.public_id, &checked.email);
    audit::record(tx, act, event.after(json!({ "device": device })))?;
    Ok(true)
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub(super) fn end_session(tx: &mut Tx<'_>, act: &Act, session: i64) -> Result<(), db::Error> {
    if let Who::User(user) = act.actor.who {
        sessions::end(tx, act.actor.tenant, user, session)?;
    }
    audit::record(tx, act, Event::new(Action::SessionEnded))
}

/// The actor that an account is, for the moment in which it signs in and holds nothing yet.
pub(super) fn as_actor(account: &Account) -> Actor {
    Actor {
        who: Who::User(account.id),
        label: account.email.clone(),
        tenant: account.tenant,
        root: ResourcePath::root("-"),
        grants: Vec::new(),
    }
}
