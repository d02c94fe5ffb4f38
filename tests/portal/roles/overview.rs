//! The list of roles.

use keystead::access::BuiltIn;

use crate::support::{Page, on_both};

use super::{event, gives};

on_both! {
    async fn the_built_in_roles_are_there_from_the_first_day_and_cannot_be_edited(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/roles").await.is(200);
        let slugs: Vec<String> = BuiltIn::ALL.iter().map(|role| role.slug().to_owned()).collect();
        assert_eq!(page.attributes("data-role"), slugs);
        for role in BuiltIn::ALL {
            let row = row(&page, role.slug()).says(role.name()).says(role.description()).says("Built in").says("View");
            row.says_nothing_of("Edit").says_nothing_of("Custom");
        }
        assert_eq!(numbers(&page, "admin"), ["9", "1", "0"]);
        assert_eq!(numbers(&page, "member"), ["0", "0", "0"]);
        let (add, list) = (page.body.find("href=\"/roles/new\"").expect("+ Add"), page.body.find("<table").expect("a list"));
        assert!(add < list);
    }

    async fn an_own_role_stands_behind_them_by_its_name(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("sender", &["invoices:*", "api_keys:read"]).await;
        portal.has_role("clerk", &[]).await;
        portal.sql("UPDATE roles SET description = 'Sends <b>invoices</b>' WHERE slug = 'sender'").await;
        let page = ada.get("/roles").await.is(200);
        assert_eq!(page.attributes("data-role")[8..], ["clerk", "sender"]);
        row(&page, "sender").says("The sender").says("Sends <b>invoices</b>").says("Custom").says("Edit The sender");
        assert_eq!(numbers(&page, "sender"), ["2", "0", "0"]);
    }

    async fn whoever_holds_a_role_twice_counts_once(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:*"]).await;
        portal.has_resource("organization=acme:application=invoices").await;
        for path in ["organization=acme", "organization=acme:application=invoices"] {
            gives(&portal, "ada@acme.example", "sender", path).await;
            portal.gives(&key, "sender", path).await;
        }
        let gwen = portal.globex().await;
        let page = ada.get("/roles").await;
        assert_eq!(numbers(&page, "sender"), ["1", "1", "1"]);
        assert_eq!(numbers(&page, "admin"), ["9", "1", "0"], "Globex has its own");
        assert_eq!(numbers(&gwen.clone().get("/roles").await, "admin"), ["9", "1", "0"]);
    }

    async fn holders_are_counted_up_to_a_thousand(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("sender", &["invoices:*"]).await;
        portal.has_role("reader", &["invoices:read"]).await;
        let upto = |most: i64| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})");
        portal.sql(&format!(
            "{} INSERT INTO users (tenant_id, public_id, email, email_folded, name, name_folded, created_at, created_by, version) \
             SELECT t.id, 'many' || i, 'u' || i || '@acme.example', 'u' || i || '@acme.example', 'U', 'u', 0, 'a test', 1 \
             FROM n CROSS JOIN tenants t", upto(1_001),
        )).await;
        portal.sql(&format!(
            "{} INSERT INTO api_keys (tenant_id, key_id, client_id, client_id_folded, name, name_folded, environment, hint, \
             created_at, created_by_kind, created_by, updated_at, expires_at, token_version, version) \
             SELECT t.id, 'k' || i, 'key-' || i, 'key-' || i, 'k', 'k', 'live', '', 0, 'system', 'a test', 0, 1, 1, 1 \
             FROM n CROSS JOIN tenants t", upto(1_000),
        )).await;
        let give = |holder: &str, from: &str, role: &str| format!(
            "INSERT INTO grants (tenant_id, {holder}, role_id, resource_id, granted_at, granted_by) \
             SELECT h.tenant_id, h.id, r.id, n.id, 0, 'a test' FROM {from} h \
             JOIN roles r ON r.tenant_id = h.tenant_id AND r.slug = '{role}' \
             JOIN resources n ON n.tenant_id = h.tenant_id WHERE h.created_by = 'a test'"
        );
        for statement in [give("user_id", "users", "sender"), give("api_key_id", "api_keys", "sender"), give("api_key_id", "api_keys", "reader")] {
            portal.sql(&statement).await;
        }
        let page = ada.get("/roles").await.is(200);
        assert_eq!(numbers(&page, "sender"), ["1", "1,000+", "1,000"]);
        assert_eq!(numbers(&page, "reader"), ["1", "0", "1,000"]);
        let page = ada.get("/roles/sender").await.is(200).says("1,000+ users and 1,000 API keys hold this role.");
        let page = page.says("The first 20 of 1,000+").says("The first 20 of 1,000");
        assert_eq!(page.attributes("href").iter().filter(|href| href.starts_with("/users/many")).count(), 20);
        assert_eq!(page.attributes("href").iter().filter(|href| href.starts_with("/api-keys/k")).count(), 20);
        // The event of the deletion names a hundred, and says that there are more.
        ada.post("/roles/sender/delete", &[]).await.redirects_to("/roles");
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants WHERE granted_by = 'a test'").await, 1_000);
        let (before, _) = event(&portal, "role.deleted").await;
        assert_eq!((&before["users"], &before["api_keys"]), (&"1,000+".into(), &1_000.into()));
        assert_eq!(before["holders"].as_array().map(Vec::len), Some(100));
    }
}

fn row(page: &Page, slug: &str) -> Page {
    page.row(&format!("data-role=\"{slug}\""))
}

/// Permissions, users, API keys.
fn numbers(page: &Page, slug: &str) -> Vec<String> {
    let row = row(page, slug);
    let cells = row.body.split("class=\"num\">").skip(1);
    let cell = |rest: &str| Page { body: rest.split("</td>").next().unwrap_or_default().into(), ..row.clone() }.text();
    cells.map(cell).collect()
}

#[test]
fn numbers_are_the_cells_of_numbers() {
    let body =
        "<tr data-role=\"x\"><td class=\"num\"><div>1</div></td><td class=\"num\"><div><span>0</span></div></td></tr>";
    let page = Page { status: reqwest::StatusCode::OK, headers: reqwest::header::HeaderMap::new(), body: body.into() };
    assert_eq!(numbers(&page, "x"), ["1", "0"]);
}
