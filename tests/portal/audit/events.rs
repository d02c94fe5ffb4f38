//! Each action leaves its event: who, what, when, from where, how it was and how it became.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Portal, on_both};

on_both! {
    async fn setting_up_is_recorded_from_the_first_moment_on(portal: Portal) {
        portal.set_up_acme().await;
        let installation = events(&portal, "chain_id = 0").await;
        assert_eq!(installation.len(), 1);
        assert_eq!((&installation[0]["action"], &installation[0]["actor_kind"]), (&json!("installation.created"), &json!("system")));
        let acme = events(&portal, "chain_id <> 0").await;
        let actions: Vec<&str> = acme.iter().filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(actions, ["tenant.created", "signing_key.created", "user.created", "grant.created"]);
        for event in &acme {
            assert_eq!((&event["actor_kind"], &event["actor"]), (&json!("shell"), &json!("keystead init")));
            assert_eq!(event["at"], "1795444320000000");
        }
        assert_eq!((&acme[0]["target"], object(&acme[0]["after"])), (&json!("Acme Works"), json!({ "slug": "acme" })));
        assert_eq!(object(&acme[2]["after"]), json!({ "name": "Ada Lovelace", "email": "ada@acme.example" }));
        assert_eq!(object(&acme[3]["after"]), json!({ "role": "admin", "resource": "organization=acme" }));
    }

    async fn the_life_of_a_key_is_recorded_with_who_what_and_from_where(portal: Portal) {
        let mut ada = portal.ada().await;
        let form = ada.get("/api-keys/new").await;
        portal.clock.forward(60);
        let fields = [("intent", &form.field("intent")[..]), ("client_id", "billing-sync"), ("name", "Billing"), ("expiry", "30")];
        let shown = ada.post("/api-keys/new", &fields).await.is(200);
        let secret = shown.element("secret");
        ada.post(&format!("/api-keys/{}/credential", &secret[8..20]), &[("saved", "on")]).await;
        portal.clock.forward(60);
        let deleted = ada.post(&format!("/api-keys/{}/delete", &secret[8..20]), &[]).await;
        let events = events(&portal, "target_kind = 'api_key'").await;
        let hint = format!("ks_live_{}…{}", &secret[8..12], &secret[66..]);
        let facts = json!({ "client_id": "billing-sync", "name": "Billing", "hint": hint, "expires_at": "2026-12-23T14:33:00.000000Z" });
        let (mut after, mut before) = (facts.clone(), facts);
        after["environment"] = json!("live");
        before["tags"] = json!([]);
        before["grants"] = json!([]);
        let expected = [
            ("api_key.created", &shown, "1795444380000000", Value::Null, after),
            ("api_key.deleted", &deleted, "1795444440000000", before, Value::Null),
        ];
        assert_eq!(events.len(), expected.len());
        let ada = portal.number("SELECT id FROM users").await;
        for (event, (action, page, at, before, after)) in events.iter().zip(expected) {
            assert_eq!((&event["action"], &event["outcome"], &event["at"]), (&json!(action), &json!("allowed"), &json!(at)));
            assert_eq!((&event["actor_kind"], &event["actor_id"], &event["actor"]), (&json!("user"), &json!(ada.to_string()), &json!("ada@acme.example")));
            assert_eq!((&event["target_id"], &event["target"]), (&json!(secret[8..20]), &json!("billing-sync")));
            assert_eq!((&event["address"], &event["request_id"]), (&json!("127.0.0.1"), &json!(page.header("x-request-id"))), "{action}");
            assert_eq!((object(&event["before"]), object(&event["after"])), (before, after), "{action}");
        }
    }

    async fn signing_in_and_out_is_recorded(portal: Portal) {
        portal.set_up_acme().await;
        let mut ada = portal.visitor();
        ada.get("/login").await;
        ada.post("/login", &[("email", "ada@acme.example"), ("password", "wrong wrong wrong"), ("next", "")]).await.is(422);
        let signed_in = ada.signs_in("Ada@ACME.example", PASSWORD).await.is(303);
        ada.get("/api-keys").await;
        let signed_out = ada.post("/logout", &[]).await.redirects_to("/login");
        let events = events(&portal, "action LIKE 'session.%'").await;
        let actions: Vec<&str> = events.iter().filter_map(|event| event["action"].as_str()).collect();
        assert_eq!(actions, ["session.created", "session.ended"]);
        for (event, page) in events.iter().zip([signed_in, signed_out]) {
            assert_eq!((&event["actor"], &event["address"]), (&json!("ada@acme.example"), &json!("127.0.0.1")));
            assert_eq!(event["request_id"], page.header("x-request-id"));
        }
    }

    async fn what_is_refused_or_only_looked_at_leaves_no_event(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let before = portal.number("SELECT COUNT(*) FROM audit_events").await;
        let intent = ada.intent();
        ada.posts_key(&intent, "billing-sync").await.is(409);
        ada.posts_key(&intent, "no good").await.is(422);
        ada.post("/api-keys/000000000000/delete", &[]).await.is(404);
        ada.post_exactly(&key.path("delete"), &[("csrf", "made up")]).await.is(403);
        ada.get("/audit").await.is(200);
        portal.verify(&key.secret).await;
        portal.token_for(&key).await.is(200);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events").await, before);
    }

    async fn the_address_behind_a_trusted_proxy_is_recorded(portal: Portal) {
        portal.set_up_acme().await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        let mut ada = behind.visitor();
        ada.get("/login").await;
        let csrf = ada.csrf.clone();
        let request = ada.request(reqwest::Method::POST, "/login").header("sec-fetch-site", "same-origin").header("x-forwarded-for", "198.51.100.1, 2001:db8::7");
        let fields = [("csrf", csrf.as_str()), ("email", "ada@acme.example"), ("password", PASSWORD), ("next", "")];
        ada.send(request.form(&fields)).await.is(303);
        assert_eq!(events(&portal, "action = 'session.created'").await[0]["address"], "2001:db8::7");
    }
}

/// Events as objects of texts, oldest first.
async fn events(portal: &Portal, which: &str) -> Vec<Value> {
    const COLUMNS: [&str; 13] = [
        "at",
        "actor_kind",
        "actor_id",
        "actor",
        "action",
        "outcome",
        "target_kind",
        "target_id",
        "target",
        "address",
        "request_id",
        "before",
        "after",
    ];
    let object = if portal.is_on_postgres() { "jsonb_build_object" } else { "json_object" };
    let pairs = COLUMNS.map(|column| format!("'{column}', CAST({column} AS TEXT)")).join(", ");
    let query = format!(
        "SELECT CAST({object}({pairs}) AS TEXT) AS line FROM audit_events WHERE {which} ORDER BY chain_id, seq"
    );
    portal.lines(&query).await.iter().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

/// A text that is an object, or nothing.
fn object(text: &Value) -> Value {
    text.as_str().map_or(Value::Null, |text| serde_json::from_str(text).expect("an object"))
}
