//! The SQL of `installation`, which has one row.

use diesel::prelude::*;

use crate::base::clock::Timestamp;
use crate::base::hash;
use crate::base::keyring::Keyring;
use crate::db::schema::installation::dsl;
use crate::db::{Conn, Error, Tx};

use super::Installation;

type Row = (Vec<u8>, Option<Vec<u8>>, Option<i64>, Option<i64>);

/// The row; `None` before the first start is complete.
///
/// # Errors
/// When the database refuses.
pub fn load(conn: &mut Conn) -> Result<Option<Installation>, Error> {
    let row: Option<Row> = dsl::installation
        .find(1)
        .select((dsl::secret_fingerprint, dsl::setup_code_hash, dsl::setup_code_expires_at, dsl::set_up_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(secret_fingerprint, code, expires, set_up_at)| Installation {
        secret_fingerprint,
        setup_code: code.zip(expires.map(Timestamp::from_micros)),
        is_set_up: set_up_at.is_some(),
    }))
}

/// Writes the row at the first start.
///
/// # Errors
/// [`Error::Duplicate`] when another process was first.
pub fn insert(tx: &mut Tx<'_>, keyring: &Keyring, now: Timestamp) -> Result<(), Error> {
    diesel::insert_into(dsl::installation)
        .values((
            dsl::id.eq(1),
            dsl::secret_fingerprint.eq(keyring.fingerprint().to_vec()),
            dsl::created_at.eq(now.micros()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Keeps the hash of a fresh set-up code; an earlier one is dead with it.
///
/// # Errors
/// When the database refuses.
pub fn keep_setup_code(tx: &mut Tx<'_>, code: &str, expires_at: Timestamp) -> Result<(), Error> {
    diesel::update(dsl::installation.find(1))
        .set((
            dsl::setup_code_hash.eq(Some(hash::sha256(code.as_bytes()).to_vec())),
            dsl::setup_code_expires_at.eq(Some(expires_at.micros())),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks the installation as set up; its set-up code is dead.
///
/// # Errors
/// When the database refuses.
pub fn complete(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    diesel::update(dsl::installation.find(1))
        .set((
            dsl::set_up_at.eq(Some(now.micros())),
            dsl::setup_code_hash.eq(None::<Vec<u8>>),
            dsl::setup_code_expires_at.eq(None::<i64>),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
