//! The SQL of `users`.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::access::{Act, TenantScope};
use crate::base::base62;
use crate::base::clock::Timestamp;
use crate::base::paging::{Page, Slice};
use crate::base::zone::Zone;
use crate::db::schema::{grants, roles, users};
use crate::db::{Conn, Error, Tx};

use super::email::{self, Email};
use super::filter::Filter;
use super::user::{Status, User};

/// Digits of the id in addresses.
pub const PUBLIC_ID: usize = 12;

type Columns = (
    users::id,
    users::public_id,
    users::email,
    users::name,
    users::created_at,
    users::created_by,
    users::activated_at,
    users::disabled_at,
    users::last_signed_in_at,
    users::password_changed_at,
    users::version,
);

const COLUMNS: Columns = (
    users::id,
    users::public_id,
    users::email,
    users::name,
    users::created_at,
    users::created_by,
    users::activated_at,
    users::disabled_at,
    users::last_signed_in_at,
    users::password_changed_at,
    users::version,
);

#[derive(Queryable)]
struct Row {
    id: i64,
    public_id: String,
    email: String,
    name: String,
    created_at: i64,
    created_by: String,
    activated_at: Option<i64>,
    disabled_at: Option<i64>,
    last_signed_in_at: Option<i64>,
    password_changed_at: Option<i64>,
    version: i64,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            public_id: row.public_id,
            email: row.email,
            name: row.name,
            created_at: Timestamp::from_micros(row.created_at),
            created_by: row.created_by,
            activated_at: row.activated_at.map(Timestamp::from_micros),
            disabled_at: row.disabled_at.map(Timestamp::from_micros),
            last_signed_in_at: row.last_signed_in_at.map(Timestamp::from_micros),
            password_changed_at: row.password_changed_at.map(Timestamp::from_micros),
            version: row.version,
        }
    }
}

/// A person who is about to be added.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// The id in addresses: 12 base-62 digits.
    pub public_id: &'a str,
    /// What they sign in with.
    pub email: &'a Email,
    /// Their name.
    pub name: &'a str,
    /// The PHC string of their password; without one they are invited and no more.
    pub password_hash: Option<&'a str>,
}

/// What signing in needs to know.
#[derive(Debug, Clone)]
pub struct Account {
    /// The database id.
    pub id: i64,
    /// Their tenant.
    pub tenant: TenantScope,
    /// Their id in addresses.
    pub public_id: String,
    /// Their address as they write it.
    pub email: String,
    /// The PHC string, if they have a password.
    pub password_hash: Option<String>,
    /// Whether they may sign in.
    pub enabled: bool,
}

/// Adds a user of the actor's tenant; returns the database id.
///
/// # Errors
/// [`Error::Duplicate`] when the address is in use: in the tenant, or by any activated user if this one has a password.
pub fn insert(tx: &mut Tx<'_>, act: &Act, user: &NewUser<'_>) -> Result<i64, Error> {
    let activated_at = user.password_hash.map(|_| act.now.micros());
    Ok(diesel::insert_into(users::table)
        .values((
            users::tenant_id.eq(act.actor.tenant.id()),
            users::public_id.eq(user.public_id),
            users::email.eq(user.email.as_str()),
            users::email_folded.eq(user.email.folded()),
            users::name.eq(user.name),
            users::name_folded.eq(user.name.to_lowercase()),
            users::password_hash.eq(user.password_hash),
            users::created_at.eq(act.now.micros()),
            users::created_by.eq(&act.actor.label),
            users::activated_at.eq(activated_at),
            users::password_changed_at.eq(activated_at),
            users::version.eq(1),
        ))
        .returning(users::id)
        .get_result(&mut **tx)?)
}

type AccountRow = (i64, i64, String, String, Option<String>, Option<i64>);

