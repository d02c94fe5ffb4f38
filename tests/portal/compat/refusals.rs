//! What makes no sense is 400 with words, and leaves nothing behind.

use serde_json::{Value, json};

use super::{Provider, ROOT, manager, refused};
use crate::support::on_both;

/// What may be wrong with a key, and the words for it.
fn wrong() -> Vec<(Value, &'static str)> {
    let grants = |grant: Value| json!({ "name": "agent", "grants": [grant] });
    let tags = |tags: Value| json!({ "name": "agent", "grants": [], "tags": tags });
    let six: Vec<Value> = (0..6).map(|number| json!({ "key": format!("k{number}"), "value": "x" })).collect();
    let many = vec![json!({ "nrn": ROOT, "role_slug": "member" }); 101];
    let secret = format!("ks_live_4Jq9ZbT0kLw2_{}", "x".repeat(49));
    vec![
        (json!({ "name": " ", "grants": [] }), "name is empty."),
        (json!({ "name": "x".repeat(101), "grants": [] }), "longer than 100"),
        (json!({ "name": "a\nb", "grants": [] }), "line break"),
        (json!({ "name": secret, "grants": [] }), "holds a key"),
        (json!({ "name": 7, "grants": [] }), "of another type"),
        (json!("agent"), "of another type"),
        (grants(json!({ "nrn": ROOT, "role_slug": "account:admin" })), "There is no role “account:admin”."),
        (grants(json!({ "nrn": ROOT, "role_slug": "a\0b" })), "no slug of a role"),
        (grants(json!({ "nrn": ROOT, "role_id": 696_188_987 })), "There is no role with the id 696188987."),
        (grants(json!({ "nrn": ROOT, "role_id": "x" })), "of another type"),
        (grants(json!({ "nrn": ROOT, "role_slug": "member", "role_id": 1 })), "are those of two roles."),
        (grants(json!({ "nrn": ROOT })), "A grant names a role"),
        (grants(json!({ "role_slug": "member" })), "missing"),
        (
            grants(json!({ "nrn": "organization=1:account=2", "role_slug": "member" })),
            "There is no resource “organization=1:account=2”.",
        ),
        (grants(json!({ "nrn": "acme", "role_slug": "member" })), "no path of a resource"),
        (grants(json!({ "nrn": ROOT, "actions": ["application:read"] })), "actions and inherits are not known"),
        (
            grants(json!({ "nrn": ROOT, "role_slug": "member", "inherits": ["ops"] })),
            "actions and inherits are not known",
        ),
        (json!({ "name": "agent", "grants": many }), "100 grants"),
        (tags(json!(six)), "A key can have 5 tags."),
        (tags(json!([{ "key": "env", "value": "a" }, { "key": "Env", "value": "b" }])), "two tags with the key env"),
        (tags(json!([{ "key": "env" }])), "missing"),
        (tags(json!([{ "key": "e v", "value": "a" }])), "The key of a tag"),
        (tags(json!([{ "key": "env", "value": "" }])), "The value of the tag env"),
        (tags(json!([{ "key": "env", "value": secret }])), "A tag holds a key"),
    ]
}

on_both! {
    async fn what_makes_no_sense_is_told_and_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let id = provider.makes("agent").await;
        let before = portal.dump().await;
        for (body, words) in wrong() {
            refused(&provider.creates(&body).await, 400, words);
            refused(&provider.changes(id, &body).await, 400, words);
        }
        refused(&provider.creates(&json!({ "grants": [] })).await, 400, "name is missing.");
        assert_eq!(portal.dump().await, before);
    }

    async fn what_is_no_number_is_no_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = manager(&portal, &mut ada).await;
        let provider = Provider::with(&portal, &key).await;
        for id in [key.key_id.as_str(), "0", "-1", "1.0", "x", "9223372036854775807", "9223372036854775808", "%00", "1%20"] {
            let path = format!("/api_key/{id}");
            refused(&provider.asks(reqwest::Method::GET, &path, None).await, 404, "There is nothing at this address.");
            refused(&provider.asks(reqwest::Method::PATCH, &path, Some(&json!({}))).await, 404, "There is nothing at this address.");
            refused(&provider.asks(reqwest::Method::DELETE, &path, None).await, 404, "There is nothing at this address.");
        }
    }
}
