//! The tables: as the code knows them, and with the rules that no fault of the code can break.

use std::collections::BTreeSet;

use crate::support::{Portal, on_both};

on_both! {
    async fn the_tables_are_on_the_database_as_the_code_knows_them(portal: Portal) {
        assert_eq!(columns_of_the_database(&portal).await, columns_of_the_code());
        assert_eq!(portal.tables().await.len(), columns_of_the_code().iter().map(|column| table(column)).collect::<BTreeSet<_>>().len());
    }

    async fn every_column_that_the_code_knows_can_be_read(portal: Portal) {
        for name in columns_of_the_code() {
            let column = name.split(' ').next().expect("a name");
            portal.number(&format!("SELECT COUNT({column}) FROM {}", table(&name))).await;
        }
    }

    async fn every_table_of_an_organization_says_whose_its_rows_are(portal: Portal) {
        let columns = columns_of_the_database(&portal).await;
        let shared = ["audit_events", "audit_heads", "installation", "tenants"];
        for name in portal.tables().await.iter().filter(|name| !shared.contains(&name.as_str())) {
            assert!(columns.contains(&format!("{name}.tenant_id BigInt")), "{name} has no tenant_id that is always there");
        }
    }

    async fn a_row_that_points_into_another_organization_is_refused(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.globex().await;
        let key = ada.makes_key("billing-sync").await;
        portal.tags(&key, "env", "prod").await;
        portal.gives(&key, "ci", "organization=acme").await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.has_resource("organization=acme:application=invoices").await;
        for statement in [
            "INSERT INTO api_key_secret_uses (secret_id, tenant_id, api_key_id, used_at, calls) SELECT id, tenant_id, api_key_id, 1, 1 FROM api_key_secrets",
            "INSERT INTO usage_hours (tenant_id, api_key_id, hour, code, calls) SELECT tenant_id, id, 1, 'VALID', 1 FROM api_keys",
            "INSERT INTO usage_days (tenant_id, api_key_id, day, code, calls) SELECT tenant_id, id, 1, 'VALID', 1 FROM api_keys",
            "INSERT INTO usage_addresses (tenant_id, api_key_id, day, address, calls, last_at) SELECT tenant_id, id, 1, '', 1, 1 FROM api_keys",
            "INSERT INTO former_grants (tenant_id, api_key_id, resource_id, role, role_name, permissions) SELECT tenant_id, api_key_id, resource_id, 'ci', 'CI', '' FROM grants WHERE api_key_id IS NOT NULL",
            "INSERT INTO dead_key_calls (api_key_id, tenant_id, code, calls, first_at, last_at) SELECT id, tenant_id, 'DELETED', 1, 1, 1 FROM api_keys",
        ] {
            portal.sql(statement).await;
        }
        portal.invites("ivy@acme.example").await;
        let (acme, globex) = ("(SELECT id FROM tenants WHERE slug = 'acme')", "(SELECT id FROM tenants WHERE slug = 'globex')");
        let of_globex = |table: &str, more: &str| format!("(SELECT MIN(id) FROM {table} WHERE tenant_id = {globex}{more})");
        let mut statements: Vec<String> = [
            "sessions", "invitations", "role_permissions", "api_key_secrets", "api_key_tags", "api_key_words", "api_key_uses",
            "api_key_secret_uses", "usage_hours", "usage_days", "usage_addresses", "dead_key_calls", "grants", "former_grants",
        ]
            .iter()
            .map(|table| format!("UPDATE {table} SET tenant_id = {globex} WHERE tenant_id = {acme}"))
            .collect();
        statements.push(format!("UPDATE invitations SET user_id = {} WHERE tenant_id = {acme}", of_globex("users", "")));
        statements.push(format!("UPDATE sessions SET user_id = {} WHERE tenant_id = {acme}", of_globex("users", "")));
        statements.push(format!("UPDATE grants SET user_id = {} WHERE tenant_id = {acme} AND user_id IS NOT NULL", of_globex("users", "")));
        statements.push(format!("UPDATE grants SET role_id = {} WHERE tenant_id = {acme}", of_globex("roles", " AND slug = 'member'")));
        statements.push(format!("UPDATE grants SET resource_id = {} WHERE tenant_id = {acme}", of_globex("resources", "")));
        statements.push(format!("UPDATE resources SET parent_id = {} WHERE parent_id IS NOT NULL", of_globex("resources", "")));
        statements.push(format!("UPDATE grants SET api_key_id = (SELECT id FROM api_keys), user_id = NULL WHERE tenant_id = {globex}"));
        // A user's grant, as somebody would make it: each of its four parts from the other organization, in both directions.
        for (own, other) in [("acme", "globex"), ("globex", "acme")] {
            for strange in ["tenants", "users", "roles", "resources"] {
                statements.push(grant(|table| if table == strange { other } else { own }));
            }
        }
        for statement in statements {
            let answer = portal.try_sql(&statement).await;
            let refused = answer.as_ref().is_err_and(|words| words.to_lowercase().contains("foreign key"));
            assert!(refused, "{statement}: {answer:?}");
        }
        // The same kinds of statement go through where the row stays in its organization.
        for statement in [
            format!("UPDATE grants SET role_id = (SELECT id FROM roles WHERE tenant_id = {acme} AND slug = 'member') WHERE tenant_id = {acme}"),
            format!("UPDATE sessions SET tenant_id = {acme} WHERE tenant_id = {acme}"),
            grant(|_| "acme"),
            grant(|_| "globex"),
        ] {
            assert!(portal.try_sql(&statement).await.is_ok_and(|rows| rows > 0), "{statement}");
        }
    }

    async fn a_grant_has_exactly_one_holder(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("billing-sync").await;
        for statement in ["UPDATE grants SET user_id = NULL", "UPDATE grants SET api_key_id = (SELECT id FROM api_keys)"] {
            let words = portal.try_sql(statement).await.expect_err(statement).to_lowercase();
            assert!(words.contains("check constraint"), "{statement}: {words}");
        }
        portal.sql("UPDATE grants SET api_key_id = (SELECT id FROM api_keys), user_id = NULL").await;
    }

    async fn what_must_be_there_cannot_be_taken_away(portal: Portal) {
        portal.ada().await.makes_key("billing-sync").await;
        for column in ["tenants.slug", "users.email_folded", "api_keys.tenant_id", "api_keys.expires_at", "api_key_secrets.mac", "audit_events.mac"] {
            let (table, column) = column.split_once('.').expect("a column");
            let statement = format!("UPDATE {table} SET {column} = NULL");
            let words = portal.try_sql(&statement).await.expect_err(&statement).to_lowercase();
            assert!(words.contains("null"), "{statement}: {words}");
        }
    }

    async fn a_second_start_changes_nothing_and_finds_everything(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let (dump, migrations) = (portal.dump().await, "SELECT COUNT(*) FROM __diesel_schema_migrations");
        let ran = portal.number(migrations).await;
        assert!(ran >= 5);
        let again = portal.restarted(&[]);
        assert_eq!(again.inner.db.migrate().expect("migrations can be asked for"), 0);
        assert_eq!(again.number(migrations).await, ran);
        assert_eq!(again.dump().await, dump);
        assert_eq!(again.setup_link, None);
        assert_eq!(again.verify(&key.secret).await, "VALID");
        again.visitor().signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
    }
}