/// The activated user with this address, enabled or not. The address says whose they are, so no tenant is asked for.
///
/// # Errors
/// When the database refuses.
pub fn by_email(conn: &mut Conn, email_folded: &str) -> Result<Option<Account>, Error> {
    let row: Option<AccountRow> = users::table
        .filter(users::email_folded.eq_any(email::stored_forms(email_folded)))
        .filter(users::activated_at.is_not_null().and(users::deleted_at.is_null()))
        .select((users::id, users::tenant_id, users::public_id, users::email, users::password_hash, users::disabled_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, tenant_id, public_id, email, password_hash, disabled_at)| Account {
        id,
        tenant: TenantScope::from_row(tenant_id),
        public_id,
        email,
        password_hash,
        enabled: disabled_at.is_none(),
    }))
}

/// The tenant's user with this address, activated or not.
pub(super) fn in_tenant_by_email(conn: &mut Conn, tenant: TenantScope, email: &Email) -> Result<Option<User>, Error> {
    let row: Option<Row> = users::table
        .filter(users::tenant_id.eq(tenant.id()))
        .filter(users::email_folded.eq_any(email::stored_forms(&email.folded())))
        .filter(users::deleted_at.is_null())
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(User::from))
}

/// The tenant's user with this id in addresses.
pub(super) fn by_public_id(conn: &mut Conn, tenant: TenantScope, public_id: &str) -> Result<Option<User>, Error> {
    // From an address, so it may be anything: PostgreSQL takes no NUL, for one.
    if public_id.len() != PUBLIC_ID || !base62::is_base62(public_id) {
        return Ok(None);
    }
    let row: Option<Row> = users::table
        .filter(users::tenant_id.eq(tenant.id()).and(users::public_id.eq(public_id)))
        .filter(users::deleted_at.is_null())
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(User::from))
}

/// The tenant's user with this database id.
///
/// # Errors
/// When the database refuses.
pub fn by_id(conn: &mut Conn, tenant: TenantScope, id: i64) -> Result<Option<User>, Error> {
    let row: Option<Row> = users::table
        .filter(users::tenant_id.eq(tenant.id()).and(users::id.eq(id)).and(users::deleted_at.is_null()))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(User::from))
}

/// One page of the tenant's users by name. A cursor names a row; its place is looked up, for its name may be long.
pub(super) fn page(
    conn: &mut Conn,
    tenant: TenantScope,
    filter: &Filter,
    page: Page,
    limit: usize,
) -> Result<Slice<User>, Error> {
    let (name, id) = (users::name_folded, users::id);
    let mut query = users::table
        .filter(users::tenant_id.eq(tenant.id()).and(users::deleted_at.is_null()))
        .select(COLUMNS)
        .limit(limit as i64 + 1)
        .into_boxed();
    if let Some(text) = &filter.search {
        let pattern = format!("%{}%", escaped(&text.to_lowercase()));
        let in_name = name.like(pattern.clone()).escape('\\');
        let in_email = users::email_folded.like(pattern.clone()).escape('\\');
        // The host is folded to ASCII, and shown in the letters of its language.
        query = query.filter(in_name.or(in_email).or(users::email.like(pattern).escape('\\')));
    }
    query = match filter.status {
        None => query,
        Some(Status::Inactive) => query.filter(users::disabled_at.is_not_null()),
        Some(Status::Invited) => query.filter(users::disabled_at.is_null().and(users::activated_at.is_null())),
        Some(Status::Active) => query.filter(users::disabled_at.is_null().and(users::activated_at.is_not_null())),
    };
    if let Some(slug) = &filter.role {
        let held = grants::table
            .inner_join(roles::table.on(roles::id.eq(grants::role_id)))
            .filter(grants::user_id.eq(users::id.nullable()).and(roles::slug.eq(slug)));
        query = query.filter(exists(held));
    }
    let place = |conn: &mut Conn, row: i64| -> Result<String, Error> {
        let this = users::table.filter(users::tenant_id.eq(tenant.id()).and(users::id.eq(row)));
        Ok(this.select(users::name_folded).first(conn).optional()?.unwrap_or_default())
    };
    query = match &page {
        Page::First => query.order((name.asc(), id.asc())),
        Page::After(cursor) => {
            let last = place(conn, cursor.id)?;
            query.filter(name.gt(last.clone()).or(name.eq(last).and(id.gt(cursor.id)))).order((name.asc(), id.asc()))
        }
        Page::Before(cursor) => {
            let first = place(conn, cursor.id)?;
            query
                .filter(name.lt(first.clone()).or(name.eq(first).and(id.lt(cursor.id))))
                .order((name.desc(), id.desc()))
        }
    };
    let rows: Vec<Row> = query.load(conn)?;
    Ok(Slice::of(rows.into_iter().map(User::from).collect(), limit, &page))
}

