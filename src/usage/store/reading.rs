//! The SQL that reads counts.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::base::clock::Timestamp;
use crate::db::dialect;
use crate::db::schema::{api_key_uses, usage_addresses, usage_days, usage_hours};
use crate::db::{Conn, Error};
use crate::usage::call::ACCEPTED;
use crate::usage::key_usage::{DAYS, HOURS};
use crate::usage::{Caller, Count, KeyUsage, day_of, hour_of};

use super::counts::OTHERS;
use super::uses::{LastUse, NEVER};

/// What is written of the use of one key, as seen from this moment.
///
/// # Errors
/// When the database refuses.
pub fn of_key(conn: &mut Conn, tenant: TenantScope, api_key: i64, now: Timestamp) -> Result<KeyUsage, Error> {
    type Uses = (i64, Option<String>, i64, Option<String>);
    let uses: Option<Uses> = api_key_uses::table
        .filter(api_key_uses::tenant_id.eq(tenant.id()).and(api_key_uses::api_key_id.eq(api_key)))
        .filter(api_key_uses::used_at.gt(NEVER))
        .select((
            api_key_uses::first_used_at,
            api_key_uses::first_address,
            api_key_uses::used_at,
            api_key_uses::address,
        ))
        .first(conn)
        .optional()?;
    let (first, last) = uses.map_or((None, None), |(first_at, first_address, at, address)| {
        let of = |at, address| Some(LastUse { at: Timestamp::from_micros(at), address });
        (of(first_at, first_address), of(at, address))
    });
    let count = |(at, code, calls)| Count { at, code, calls };
    let hours: Vec<(i64, String, i64)> = usage_hours::table
        .filter(usage_hours::tenant_id.eq(tenant.id()).and(usage_hours::api_key_id.eq(api_key)))
        .filter(usage_hours::hour.gt(hour_of(now) - HOURS))
        .order((usage_hours::hour, usage_hours::code))
        .select((usage_hours::hour, usage_hours::code, usage_hours::calls))
        .load(conn)?;
    let days: Vec<(i64, String, i64)> = usage_days::table
        .filter(usage_days::tenant_id.eq(tenant.id()).and(usage_days::api_key_id.eq(api_key)))
        .filter(usage_days::day.gt(day_of(now) - DAYS))
        .order((usage_days::day, usage_days::code))
        .select((usage_days::day, usage_days::code, usage_days::calls))
        .load(conn)?;
    Ok(KeyUsage {
        now,
        first,
        last,
        hours: hours.into_iter().map(count).collect(),
        days: days.into_iter().map(count).collect(),
        callers: callers(conn, tenant, api_key, day_of(now) - DAYS)?,
    })
}

/// From where the key was used after this day. The sums are made here: the databases give sums of different types.
fn callers(conn: &mut Conn, tenant: TenantScope, api_key: i64, after: i64) -> Result<Vec<Caller>, Error> {
    let rows: Vec<(String, i64, i64)> = usage_addresses::table
        .filter(usage_addresses::tenant_id.eq(tenant.id()).and(usage_addresses::api_key_id.eq(api_key)))
        .filter(usage_addresses::day.gt(after))
        .select((usage_addresses::address, usage_addresses::calls, usage_addresses::last_at))
        .load(conn)?;
    let mut sums: HashMap<String, (i64, i64)> = HashMap::new();
    for (address, calls, last_at) in rows {
        let sum = sums.entry(address).or_default();
        *sum = (sum.0 + calls, sum.1.max(last_at));
    }
    let caller = |(address, (calls, last_at)): (String, (i64, i64))| Caller {
        address: (address != OTHERS).then_some(address),
        calls,
        last_at: Timestamp::from_micros(last_at),
    };
    let mut callers: Vec<Caller> = sums.into_iter().map(caller).collect();
    callers.sort_by(|one, other| {
        let place = |caller: &Caller| (caller.address.is_none(), -caller.calls);
        place(one).cmp(&place(other)).then_with(|| one.address.cmp(&other.address))
    });
    Ok(callers)
}

/// How often each of these keys was accepted on each day from this one on, in one query. Days without a call are missing.
///
/// # Errors
/// When the database refuses.
pub fn last_days(
    conn: &mut Conn,
    tenant: TenantScope,
    api_keys: &[i64],
    from_day: i64,
) -> Result<HashMap<i64, Vec<(i64, i64)>>, Error> {
    let rows: Vec<(i64, i64, i64)> = usage_days::table
        .filter(dialect::unindexed!(usage_days::tenant_id).eq(tenant.id()))
        .filter(usage_days::api_key_id.eq_any(api_keys))
        .filter(usage_days::day.ge(from_day).and(usage_days::code.eq(ACCEPTED)))
        .order((usage_days::api_key_id, usage_days::day))
        .select((usage_days::api_key_id, usage_days::day, usage_days::calls))
        .load(conn)?;
    let mut days: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for (api_key, day, calls) in rows {
        days.entry(api_key).or_default().push((day, calls));
    }
    Ok(days)
}
