//! The SQL that adds to counts. Several nodes add to the same rows, so nothing is read, added up and put back.

use diesel::prelude::*;

use crate::base::clock::Timestamp;
use crate::db::dialect::{self, Lock, both};
use crate::db::schema::{api_key_secret_uses, usage_addresses, usage_days, usage_hours};
use crate::db::{Error, Tx};
use crate::usage::held::ADDRESSES;
use crate::usage::{Noted, Seen, What};

use super::dead::keep_dead;
use super::uses::{keep_uses, text};

/// Stands for all addresses that are not told apart.
pub(super) const OTHERS: &str = "";

/// Waits until no other node adds to this key. Everybody locks keys in the order of their ids, and then touches rows of that
/// key alone, so nobody waits in a circle.
pub(in crate::usage) fn lock(tx: &mut Tx<'_>, noted: &Noted) -> Result<(), Error> {
    dialect::lock_row(tx, Lock::Uses(noted.api_key))
}

/// Adds what was noted to its row. Its key is locked.
pub(in crate::usage) fn keep(tx: &mut Tx<'_>, noted: &Noted) -> Result<(), Error> {
    match &noted.what {
        What::Use { first, last } => keep_uses(tx, noted, *first, *last),
        What::Secret { secret, last, calls } => keep_secret(tx, noted, *secret, *last, *calls),
        What::Hour { hour, code, calls } => keep_hour(tx, noted, *hour, code, *calls),
        What::Day { day, code, calls } => keep_day(tx, noted, *day, code, *calls),
        What::From { day, address, calls, last_at } => {
            let address = text(*address).unwrap_or_else(|| OTHERS.to_owned());
            keep_address(tx, noted, *day, &address, *calls, *last_at)
        }
        What::Dead { code, calls, first_at, last } => keep_dead(tx, noted, code, *calls, *first_at, *last),
    }
}

fn keep_secret(tx: &mut Tx<'_>, noted: &Noted, secret: i64, last: Seen, calls: i64) -> Result<(), Error> {
    use api_key_secret_uses::dsl;

    let (at, address) = (last.at.micros(), text(last.address));
    let row = (
        dsl::secret_id.eq(secret),
        dsl::tenant_id.eq(noted.tenant.id()),
        dsl::api_key_id.eq(noted.api_key),
        dsl::used_at.eq(at),
        dsl::address.eq(&address),
        dsl::calls.eq(calls),
    );
    both!(&mut **tx, |c| diesel::insert_into(dsl::api_key_secret_uses)
        .values(row)
        .on_conflict(dsl::secret_id)
        .do_update()
        .set(dsl::calls.eq(dsl::calls + calls))
        .execute(c))?;
    let of_secret = dsl::tenant_id.eq(noted.tenant.id()).and(dsl::secret_id.eq(secret));
    diesel::update(dsl::api_key_secret_uses.filter(of_secret).filter(dsl::used_at.lt(at)))
        .set((dsl::used_at.eq(at), dsl::address.eq(&address)))
        .execute(&mut **tx)?;
    Ok(())
}

fn keep_hour(tx: &mut Tx<'_>, noted: &Noted, hour: i64, code: &str, calls: i64) -> Result<(), Error> {
    use usage_hours::dsl;

    let row = (
        dsl::tenant_id.eq(noted.tenant.id()),
        dsl::api_key_id.eq(noted.api_key),
        dsl::hour.eq(hour),
        dsl::code.eq(code),
        dsl::calls.eq(calls),
    );
    both!(&mut **tx, |c| diesel::insert_into(dsl::usage_hours)
        .values(row)
        .on_conflict((dsl::api_key_id, dsl::hour, dsl::code))
        .do_update()
        .set(dsl::calls.eq(dsl::calls + calls))
        .execute(c))?;
    Ok(())
}

fn keep_day(tx: &mut Tx<'_>, noted: &Noted, day: i64, code: &str, calls: i64) -> Result<(), Error> {
    use usage_days::dsl;

    let row = (
        dsl::tenant_id.eq(noted.tenant.id()),
        dsl::api_key_id.eq(noted.api_key),
        dsl::day.eq(day),
        dsl::code.eq(code),
        dsl::calls.eq(calls),
    );
    both!(&mut **tx, |c| diesel::insert_into(dsl::usage_days)
        .values(row)
        .on_conflict((dsl::api_key_id, dsl::day, dsl::code))
        .do_update()
        .set(dsl::calls.eq(dsl::calls + calls))
        .execute(c))?;
    Ok(())
}

/// Other nodes, and this one before, may have told a hundred addresses apart already: then it goes to the others.
fn keep_address(
    tx: &mut Tx<'_>,
    noted: &Noted,
    day: i64,
    address: &str,
    calls: i64,
    last_at: Timestamp,
) -> Result<(), Error> {
    use usage_addresses::dsl;

    let at = last_at.micros();
    let of_day = dsl::tenant_id.eq(noted.tenant.id()).and(dsl::api_key_id.eq(noted.api_key)).and(dsl::day.eq(day));
    let place = dsl::usage_addresses.filter(of_day).filter(dsl::address.eq(address));
    if diesel::update(place).set(dsl::calls.eq(dsl::calls + calls)).execute(&mut **tx)? > 0 {
        diesel::update(place.filter(dsl::last_at.lt(at))).set(dsl::last_at.eq(at)).execute(&mut **tx)?;
        return Ok(());
    }
    if address != OTHERS {
        let apart = dsl::usage_addresses.filter(of_day).filter(dsl::address.ne(OTHERS));
        let apart: i64 = apart.count().get_result(&mut **tx)?;
        if apart >= ADDRESSES as i64 {
            return keep_address(tx, noted, day, OTHERS, calls, last_at);
        }
    }
    diesel::insert_into(dsl::usage_addresses)
        .values((
            dsl::tenant_id.eq(noted.tenant.id()),
            dsl::api_key_id.eq(noted.api_key),
            dsl::day.eq(day),
            dsl::address.eq(address),
            dsl::calls.eq(calls),
            dsl::last_at.eq(at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
