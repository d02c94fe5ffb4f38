//! The last use of a key: noted during a check, written afterwards, and in the list from then on.

use keystead::access::TenantScope;
use keystead::usage::LastUses;
use serde_json::json;

use crate::support::{Key, Portal, on_both};

on_both! {
    async fn a_check_writes_nothing_by_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let before = without_last_uses(&portal).await;
        for _ in 0..3 {
            assert_eq!(portal.verify(&key.secret).await, "VALID");
            assert_eq!(portal.verify(&dead.secret).await, "DELETED");
            assert_eq!(portal.verify(&key.wrong_secret()).await, "UNKNOWN");
            portal.token_for(&key).await.is(200);
            portal.token_for(&dead).await.is(401);
        }
        assert_eq!(without_last_uses(&portal).await, before);
    }

    async fn a_last_use_is_in_the_list_once_it_is_written(portal: Portal) {
        let mut ada = portal.ada().await;
        let (used, unused) = (ada.makes_key("used").await, ada.makes_key("unused").await);
        let uses = LastUses::default();
        note(&portal, &uses, &used).await;
        ada.get("/api-keys").await.row("data-client-id=\"used\"").says("Never used");
        uses.write(&portal.inner.db).await.expect("it is written");
        ada.get("/api-keys").await.row("data-client-id=\"used\"").says("just now").says("Active").says_nothing_of("Never");
        portal.clock.forward(180);
        ada.get("/api-keys").await.row("data-client-id=\"used\"").says("3 minutes ago");
        ada.get(&used.path("")).await.says("3 minutes ago").says("23 Nov 2026, 14:32 UTC");
        ada.get(&used.path("delete")).await.says("3 minutes ago");
        ada.get("/api-keys").await.row("data-client-id=\"unused\"").says("Never used");
        ada.get(&unused.path("delete")).await.says("Last used Never");
    }

    async fn the_latest_use_stays_whoever_writes_last(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (early, late) = (LastUses::default(), LastUses::default());
        note(&portal, &early, &key).await;
        portal.clock.forward(600);
        note(&portal, &late, &key).await;
        for uses in [&late, &early] {
            uses.write(&portal.inner.db).await.expect("it is written");
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_uses WHERE used_at > 0").await, 1);
        assert_eq!(portal.number("SELECT used_at FROM api_key_uses").await, portal.inner.clock.now().micros());
        ada.get("/api-keys").await.row("data-client-id=\"billing-sync\"").says("just now");
    }

    async fn what_cannot_be_written_is_kept_for_the_next_time(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let uses = LastUses::default();
        note(&portal, &uses, &key).await;
        portal.sql("ALTER TABLE api_key_uses RENAME TO uses_gone").await;
        uses.write(&portal.inner.db).await.expect_err("there is no table");
        portal.sql("ALTER TABLE uses_gone RENAME TO api_key_uses").await;
        uses.write(&portal.inner.db).await.expect("it is written");
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_uses WHERE used_at > 0").await, 1);
    }

    async fn a_portal_that_stops_writes_what_it_noted(portal: Portal) {
        let mut ada = portal.ada().await;
        let (checked, exchanged, refused) = (ada.makes_key("checked").await, ada.makes_key("exchanged").await, ada.makes_key("refused").await);
        let other = portal.restarted(&[]);
        let ask = json!({ "key": checked.secret, "ip": "203.0.113.7" });
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

/// Notes a use of the key now.
async fn note(portal: &Portal, uses: &LastUses, key: &Key) {
    let id = portal.number(&format!("SELECT id FROM api_keys WHERE key_id = '{}'", key.key_id)).await;
    let tenant = portal.number(&format!("SELECT tenant_id FROM api_keys WHERE key_id = '{}'", key.key_id)).await;
    uses.note(TenantScope::from_row(tenant), id, portal.inner.clock.now(), None);
}

/// All tables but the one that a task writes now and then.
async fn without_last_uses(portal: &Portal) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut dump = portal.dump().await;
    dump.remove("api_key_uses");
    dump
}
