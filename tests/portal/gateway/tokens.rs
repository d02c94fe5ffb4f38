//! Access tokens at a gateway: what they may do is decided by the key's grants of this moment.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{INVOICES, bearer, passes_as, refused};
use crate::support::{Answer, Key, Portal, on_both};

async fn token(portal: &Portal, key: &Key, more: &[(&str, &str)]) -> String {
    let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
    let form = [&[("grant_type", "client_credentials")], more].concat();
    Answer::of(request.form(&form)).await.access_token()
}

async fn asks(portal: &Portal, query: &str, token: &str) -> Answer {
    portal.passes(query, &[("authorization", &bearer(token))]).await
}

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).expect("base64")).expect("JSON")
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

on_both! {
    async fn a_token_of_ours_passes_until_its_time_is_over(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let token = token(&portal, &key, &[]).await;
        passes_as(&asks(&portal, "", &token).await, &key);
        portal.clock.forward(299);
        passes_as(&asks(&portal, "", &token).await, &key);
        portal.clock.forward(1);
        refused(&asks(&portal, "", &token).await, 401, "invalid_token");
    }

    async fn a_token_ends_with_its_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let (disabled, deleted) = (ada.makes_key("disabled").await, ada.makes_key("deleted").await);
        let of_disabled = token(&portal, &disabled, &[]).await;
        let of_deleted = token(&portal, &deleted, &[]).await;
        ada.post(&disabled.path("disable"), &[]).await.is(303);
        ada.post(&deleted.path("delete"), &[("confirm", "deleted")]).await.redirects_to("/api-keys");
        for token in [&of_disabled, &of_deleted] {
            refused(&asks(&portal, "", token).await, 401, "invalid_token");
        }
        ada.post(&disabled.path("enable"), &[]).await.is(303);
        refused(&asks(&portal, "", &of_disabled).await, 401, "invalid_token");
    }

    async fn a_token_of_another_tenant_is_none(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let token = token(&portal, &key, &[]).await;
        portal.globex().await;
        portal.passes_at("/globex/gateway/auth", &[("authorization", &bearer(&token))]).await.is(401);
        passes_as(&asks(&portal, "", &token).await, &key);
    }

    async fn a_role_that_is_given_or_taken_away_counts_at_once(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:write"]).await;
        let token = token(&portal, &key, &[]).await;
        let question = "?permission=invoices:write";
        refused(&asks(&portal, question, &token).await, 403, "insufficient_scope");
        portal.gives(&key, "sender", "organization=acme").await;
        passes_as(&asks(&portal, question, &token).await, &key);
        portal.sql("DELETE FROM role_permissions").await;
        refused(&asks(&portal, question, &token).await, 403, "insufficient_scope");
    }

    async fn a_narrowed_token_does_no_more_than_it_was_narrowed_to(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:*", "orders:read"]).await;
        portal.has_resource(INVOICES).await;
        portal.gives(&key, "sender", INVOICES).await;
        portal.gives(&key, "ops", "organization=acme").await;
        let narrow = token(&portal, &key, &[("scope", "invoices:read")]).await;
        let claims = part(&narrow, 1);
        assert_eq!((&claims["scope"], &claims["narrowed"]), (&json!("invoices:read"), &json!(true)));
        let of_sender = claims["grants"].as_array().and_then(|all| all.iter().find(|one| one["role"] == "sender")).expect("a grant");
        assert_eq!(of_sender["permissions"], json!(["invoices:read"]));
        for (permission, status) in [("invoices:read", 204), ("invoices:write", 403), ("orders:read", 403), ("api_keys:read", 403)] {
            let answer = asks(&portal, &format!("?permission={permission}&resource={INVOICES}"), &narrow).await;
            assert_eq!(answer.status.as_u16(), status, "{permission}");
        }
        let there = format!("?resource={INVOICES}");
        for (text, roles, permissions) in [(&narrow, "", "invoices:read"), (&key.secret, "ops,sender", "invoices:*,orders:read")] {
            let answer = asks(&portal, &there, text).await;
            let told = ["x-keystead-roles", "x-keystead-permissions"].map(|name| answer.header(name));
            assert_eq!(told, [roles, permissions], "a role stands for all that is in it");
        }
        let all_asked = token(&portal, &key, &[("scope", "invoices:* orders:read")]).await;
        refused(&asks(&portal, &format!("?permission=api_keys:read&resource={INVOICES}"), &all_asked).await, 403, "insufficient_scope");
        let whole = token(&portal, &key, &[]).await;
        assert_eq!(part(&whole, 1)["narrowed"], Value::Null);
        asks(&portal, &format!("?permission=api_keys:read&resource={INVOICES}"), &whole).await.is(204);
    }

    async fn rfc_9068_4_a_token_for_somebody_else_is_refused_where_the_gateway_says_who_it_is(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let own = token(&portal, &key, &[("resource", "https://invoices.acme.example")]).await;
        let other = token(&portal, &key, &[("resource", "https://orders.acme.example")]).await;
        let question = "?audience=https%3A%2F%2Finvoices.acme.example";
        passes_as(&asks(&portal, question, &own).await, &key);
        refused(&asks(&portal, question, &other).await, 403, "insufficient_scope");
        passes_as(&asks(&portal, "", &other).await, &key);
        // A key itself was made for nobody in particular.
        passes_as(&asks(&portal, question, &key.secret).await, &key);
    }

    async fn rfc_9068_4_what_was_not_signed_by_the_tenant_is_no_token(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let good = token(&portal, &key, &[]).await;
        let (head, claims, signature) = (part(&good, 0), part(&good, 1), good.split('.').nth(2).expect("three parts"));
        let with_head = |field: &str, value: Value| {
            let mut head = head.clone();
            head[field] = value;
            format!("{}.{}.{signature}", encoded(&head), encoded(&claims))
        };
        let mut later = claims.clone();
        later["exp"] = json!(i64::MAX);
        let mut flipped = good.clone().into_bytes();
        let last = flipped.len() - 10;
        flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
        for bad in [
            with_head("alg", json!("none")),
            format!("{}.{}.", encoded(&json!({ "alg": "none", "typ": "at+jwt", "kid": head["kid"] })), encoded(&claims)),
            with_head("alg", json!("HS256")),
            with_head("typ", json!("JWT")),
            with_head("kid", json!("other")),
            with_head("kid", Value::Null),
            with_head("jwk", json!({ "kty": "oct", "k": "AA" })),
            format!("{}.{}.{signature}", encoded(&head), encoded(&later)),
            String::from_utf8(flipped).expect("text"),
            "a.b.c".into(),
            "..".into(),
            format!("{good}{}", "A".repeat(9_000)),
        ] {
            refused(&asks(&portal, "", &bad).await, 401, "invalid_token");
        }
        passes_as(&asks(&portal, "", &good).await, &key);
    }
}