/// The statement that gives a user a role, of whichever organization each part of it shall be.
fn grant(of: impl Fn(&str) -> &'static str) -> String {
    let tenant = |table: &str| format!("(SELECT id FROM tenants WHERE slug = '{}')", of(table));
    let last = |table: &str| format!("(SELECT MAX(id) FROM {table} WHERE tenant_id = {})", tenant(table));
    format!(
        "INSERT INTO grants (tenant_id, user_id, role_id, resource_id, granted_at, granted_by) \
         SELECT {}, {}, {}, {}, 0, 'a test'",
        tenant("tenants"),
        last("users"),
        last("roles"),
        last("resources")
    )
}

fn table(column: &str) -> String {
    column.split('.').next().unwrap_or_default().to_owned()
}

/// `table.column Type`, as in `src/db/schema.rs`, which is read as text so that no table can be forgotten here.
fn columns_of_the_code() -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    for table in include_str!("../../../src/db/schema.rs").split("diesel::table! {").skip(1) {
        let name = table.trim().split(' ').next().expect("a table has a name");
        let lines = table.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" -> "));
        columns.extend(lines.map(|(column, kind)| format!("{name}.{column} {kind}")));
    }
    columns
}

/// The same, as the database tells it.
async fn columns_of_the_database(portal: &Portal) -> BTreeSet<String> {
    let query = if portal.is_on_postgres() {
        "SELECT table_name || '.' || column_name || ' ' || is_nullable || ' ' || data_type AS line \
         FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" = 0 AND c.pk = 0 THEN ' YES ' ELSE ' NO ' END || c.type AS line \
         FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
    };
    let column = |line: String| {
        let mut words = line.splitn(3, ' ');
        let mut next = || words.next().expect("three words").to_owned();
        let (column, nullable, kind) = (next(), next() == "YES", next().to_lowercase());
        let kind = match kind.as_str() {
            "bigint" | "integer" => "BigInt",
            "text" => "Text",
            "bytea" | "blob" => "Binary",
            "boolean" => "Bool",
            other => other,
        };
        if nullable { format!("{column} Nullable<{kind}>") } else { format!("{column} {kind}") }
    };
    let ours = |line: &String| !line.starts_with("__") && !line.starts_with("sqlite_");
    portal.lines(query).await.into_iter().filter(ours).map(column).collect()
}
