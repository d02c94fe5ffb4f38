//! Deleting a resource: what falls with it, and what a later one of the same name is worth.

use serde_json::{Value, json};

use crate::support::on_both;

use super::{ROOT, at};

const A: &str = "organization=acme:account=a";
const INVOICES: &str = "organization=acme:account=a:application=invoices";

on_both! {
    async fn everything_beneath_falls_with_it_and_every_grant_on_any_of_them(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        ada.makes(ROOT, "account", "ab").await;
        for (parent, name) in [(A, "invoices"), (A, "invoices2"), ("organization=acme:account=ab", "invoices")] {
            ada.makes(parent, "application", name).await;
        }
        portal.has_role("sender", &["invoices:write"]).await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other-sync").await);
        portal.gives(&key, "sender", INVOICES).await;
        portal.gives(&key, "sender", A).await;
        portal.gives(&other, "sender", "organization=acme:account=ab:application=invoices").await;
        portal.holder_of("bea@acme.example", "developer", INVOICES).await;

        let page = ada.get(&format!("{}/delete", at(A))).await.is(200).says("Delete a?").says("Beneath it 2 resources").says("Grants 3 grants");
        let page = page.says("1 user: bea@acme.example").says("1 API key: billing-sync").says("This cannot be undone");
        assert!(page.attributes("href").contains(&at(A)), "a way back");
        let seen = page.field("seen");
        let page = ada.post(&format!("{}/delete", at(A)), &[("seen", &seen)]).await.redirects_to(&at(ROOT));
        ada.follow(page).await.is(200).says("a is deleted, with 2 resources beneath it and 3 grants.");

        assert_eq!(portal.paths().await, [ROOT, "organization=acme:account=ab", "organization=acme:account=ab:application=invoices"]);
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants WHERE api_key_id IS NOT NULL").await, 1);
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants g JOIN users u ON u.id = g.user_id WHERE u.email = 'bea@acme.example'").await, 0);
        assert_eq!((portal.token_version(&key).await, portal.token_version(&other).await), (2, 1));
        assert!(portal.reaches(&other, "organization=acme:account=ab:application=invoices").await);
        assert!(!portal.reaches(&key, INVOICES).await);

        // What is called the same later gives nothing to anybody.
        ada.makes(ROOT, "account", "a").await;
        ada.makes(A, "application", "invoices").await;
        assert!(!portal.reaches(&key, INVOICES).await && !portal.reaches(&key, A).await);
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants WHERE api_key_id IS NOT NULL").await, 1);
    }

    async fn a_name_that_only_begins_alike_stays(portal: Portal) {
        let mut ada = portal.ada().await;
        for name in ["invoices", "invoices2", "invoices-eu", "invoices.eu"] {
            let path = ada.makes(ROOT, "application", name).await;
            ada.makes(&path, "scope", "x").await;
        }
        ada.removes("organization=acme:application=invoices").await.redirects_to(&at(ROOT));
        ada.get("/resources").await.says("invoices is deleted, with 1 resource beneath it.");
        let paths = portal.paths().await;
        assert_eq!(paths.len(), 7, "{paths:?}");
        assert!(paths.iter().all(|path| !path.contains("application=invoices:") && !path.ends_with("=invoices")), "{paths:?}");
    }

    async fn a_deleted_one_is_nowhere(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let overlay = format!("{}/delete", at(A));
        let seen = ada.get(&overlay).await.is(200).says("Grants None").field("seen");
        ada.post(&overlay, &[("seen", &seen)]).await.redirects_to(&at(ROOT));
        ada.get("/resources").await.says("a is deleted.");
        let before = portal.dump().await;
        ada.post(&overlay, &[("seen", &seen)]).await.is(404);
        ada.get(&overlay).await.is(404);
        ada.get(&at(A)).await.is(404);
        ada.saves(A, &seen, ROOT, "account", "b").await.is(404);
        assert_eq!(portal.dump().await, before);
    }

    async fn closing_the_overlay_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let before = portal.dump().await;
        ada.get(&format!("{}/delete", at(A))).await.is(200);
        ada.get(&at(A)).await.is(200);
        for fields in [&[][..], &[("seen", "yes")]] {
            ada.post(&format!("{}/delete", at(A)), fields).await.is(400);
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn the_event_keeps_what_fell(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        ada.makes(A, "application", "invoices").await;
        let key = ada.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.gives(&key, "sender", INVOICES).await;
        portal.gives(&key, "ci", INVOICES).await;
        portal.holder_of("bea@acme.example", "developer", A).await;
        ada.removes(A).await.is(303);
        let events = portal.lines("SELECT actor || ' ' || target_kind || ' ' || target_id || ' ' || target AS line FROM audit_events WHERE action = 'resource.deleted'").await;
        assert_eq!(events, [format!("ada@acme.example resource {A} {A}")]);
        let before = portal.lines("SELECT before AS line FROM audit_events WHERE action = 'resource.deleted'").await;
        assert_eq!(serde_json::from_str::<Value>(&before[0]).expect("an object"), json!({
            "path": A, "kind": "account", "name": "a", "resources": 2, "grants": 3, "users": 1, "api_keys": 1,
            "held_by": ["bea@acme.example", "billing-sync"],
        }));
        ada.get("/audit").await.is(200).says("Deleted the resource").says("bea@acme.example, billing-sync");
    }

    async fn of_many_holders_some_are_named(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        portal.has_role("sender", &["invoices:write"]).await;
        has_holders(&portal, 120).await;
        let page = ada.get(&format!("{}/delete", at(A))).await.is(200).says("Grants 120 grants").says("120 API keys: key-1001, key-1002");
        page.says("key-1010 and 110 more").says_nothing_of("key-1011");
        ada.get(&at(A)).await.is(200).says("120 API keys The sender, here");
        ada.removes(A).await.is(303);
        let before = portal.lines("SELECT before AS line FROM audit_events WHERE action = 'resource.deleted'").await;
        let before: Value = serde_json::from_str(&before[0]).expect("an object");
        assert_eq!((&before["api_keys"], before["held_by"].as_array().map(Vec::len)), (&json!(120), Some(100)));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE token_version = 2").await, 120);
    }

    async fn more_than_a_thousand_holders_are_not_counted_to_the_end(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        portal.has_role("sender", &["invoices:write"]).await;
        has_holders(&portal, 1_001).await;
        ada.get(&at(A)).await.is(200).says("1,000+ API keys The sender, here");
        ada.get(&format!("{}/delete", at(A))).await.is(200).says("Grants 1,000+ grants").says("1,000+ API keys: ");
        ada.removes(A).await.is(303);
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants WHERE api_key_id IS NOT NULL").await, 0);
        let before = portal.lines("SELECT before AS line FROM audit_events WHERE action = 'resource.deleted'").await;
        assert_eq!(serde_json::from_str::<Value>(&before[0]).expect("an object")["grants"], "1000+");
    }
}

/// So many keys that hold the role "sender" on the account.
async fn has_holders(portal: &crate::support::Portal, number: usize) {
    portal
        .sql(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {number}) \
             INSERT INTO api_keys (tenant_id, key_id, client_id, client_id_folded, name, name_folded, environment, hint, \
             created_at, created_by_kind, created_by, updated_at, expires_at, token_version, version) \
             SELECT t.id, 'k' || (10000000000 + n), 'key-' || (1000 + n), 'key-' || (1000 + n), '', '', 'live', '', \
             0, 'system', 'a test', 0, 9223372036854775807, 1, 1 FROM tenants t CROSS JOIN numbers WHERE t.slug = 'acme'"
        ))
        .await;
    portal
        .sql(&format!(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) \
             SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' FROM api_keys k \
             JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = 'sender' \
             JOIN resources n ON n.tenant_id = k.tenant_id AND n.path = '{A}'"
        ))
        .await;
}
