//! The life of a key as the Terraform provider leads it: create, read, update, delete.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Provider, ROOT, manager, refused};
use crate::support::on_both;

const MAIN: &str = "organization=acme:account=main";

/// Sorted by what it says, as the provider takes lists for sets.
fn set(list: &Value) -> Vec<String> {
    let mut words: Vec<String> = list.as_array().expect("a list").iter().map(Value::to_string).collect();
    words.sort_unstable();
    words
}

on_both! {
    async fn a_key_is_created_read_updated_and_deleted(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(MAIN).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;

        let asked = json!({
            "name": "Example API Key Name",
            "grants": [{ "nrn": MAIN, "role_slug": "sender" }, { "nrn": ROOT, "role_slug": "manage-api-credentials" }],
            "tags": [{ "key": "ownership", "value": "fintech" }, { "key": "terraform", "value": "true" }],
            "internal": false,
        });
        let made = provider.creates(&asked).await.is(201).json();
        let (id, secret) = (made["id"].as_i64().expect("a number"), made["api_key"].as_str().expect("a key").to_owned());
        assert_eq!(id, portal.number("SELECT id FROM api_keys WHERE client_id = 'example-api-key-name'").await);
        assert_eq!(portal.verify(&secret).await, "VALID");

        let read = provider.reads(id).await.is(200);
        assert!(!read.body.contains(&secret) && read.json().get("api_key").is_none(), "{}", read.body);
        let mut read = read.json();
        for (field, value) in made.as_object().expect("fields").iter().filter(|(field, _)| *field != "api_key") {
            assert_eq!(&read[field], value, "{field}");
        }
        let roles = portal.number("SELECT id FROM roles WHERE slug = 'sender'").await;
        assert!(set(&read["grants"]).contains(&json!({ "nrn": MAIN, "role_slug": "sender", "role_id": roles }).to_string()));
        assert_eq!(read["grants"].as_array().map(Vec::len), Some(2));
        assert_eq!(set(&read["tags"].take()), set(&asked["tags"]));
        let hint = portal.lines("SELECT hint AS line FROM api_keys WHERE client_id = 'example-api-key-name'").await.remove(0);
        let end = read["expires_at"].as_str().expect("an end");
        assert_eq!((&read["masked_api_key"], &read["name"], end), (&json!(hint), &json!("Example API Key Name"), "2027-02-21T14:32:00.000000Z"));
        assert_eq!((&read["owner_id"], &read["last_used_at"]), (&Value::Null, &Value::Null));
        assert_eq!((&read["created_at"], &read["updated_at"]), (&json!("2026-11-23T14:32:00.000000Z"), &json!("2026-11-23T14:32:00.000000Z")));

        portal.clock.forward(60);
        let changes = json!({ "name": "Renamed", "grants": [{ "nrn": MAIN, "role_slug": "sender" }], "tags": [{ "key": "terraform", "value": "yes" }] });
        let changed = provider.changes(id, &changes).await.is(200).json();
        assert_eq!(changed, provider.reads(id).await.is(200).json());
        assert_eq!((&changed["name"], &changed["tags"]), (&json!("Renamed"), &changes["tags"]));
        assert_eq!(changed["grants"], json!([{ "nrn": MAIN, "role_slug": "sender", "role_id": roles }]));
        assert_eq!((&changed["updated_at"], &changed["client_id"]), (&json!("2026-11-23T14:33:00.000000Z"), &json!("example-api-key-name")));
        assert_eq!(portal.verify(&secret).await, "VALID", "it is the same key");

        let gone = provider.deletes(id).await.is(204);
        assert_eq!(gone.body, "");
        assert_eq!(portal.verify(&secret).await, "DELETED");
        refused(&provider.reads(id).await, 404, "There is nothing at this address.");
        refused(&provider.deletes(id).await, 404, "There is nothing at this address.");
        refused(&provider.changes(id, &json!({ "name": "x" })).await, 404, "There is nothing at this address.");
    }

    async fn the_secret_is_in_one_answer_and_nowhere_else(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let made = provider.creates(&json!({ "name": "agent", "grants": [] })).await.is(201).json();
        let (id, secret) = (made["id"].as_i64().expect("a number"), made["api_key"].as_str().expect("a key").to_owned());
        let changed = provider.changes(id, &json!({ "name": "agent 2" })).await.is(200);
        assert!(!changed.body.contains(&secret) && changed.json().get("api_key").is_none());
        let dump = portal.dump().await;
        assert!(!format!("{dump:?}").contains(&secret));
    }

    async fn whoever_looks_at_the_pages_finds_a_key_like_any_other(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let id = provider.makes("Agent of the night").await;
        let list = ada.get("/api-keys").await.is(200).says("agent-of-the-night");
        list.says("Agent of the night");
        provider.changes(id, &json!({ "name": "Agent of the day" })).await.is(200);
        provider.deletes(id).await.is(204);
        let log = ada.get("/audit").await.is(200);
        let events = portal.lines("SELECT action || ' ' || actor_kind || ' ' || actor AS line FROM audit_events WHERE target = 'agent-of-the-night' ORDER BY seq").await;
        assert_eq!(events, ["api_key.created api_key terraform", "api_key.updated api_key terraform", "api_key.deleted api_key terraform"]);
        log.says("terraform");
    }

    async fn a_key_that_a_person_made_has_an_owner_and_a_last_use(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.was_called(&key, 60, "VALID", &["203.0.113.7"]).await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let id = portal.number("SELECT id FROM api_keys WHERE client_id = 'billing-sync'").await;
        let read = provider.reads(id).await.is(200).json();
        let owner = portal.number("SELECT id FROM users WHERE email = 'ada@acme.example'").await;
        assert_eq!((&read["owner_id"], &read["last_used_at"]), (&json!(owner), &json!("2026-11-23T14:31:00.000000Z")));
    }

    async fn the_key_itself_is_as_good_as_a_token(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = manager(&portal, &mut ada).await;
        let id = Provider::with(&portal, &key).await.makes("agent").await;
        let provider = Provider { portal: &portal, token: key.secret.clone() };
        provider.reads(id).await.is(200);
        provider.deletes(id).await.is(204);
    }

    async fn names_need_not_differ_and_client_ids_do(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        for name in ["AGENT", "agent", "Ä", "x", "!!!", "-", "123", &"long ".repeat(20), "Terraform"] {
            for _ in 0..2 {
                let made = provider.creates(&json!({ "name": name, "grants": [] })).await.is(201).json();
                assert_eq!(made["name"], name.trim());
                assert!(made["client_id"].as_str().is_some_and(|id| (3..=64).contains(&id.len())), "{made}");
            }
        }
    }

    async fn other_addresses_and_methods_answer_in_the_same_words(portal: Portal) {
        portal.set_up_acme().await;
        let provider = Provider { portal: &portal, token: "none".into() };
        for path in ["", "/", "/api_key/", "/api_keys", "/token/"] {
            refused(&provider.asks(Method::GET, path, None).await, 404, "There is nothing at this address.");
        }
        let answer = provider.asks(Method::GET, "/api_key", None).await;
        refused(&answer, 405, "This address answers POST.");
        assert_eq!(answer.header("allow"), "POST");
        let answer = provider.asks(Method::PUT, "/api_key/1", None).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "DELETE, GET, HEAD, PATCH"));
    }
}
