//! What a change leaves as it is.

use serde_json::json;

use super::{Provider, ROOT, manager};
use crate::support::on_both;

on_both! {
    async fn what_is_answered_may_be_sent_back(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let body = json!({ "name": "agent", "grants": [{ "nrn": ROOT, "role_slug": "developer" }], "tags": [{ "key": "team", "value": "a" }] });
        let id = provider.creates(&body).await.is(201).json()["id"].as_i64().expect("a number");
        let read = provider.reads(id).await.is(200).json();
        provider.changes(id, &read).await.is(200);
        assert_eq!(provider.reads(id).await.is(200).json()["grants"], read["grants"]);
    }

    async fn what_is_not_said_stays_as_it_is(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("sender", &["invoices:write"]).await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let grants = json!([{ "nrn": ROOT, "role_slug": "sender" }]);
        let made = provider.creates(&json!({ "name": "agent", "grants": grants, "tags": [{ "key": "env", "value": "prod" }] })).await.is(201).json();
        let id = made["id"].as_i64().expect("a number");
        portal.sql("UPDATE api_keys SET allowed_addresses = '198.51.100.0/24', rate_limits = '2/day/2' WHERE client_id = 'agent'").await;
        let before = provider.reads(id).await.is(200).json();
        portal.clock.forward(60);
        for nothing in [json!({}), json!({ "name": null, "tags": null, "grants": null }), json!({ "owner_id": 7, "masked_api_key": "x", "id": 3 })] {
            assert_eq!(provider.changes(id, &nothing).await.is(200).json(), before);
        }
        for (change, field) in [(json!({ "name": "agent 2" }), "name"), (json!({ "tags": [] }), "tags"), (json!({ "grants": [] }), "grants")] {
            let changed = provider.changes(id, &change).await.is(200).json();
            assert_eq!(changed[field], change[field]);
        }
        let after = provider.reads(id).await.is(200).json();
        for field in ["client_id", "masked_api_key", "expires_at", "created_at", "owner_id"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        let kept = "SELECT allowed_addresses || ' ' || rate_limits AS line FROM api_keys WHERE client_id = 'agent'";
        assert_eq!(portal.lines(kept).await, ["198.51.100.0/24 2/day/2"]);
    }

    async fn a_role_may_be_named_by_its_number(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let role = portal.number("SELECT id FROM roles WHERE slug = 'manage-api-credentials'").await;
        let member = portal.number("SELECT id FROM roles WHERE slug = 'member'").await;
        for (number, slug) in [(json!(role), "manage-api-credentials"), (json!(role.to_string()), "manage-api-credentials"), (json!(member), "member")] {
            let made = provider.creates(&json!({ "name": "agent", "grants": [{ "nrn": ROOT, "role_id": number }] })).await.is(201).json();
            assert_eq!(made["grants"][0]["role_slug"], slug);
        }
    }

    async fn the_same_tag_or_grant_twice_is_one(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let (tag, grant) = (json!({ "key": "env", "value": "prod" }), json!({ "nrn": ROOT, "role_slug": "member" }));
        let made = provider.creates(&json!({ "name": "agent", "grants": [grant, grant], "tags": [tag, { "key": "ENV", "value": "prod" }] })).await.is(201).json();
        assert_eq!((made["grants"].as_array().map(Vec::len), &made["tags"]), (Some(1), &json!([tag])));
    }
}
