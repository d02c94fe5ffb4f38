//! The SQL of `api_key_words`.

use diesel::prelude::*;

use crate::access::TenantScope;
use crate::api_keys::{ApiKey, words};
use crate::db::schema::api_key_words;
use crate::db::{Error, Tx};

/// Makes the key be found by what it is called now.
pub(in crate::api_keys) fn put_words(tx: &mut Tx<'_>, tenant: TenantScope, key: &ApiKey) -> Result<(), Error> {
    remove_words(tx, tenant, key.id)?;
    for word in words::of(key) {
        let row = (
            api_key_words::tenant_id.eq(tenant.id()),
            api_key_words::word.eq(word),
            api_key_words::api_key_id.eq(key.id),
        );
        diesel::insert_into(api_key_words::table).values(row).execute(&mut **tx)?;
    }
    Ok(())
}

pub(in crate::api_keys) fn remove_words(tx: &mut Tx<'_>, tenant: TenantScope, id: i64) -> Result<(), Error> {
    let of_key = api_key_words::tenant_id.eq(tenant.id()).and(api_key_words::api_key_id.eq(id));
    diesel::delete(api_key_words::table.filter(of_key)).execute(&mut **tx)?;
    Ok(())
}
