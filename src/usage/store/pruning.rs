//! The SQL that takes away what is old: of all tenants, a limited number of rows at a time. Each answers how many it found.

use diesel::prelude::*;

use crate::base::clock::Timestamp;
use crate::db::schema::{dead_key_calls, usage_addresses, usage_days, usage_hours};
use crate::db::{Error, Tx};

/// Hours before this one.
pub(in crate::usage) fn prune_hours(tx: &mut Tx<'_>, first: i64, limit: usize) -> Result<usize, Error> {
    use usage_hours::dsl;

    let old: Vec<(i64, i64, String)> = dsl::usage_hours
        .filter(dsl::hour.lt(first))
        .order(dsl::hour)
        .limit(limit as i64)
        .select((dsl::api_key_id, dsl::hour, dsl::code))
        .load(&mut **tx)?;
    for (api_key, hour, code) in &old {
        diesel::delete(dsl::usage_hours.find((*api_key, *hour, code))).execute(&mut **tx)?;
    }
    Ok(old.len())
}

/// Days before this one.
pub(in crate::usage) fn prune_days(tx: &mut Tx<'_>, first: i64, limit: usize) -> Result<usize, Error> {
    use usage_days::dsl;

    let old: Vec<(i64, i64, String)> = dsl::usage_days
        .filter(dsl::day.lt(first))
        .order(dsl::day)
        .limit(limit as i64)
        .select((dsl::api_key_id, dsl::day, dsl::code))
        .load(&mut **tx)?;
    for (api_key, day, code) in &old {
        diesel::delete(dsl::usage_days.find((*api_key, *day, code))).execute(&mut **tx)?;
    }
    Ok(old.len())
}

/// Addresses of days before this one.
pub(in crate::usage) fn prune_addresses(tx: &mut Tx<'_>, first: i64, limit: usize) -> Result<usize, Error> {
    use usage_addresses::dsl;

    let old: Vec<(i64, i64, String)> = dsl::usage_addresses
        .filter(dsl::day.lt(first))
        .order(dsl::day)
        .limit(limit as i64)
        .select((dsl::api_key_id, dsl::day, dsl::address))
        .load(&mut **tx)?;
    for (api_key, day, address) in &old {
        diesel::delete(dsl::usage_addresses.find((*api_key, *day, address))).execute(&mut **tx)?;
    }
    Ok(old.len())
}

/// Keys whose last call while they were dead was before this moment.
pub(in crate::usage) fn prune_dead(tx: &mut Tx<'_>, first: Timestamp, limit: usize) -> Result<usize, Error> {
    use dead_key_calls::dsl;

    let is_old = dsl::last_at.lt(first.micros());
    let old: Vec<i64> =
        dsl::dead_key_calls.filter(is_old).limit(limit as i64).select(dsl::api_key_id).load(&mut **tx)?;
    // Whoever calls meanwhile stays.
    diesel::delete(dsl::dead_key_calls.filter(dsl::api_key_id.eq_any(&old)).filter(is_old)).execute(&mut **tx)?;
    Ok(old.len())
}
