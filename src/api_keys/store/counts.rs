//! Counting up to a limit, off an index alone: what lists show beside their tabs.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::access::TenantScope;
use crate::db::dialect::both;
use crate::db::{Conn, Error};

use super::Source;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many keys a source names; counting stops at `limit`.
pub(in crate::api_keys) fn count(
    conn: &mut Conn,
    tenant: TenantScope,
    source: &Source,
    limit: usize,
) -> Result<usize, Error> {
    // Both databases know `$1`; SQLite counts them in the order in which they are first named. The query builder has no limit inside of a count.
    let rows = match source {
        Source::All | Source::Name | Source::LastUse | Source::End => {
            "api_keys WHERE tenant_id = $1 AND deleted_at IS NULL"
        }
        Source::Disabled => "api_keys WHERE tenant_id = $1 AND deleted_at IS NULL AND disabled_at IS NOT NULL",
        Source::NeverUsed => "api_key_uses WHERE tenant_id = $1 AND deleted_at IS NULL AND used_at = 0",
        Source::Role(_) => "grants WHERE tenant_id = $1 AND role_id = $2 AND api_key_id IS NOT NULL",
        Source::Creator(_) => {
            "api_keys WHERE tenant_id = $1 AND deleted_at IS NULL AND created_by_kind = 'user' AND created_by_id = $2"
        }
        Source::Tag(_) => "api_key_tags WHERE tenant_id = $1 AND key = $2 AND value = $3",
        Source::Ending(..) => {
            "api_keys WHERE tenant_id = $1 AND deleted_at IS NULL AND disabled_at IS NULL AND expires_at > $2 AND expires_at <= $3"
        }
    };
    // A key may hold a role on several resources. The order is that of the index, so that nothing else is read.
    let (row, order) = match source {
        Source::Role(_) => ("DISTINCT api_key_id", "api_key_id"),
        Source::NeverUsed | Source::Tag(_) => ("1", "api_key_id"),
        Source::Ending(..) => ("1", "expires_at"),
        _ => ("1", "id"),
    };
    let sql = format!("SELECT COUNT(*) AS n FROM (SELECT {row} FROM {rows} ORDER BY {order} LIMIT {limit}) AS counted");
    let query = || diesel::sql_query(&sql).bind::<BigInt, _>(tenant.id());
    let counted: Counted = match source {
        Source::Role(id) | Source::Creator(id) => {
            both!(conn, |c| query().bind::<BigInt, _>(*id).get_result(c))
        }
        Source::Tag(tag) => {
            both!(conn, |c| query().bind::<Text, _>(&tag.key).bind::<Text, _>(&tag.value).get_result(c))
        }
        Source::Ending(from, until) => {
            both!(conn, |c| query().bind::<BigInt, _>(*from).bind::<BigInt, _>(*until).get_result(c))
        }
        _ => both!(conn, |c| query().get_result(c)),
    }?;
    Ok(usize::try_from(counted.n).unwrap_or_default())
}
