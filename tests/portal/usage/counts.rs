//! What is counted: every check with a right secret, by its answer. Whoever guesses leaves no row.

use keystead::usage::{Call, Recorder};
use serde_json::json;

use crate::support::{Portal, on_both};

const TABLES: [&str; 6] =
    ["api_key_secret_uses", "usage_hours", "usage_days", "usage_addresses", "dead_key_calls", "api_key_uses"];

/// What is counted of each key, by the answer: `billing-sync VALID 3`.
async fn counts(portal: &Portal, table: &str) -> Vec<String> {
    portal
        .lines(&format!(
            "SELECT k.client_id || ' ' || c.code || ' ' || CAST(SUM(c.calls) AS TEXT) AS line FROM {table} c \
             JOIN api_keys k ON k.id = c.api_key_id AND k.tenant_id = c.tenant_id GROUP BY k.client_id, c.code ORDER BY 1"
        ))
        .await
}

on_both! {
    async fn an_address_is_one_caller_however_it_is_written(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let node = portal.restarted(&[]);
        for ip in ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107"] {
            node.verify_with(&json!({ "key": key.secret, "ip": ip })).await.is(200);
        }
        drop(node);
        let callers = "SELECT address || ' ' || CAST(calls AS TEXT) AS line FROM usage_addresses WHERE calls > 0";
        assert_eq!(portal.lines(callers).await, ["203.0.113.7 3"]);
    }

    async fn what_was_accepted_and_what_was_refused_is_counted_by_its_answer(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, late, gone) = (ada.makes_key("key").await, ada.makes_key("late").await, ada.makes_key("gone").await);
        portal.sql("UPDATE api_keys SET expires_at = 1 WHERE client_id = 'late'").await;
        ada.post(&gone.path("delete"), &[]).await.redirects_to("/api-keys");
        let node = portal.restarted(&[]);
        for _ in 0..2 {
            assert_eq!(node.verify(&key.secret).await, "VALID");
            assert_eq!(node.verify(&late.secret).await, "EXPIRED");
        }
        node.token_for(&key).await.is(200);
        node.token_for(&late).await.is(401);
        node.token_for(&gone).await.is(401);
        assert_eq!(node.verify(&gone.secret).await, "DELETED");
        let more = json!({ "key": key.secret, "permission": "invoices:read" });
        assert_eq!(node.verify_with(&more).await.json()["code"], "INSUFFICIENT_PERMISSION");
        let form = [("grant_type", "client_credentials"), ("scope", "invoices:read")];
        let asks = node.client.post(node.url("/acme/oauth2/token")).basic_auth("key", Some(&key.secret)).form(&form);
        assert_eq!(asks.send().await.expect("an answer").status().as_u16(), 400);
        drop(node);
        let expected = ["gone DELETED 2", "key INSUFFICIENT_PERMISSION 2", "key VALID 3", "late EXPIRED 3"];
        assert_eq!(counts(&portal, "usage_hours").await, expected);
        assert_eq!(counts(&portal, "usage_days").await, expected);
        assert_eq!(counts(&portal, "dead_key_calls").await, ["gone DELETED 2", "late EXPIRED 3"]);
        // An hour and a day are whole numbers since 1970.
        assert_eq!(portal.number("SELECT MAX(hour) FROM usage_hours").await, 498_734);
        assert_eq!(portal.number("SELECT MAX(day) FROM usage_days").await, 20_780);
        // What was refused is no use, and comes from nowhere.
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_uses WHERE used_at > 0").await, 1);
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_addresses").await, 3);
    }

    async fn guesses_leave_no_row(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.globex().await;
        let rows = async || {
            let mut rows = portal.dump().await;
            rows.retain(|table, _| TABLES.contains(&table.as_str()));
            rows
        };
        let before = rows().await;
        assert_eq!(before.len(), TABLES.len());
        let node = portal.restarted(&[]);
        assert_eq!(node.verify(&key.wrong_secret()).await, "UNKNOWN");
        assert_eq!(node.verify("ks_live_nonsense").await, "MALFORMED");
        let elsewhere = json!({ "key": key.secret, "tenant": "globex" });
        assert_eq!(node.verify_with(&elsewhere).await.json()["code"], "UNKNOWN");
        node.token("acme", "billing-sync", &key.wrong_secret()).await.is(401);
        node.token("acme", "another", &key.secret).await.is(401);
        node.token("globex", "billing-sync", &key.secret).await.is(401);
        drop(node);
        assert_eq!(rows().await, before);
    }

    async fn two_nodes_add_up(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let call = portal.call(&key, "VALID", "203.0.113.7").await;
        let refused = Call { code: "EXPIRED", ..call };
        for (accepted, dead) in [(2, 1), (3, 4)] {
            let node = Recorder::default();
            (0..accepted).for_each(|_| node.note(&call));
            (0..dead).for_each(|_| node.note(&refused));
            portal.writes(&node).await;
            // There is nothing left to be written twice.
            portal.writes(&node).await;
        }
        for table in ["usage_hours", "usage_days"] {
            assert_eq!(counts(&portal, table).await, ["billing-sync EXPIRED 5", "billing-sync VALID 5"], "{table}");
        }
        assert_eq!(portal.number("SELECT calls FROM usage_addresses").await, 5);
        assert_eq!(portal.number("SELECT calls FROM api_key_secret_uses").await, 5);
        assert_eq!(portal.number("SELECT calls FROM dead_key_calls").await, 5);
    }

    async fn a_hundred_addresses_of_a_key_are_told_apart_and_then_there_are_others(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let call = portal.call(&key, "VALID", "203.0.113.7").await;
        let from = |number: u8| Call { address: Some([10, 0, 0, number].into()), ..call };
        // Each node holds fewer than a hundred, and no two of them the same.
        for numbers in [0..80, 80..160] {
            let node = Recorder::default();
            numbers.for_each(|number| node.note(&from(number)));
            portal.writes(&node).await;
        }
        // Who is known stays known.
        let node = Recorder::default();
        node.note(&from(1));
        node.note(&Call { address: None, ..call });
        portal.writes(&node).await;
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_addresses WHERE address <> ''").await, 100);
        assert_eq!(portal.number("SELECT calls FROM usage_addresses WHERE address = ''").await, 61);
        assert_eq!(portal.number("SELECT calls FROM usage_addresses WHERE address = '10.0.0.1'").await, 2);
        // The next day begins anew.
        portal.was_called(&key, 2 * 86_400, "VALID", &["192.0.2.9"]).await;
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_addresses WHERE address = '192.0.2.9'").await, 1);
        ada.get(&key.path("")).await.says("Last 24 hours 162 accepted, from more than 100 addresses").says("from more than 101 addresses").says("And 91 more addresses.");
    }
}
