//! The last use of a key: noted during a check, written afterwards, and in the list from then on.

use keystead::usage::{Call, Recorder};
use serde_json::json;

use crate::support::{Portal, on_both};

const FROM: &str = "203.0.113.7";

on_both! {
    async fn a_check_writes_nothing_by_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let before = without_uses(&portal).await;
        for _ in 0..3 {
            assert_eq!(portal.verify(&key.secret).await, "VALID");
            assert_eq!(portal.verify(&dead.secret).await, "DELETED");
            assert_eq!(portal.verify(&key.wrong_secret()).await, "UNKNOWN");
            portal.token_for(&key).await.is(200);
            portal.token_for(&dead).await.is(401);
        }
        assert_eq!(without_uses(&portal).await, before);
    }

    async fn a_last_use_is_in_the_list_once_it_is_written(portal: Portal) {
        let mut ada = portal.ada().await;
        let (used, unused) = (ada.makes_key("used").await, ada.makes_key("unused").await);
        let node = Recorder::default();
        node.note(&portal.call(&used, "VALID", FROM).await);
        ada.get("/api-keys").await.row("data-client-id=\"used\"").says("Never used");
        portal.writes(&node).await;
        ada.get("/api-keys").await.row("data-client-id=\"used\"").says("just now").says("Active").says_nothing_of("Never");
        portal.clock.forward(180);
        ada.get("/api-keys").await.row("data-client-id=\"used\"").says("3 minutes ago");
        ada.get(&used.path("")).await.says("3 minutes ago").says("23 Nov 2026, 14:32 UTC");
        ada.get(&used.path("delete")).await.says("3 minutes ago");
        ada.get("/api-keys").await.row("data-client-id=\"unused\"").says("Never used");
        ada.get(&unused.path("delete")).await.says("Last used Never");
    }

    async fn the_first_and_the_last_use_stay_whoever_writes_last(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (early, late) = (Recorder::default(), Recorder::default());
        early.note(&portal.call(&key, "VALID", FROM).await);
        portal.clock.forward(600);
        late.note(&portal.call(&key, "VALID", "203.0.113.8").await);
        for node in [&late, &early] {
            portal.writes(node).await;
        }
        let uses = "SELECT first_address || ' ' || address || ' ' || CAST(used_at - first_used_at AS TEXT) AS line \
                    FROM api_key_uses WHERE used_at > 0";
        assert_eq!(portal.lines(uses).await, ["203.0.113.7 203.0.113.8 600000000"]);
        let secret = "SELECT address || ' ' || CAST(calls AS TEXT) AS line FROM api_key_secret_uses";
        assert_eq!(portal.lines(secret).await, ["203.0.113.8 2"]);
        ada.get("/api-keys").await.row("data-client-id=\"billing-sync\"").says("just now");
    }

    async fn each_secret_has_its_own_last_use(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let node = Recorder::default();
        let old = portal.call(&key, "VALID", FROM).await;
        portal.sql("INSERT INTO api_key_secrets (tenant_id, api_key_id, mac, pepper_version, hint, created_at, created_by, ends_at) \
                    SELECT tenant_id, api_key_id, mac, pepper_version, 'new', created_at, created_by, ends_at FROM api_key_secrets").await;
        let new = portal.call(&key, "VALID", "203.0.113.8").await;
        assert_ne!(old.secret, new.secret);
        for call in [old, new, new, Call { code: "ROTATED", ..old }] {
            node.note(&call);
        }
        portal.writes(&node).await;
        let secrets = "SELECT address || ' ' || CAST(calls AS TEXT) AS line FROM api_key_secret_uses ORDER BY secret_id";
        assert_eq!(portal.lines(secrets).await, ["203.0.113.7 1", "203.0.113.8 2"]);
    }

    async fn a_portal_that_stops_writes_what_it_noted(portal: Portal) {
        let mut ada = portal.ada().await;
        let (checked, exchanged, refused) = (ada.makes_key("checked").await, ada.makes_key("exchanged").await, ada.makes_key("refused").await);
        let other = portal.restarted(&[]);
        let ask = json!({ "key": checked.secret, "ip": FROM });
        other.verify_with(&ask).await.is(200);
        other.token_for(&exchanged).await.is(200);
        other.verify(&refused.wrong_secret()).await;
        other.token("acme", "another", &refused.secret).await.is(401);
        let insufficient = json!({ "key": refused.secret, "permission": "invoices:read" });
        assert_eq!(other.verify_with(&insufficient).await.is(200).json()["code"], "INSUFFICIENT_PERMISSION");
        drop(other);
        let from = "SELECT k.client_id || ' ' || COALESCE(u.address, 'somewhere') AS line \
                    FROM api_key_uses u JOIN api_keys k ON k.id = u.api_key_id WHERE u.used_at > 0 ORDER BY 1";
        assert_eq!(portal.lines(from).await, ["checked 203.0.113.7", "exchanged 127.0.0.1"]);
        let page = ada.get("/api-keys").await;
        page.row("data-client-id=\"checked\"").says("just now");
        page.row("data-client-id=\"refused\"").says("Never used");
    }
}

/// All tables but those that a task writes now and then.
async fn without_uses(portal: &Portal) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut dump = portal.dump().await;
    dump.retain(|table, _| !table.starts_with("usage_") && !table.ends_with("_uses") && table != "dead_key_calls");
    dump
}
