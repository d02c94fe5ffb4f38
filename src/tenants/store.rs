//! The SQL of `tenants`.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::dialect;
use crate::db::schema::tenants;
use crate::db::{Conn, Error, Tx};

use super::{Audiences, SigningAlgorithm, Slug, Tenant};

const DEFAULT_KEY_DAYS: i64 = 90;
const ACCESS_TOKEN_SECONDS: i64 = 300;

// What makes a [`Tenant`], also for queries of other tables that join it.
dialect::columns! {
    pub Columns, COLUMNS:
    tenants::id,
    tenants::slug,
    tenants::organization,
    tenants::default_key_days,
    tenants::longest_key_days,
    tenants::access_token_seconds,
    tenants::signing_algorithm,
    tenants::signing_key_days,
    tenants::allowed_audiences,
    tenants::contact,
    tenants::version,
}

/// What is read of [`Columns`].
pub type Row = (i64, String, String, i64, Option<i64>, i64, String, i64, String, String, i64);

impl From<Row> for Tenant {
    fn from(row: Row) -> Self {
        let (
            id,
            slug,
            organization,
            default_days,
            longest_days,
            token_seconds,
            algorithm,
            key_days,
            audiences,
            contact,
            version,
        ) = row;
        Self {
            scope: TenantScope::from_row(id),
            slug,
            organization,
            default_key_days: default_days,
            longest_key_days: longest_days,
            access_token_seconds: token_seconds,
            // The table takes no other word.
            signing_algorithm: algorithm.parse().unwrap_or_default(),
            signing_key_days: Some(key_days).filter(|days| *days > 0),
            audiences: Audiences::of_stored(&audiences),
            contact,
            version,
        }
    }
}

/// Adds a tenant with the usual policies.
///
/// # Errors
/// [`Error::Duplicate`] when the slug is taken.
pub fn insert(tx: &mut Tx<'_>, slug: &Slug, organization: &str, now: Timestamp) -> Result<Tenant, Error> {
    let row: Row = diesel::insert_into(tenants::table)
        .values((
            tenants::slug.eq(slug.as_str()),
            tenants::organization.eq(organization),
            tenants::contact.eq(""),
            tenants::default_key_days.eq(DEFAULT_KEY_DAYS),
            tenants::access_token_seconds.eq(ACCESS_TOKEN_SECONDS),
            tenants::signing_algorithm.eq(SigningAlgorithm::default().as_str()),
            tenants::created_at.eq(now.micros()),
            tenants::version.eq(1),
        ))
        .returning(COLUMNS)
        .get_result(&mut **tx)?;
    Ok(row.into())
}

/// The rules of a tenant that people change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The life of a new key when nothing else is chosen, in days.
    pub default_key_days: i64,
    /// The longest life a key may have, in days; `None` for no limit.
    pub longest_key_days: Option<i64>,
    /// Whom the holder of a dead key is told to ask.
    pub contact: String,
}

/// Sets the rules, and counts the change.
///
/// # Errors
/// When the database refuses.
pub fn set_rules(tx: &mut Tx<'_>, scope: TenantScope, rules: &Rules) -> Result<(), Error> {
    diesel::update(tenants::table.find(scope.id()))
        .set((
            tenants::default_key_days.eq(rules.default_key_days),
            tenants::longest_key_days.eq(rules.longest_key_days),
            tenants::contact.eq(&rules.contact),
            tenants::version.eq(tenants::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The rules for access tokens that people change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// By which algorithm the next signing key signs.
    pub signing_algorithm: SigningAlgorithm,
    /// The life of an access token, in seconds.
    pub access_token_seconds: i64,
    /// After how many days the next signing key is made by itself; `None` for never.
    pub signing_key_days: Option<i64>,
    /// Whom tokens may be for.
    pub audiences: Audiences,
}

/// Sets the rules for access tokens, and counts the change.
///
/// # Errors
/// When the database refuses.
pub fn set_token_rules(tx: &mut Tx<'_>, scope: TenantScope, rules: &TokenRules) -> Result<(), Error> {
    diesel::update(tenants::table.find(scope.id()))
        .set((
            tenants::signing_algorithm.eq(rules.signing_algorithm.as_str()),
            tenants::access_token_seconds.eq(rules.access_token_seconds),
            tenants::signing_key_days.eq(rules.signing_key_days.unwrap_or(0)),
            tenants::allowed_audiences.eq(rules.audiences.lines()),
            tenants::version.eq(tenants::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The tenant of an address, if there is one.
///
/// # Errors
/// When the database refuses.
pub fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Tenant>, Error> {
    // From an address, so it may be anything: PostgreSQL takes no NUL, for one.
    if Slug::parse(slug).is_err() {
        return Ok(None);
    }
    let row: Option<Row> = tenants::table.filter(tenants::slug.eq(slug)).select(COLUMNS).first(conn).optional()?;
    Ok(row.map(Tenant::from))
}

/// The tenant of an installation that has one alone.
///
/// # Errors
/// When the database refuses.
pub fn only(conn: &mut Conn) -> Result<Option<Tenant>, Error> {
    let rows: Vec<Row> = tenants::table.order(tenants::id).limit(2).select(COLUMNS).load(conn)?;
    let mut rows = rows.into_iter();
    Ok(rows.next().filter(|_| rows.next().is_none()).map(Tenant::from))
}

/// The tenant of a session or credential.
///
/// # Errors
/// When the database refuses.
pub fn by_id(conn: &mut Conn, scope: TenantScope) -> Result<Tenant, Error> {
    let row: Row = tenants::table.find(scope.id()).select(COLUMNS).first(conn)?;
    Ok(row.into())
}

/// Every tenant by slug: for the operating-system account that runs Keystead, and nobody else.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn) -> Result<Vec<Tenant>, Error> {
    let rows: Vec<Row> = tenants::table.select(COLUMNS).order(tenants::slug).load(conn)?;
    Ok(rows.into_iter().map(Tenant::from).collect())
}
