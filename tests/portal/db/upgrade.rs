//! A database of the version before: what is in it stays, and is found as before and better.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel::Connection;
use diesel::connection::SimpleConnection;

use keystead::access::Permission;

use crate::support::{Backend, Portal};

/// The migrations before the one that is looked at.
const BEFORE: &str = "2026-11-25-000007_key_life";

const KEYS: &str = "
    INSERT INTO tenants (slug, organization, contact, default_key_days, access_token_seconds, signing_algorithm, created_at, version)
    VALUES ('acme', 'Acme', '', 90, 300, 'ES256', 1, 1);
    INSERT INTO resources (tenant_id, kind, name, path, created_at, version)
    SELECT id, 'organization', 'acme', 'organization=acme', 1, 1 FROM tenants;
    INSERT INTO api_keys (tenant_id, key_id, client_id, client_id_folded, name, name_folded, environment, hint, created_at,
        created_by_kind, created_by, updated_at, expires_at, deleted_at, token_version, version)
    SELECT id, '4Jq9ZbT0kLw2', 'ERP_orders.Sync', 'erp_orders.sync', 'Nachts, Köln', 'nachts, köln', 'live', 'ks_live_4Jq9…x9Fd', 1,
        'shell', 'ops', 1, 9223372036854775807, CAST(NULL AS BIGINT), 1, 1 FROM tenants
    UNION ALL
    SELECT id, '000000000000', 'unused', 'unused', 'unused', 'unused', 'live', 'ks_live_0000…0000', 2,
        'shell', 'ops', 1, 9223372036854775807, CAST(NULL AS BIGINT), 1, 1 FROM tenants
    UNION ALL
    SELECT id, '111111111111', 'gone', 'gone', 'gone', 'gone', 'live', 'ks_live_1111…1111', 3,
        'shell', 'ops', 1, 9223372036854775807, 7, 1, 1 FROM tenants;
    INSERT INTO api_key_last_uses (api_key_id, tenant_id, used_at, address)
    SELECT id, tenant_id, 5, '203.0.113.7' FROM api_keys WHERE client_id <> 'unused';
";

#[test]
fn sqlite() {
    keys_of_the_version_before_are_found_and_keep_their_last_use(Backend::Sqlite);
}

#[cfg(feature = "test-postgres")]
#[test]
fn postgres() {
    keys_of_the_version_before_are_found_and_keep_their_last_use(Backend::Postgres);
}

fn keys_of_the_version_before_are_found_and_keep_their_last_use(backend: Backend) {
    let folder = Arc::new(tempfile::tempdir().expect("a temporary directory"));
    let url = backend.fresh(folder.path());
    match url.strip_prefix("sqlite:") {
        Some(path) => before(&mut diesel::SqliteConnection::establish(path).expect("it opens"), "sqlite"),
        None => before(&mut diesel::PgConnection::establish(&url).expect("it answers"), "postgres"),
    }
    let portal = Portal::on(folder, url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let words = "SELECT k.client_id || ' ' || w.word AS line FROM api_key_words w JOIN api_keys k ON k.id = w.api_key_id ORDER BY 1";
        let expected = [
            "ERP_orders.Sync 4jq9zbt0klw2",
            "ERP_orders.Sync erp-orders-sync",
            "ERP_orders.Sync köln",
            "ERP_orders.Sync nachts,-köln",
            "ERP_orders.Sync orders-sync",
            "ERP_orders.Sync sync",
            "ERP_orders.Sync x9fd",
            "unused 0000",
            "unused 000000000000",
            "unused unused",
        ];
        let mut found = portal.lines(words).await;
        found.sort_unstable();
        assert_eq!(found, expected);
        let uses = "SELECT k.client_id || ' ' || CAST(u.first_used_at AS TEXT) || ' ' || CAST(u.used_at AS TEXT) || ' ' || \
                    COALESCE(u.address, '-') || ' ' || COALESCE(CAST(u.deleted_at AS TEXT), '-') AS line \
                    FROM api_key_uses u JOIN api_keys k ON k.id = u.api_key_id ORDER BY k.id";
        assert_eq!(
            portal.lines(uses).await,
            ["ERP_orders.Sync 5 5 203.0.113.7 -", "unused 0 0 - -", "gone 5 5 203.0.113.7 7"]
        );
        // What a deleted key held was not kept: its name is for those who could give everything.
        let held = "SELECT k.client_id || ' ' || r.path || ' ' || f.permissions AS line FROM former_grants f \
                    JOIN api_keys k ON k.id = f.api_key_id JOIN resources r ON r.id = f.resource_id";
        let everything = Permission::ALL.map(Permission::as_str).join(" ");
        assert_eq!(portal.lines(held).await, [format!("gone organization=acme {everything}")]);
    });
}

/// The tables as they were, with three keys.
fn before(conn: &mut impl SimpleConnection, dialect: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(dialect);
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("migrations").map(|entry| entry.expect("an entry").path()).collect();
    names.sort_unstable();
    conn.batch_execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    )
    .expect("a table");
    for path in names {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.as_str() >= BEFORE {
            break;
        }
        let sql = std::fs::read_to_string(path.join("up.sql")).expect("a migration");
        let version = name.split('_').next().unwrap_or_default().replace('-', "");
        conn.batch_execute(&sql).expect(&name);
        conn.batch_execute(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"))
            .expect(&name);
    }
    conn.batch_execute(KEYS).expect("keys");
}