/// The text as it stands for itself in a pattern.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// What a change may set. `None` leaves it as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = users)]
pub(super) struct Changes<'a> {
    pub name: Option<&'a str>,
    pub name_folded: Option<String>,
    pub disabled_at: Option<Option<i64>>,
    pub deleted_at: Option<Option<i64>>,
    pub password_hash: Option<Option<&'a str>>,
    pub password_changed_at: Option<Option<i64>>,
    pub activated_at: Option<Option<i64>>,
}

/// Changes a user, and counts the change.
pub(super) fn update(tx: &mut Tx<'_>, tenant: TenantScope, id: i64, changes: &Changes<'_>) -> Result<(), Error> {
    let this = users::table.filter(users::tenant_id.eq(tenant.id()).and(users::id.eq(id)));
    diesel::update(this).set((changes, users::version.eq(users::version + 1))).execute(&mut **tx)?;
    Ok(())
}

/// The PHC string of the user's password.
///
/// # Errors
/// When the database refuses.
pub fn password_hash(conn: &mut Conn, tenant: TenantScope, id: i64) -> Result<Option<String>, Error> {
    let this = users::table.filter(users::tenant_id.eq(tenant.id()).and(users::id.eq(id)));
    Ok(this.select(users::password_hash).first::<Option<String>>(conn).optional()?.flatten())
}

/// Notes when somebody signed in last.
///
/// # Errors
/// When the database refuses.
pub fn keep_sign_in(tx: &mut Tx<'_>, tenant: TenantScope, user: i64, now: Timestamp) -> Result<(), Error> {
    diesel::update(users::table.filter(users::tenant_id.eq(tenant.id())).filter(users::id.eq(user)))
        .set(users::last_signed_in_at.eq(Some(now.micros())))
        .execute(&mut **tx)?;
    Ok(())
}

/// Gives an invited user a password and the name they chose: the account works from now on.
///
/// # Errors
/// [`Error::Duplicate`] when another activated user of the installation has the address.
pub fn activate(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    id: i64,
    name: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let changes = Changes {
        name: Some(name),
        name_folded: Some(name.to_lowercase()),
        activated_at: Some(Some(now.micros())),
        ..with_password(password_hash, now)
    };
    update(tx, tenant, id, &changes)
}

/// Gives a user another password.
///
/// # Errors
/// When the database refuses.
pub fn keep_password(
    tx: &mut Tx<'_>,
    tenant: TenantScope,
    id: i64,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), Error> {
    update(tx, tenant, id, &with_password(password_hash, now))
}

fn with_password(password_hash: &str, now: Timestamp) -> Changes<'_> {
    let (password_hash, password_changed_at) = (Some(Some(password_hash)), Some(Some(now.micros())));
    Changes { password_hash, password_changed_at, ..Changes::default() }
}

/// The zone in which a user reads and types dates.
///
/// # Errors
/// When the database refuses.
pub fn keep_time_zone(tx: &mut Tx<'_>, tenant: TenantScope, id: i64, zone: &Zone) -> Result<(), Error> {
    let this = users::table.filter(users::tenant_id.eq(tenant.id()).and(users::id.eq(id)));
    diesel::update(this).set(users::time_zone.eq(zone.name())).execute(&mut **tx)?;
    Ok(())
}

/// Gives a user another name.
///
/// # Errors
/// When the database refuses.
pub fn rename(tx: &mut Tx<'_>, tenant: TenantScope, id: i64, name: &str) -> Result<(), Error> {
    let changes = Changes { name: Some(name), name_folded: Some(name.to_lowercase()), ..Changes::default() };
    update(tx, tenant, id, &changes)
}
