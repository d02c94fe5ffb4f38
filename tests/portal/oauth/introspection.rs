//! `POST /{tenant}/oauth2/introspect` (RFC 7662).

use serde_json::{Value, json};

use super::refused;
use crate::support::{Answer, Key, Portal, Visitor, on_both};

const INVOICES: &str = "organization=acme:application=invoices";
const INACTIVE: &str = "{\"active\":false}";

/// A key that may introspect all of Acme's tokens.
async fn checker(portal: &Portal, ada: &mut Visitor<'_>) -> Key {
    let key = ada.makes_key("checker").await;
    portal.gives(&key, "ci", "organization=acme").await;
    key
}

async fn asks(portal: &Portal, caller: &Key, form: &[(&str, &str)]) -> Answer {
    let request = portal.client.post(portal.url("/acme/oauth2/introspect"));
    Answer::of(request.basic_auth(&caller.client_id, Some(&caller.secret)).form(form)).await
}

async fn says(portal: &Portal, caller: &Key, token: &str) -> Value {
    asks(portal, caller, &[("token", token)]).await.is(200).json()
}

#[track_caller]
fn is_inactive(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, INACTIVE));
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
}

on_both! {
    async fn rfc_7662_2_2_a_good_token_is_described(portal: Portal) {
        let mut ada = portal.ada().await;
        let (caller, key) = (checker(&portal, &mut ada).await, ada.makes_key("billing-sync").await);
        portal.has_role("sender", &["invoices:write", "invoices:read"]).await;
        portal.gives(&key, "sender", "organization=acme").await;
        let answer = asks(&portal, &caller, &[("token", &portal.token_for(&key).await.access_token()), ("token_type_hint", "refresh_token")]).await;
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        let (mut said, issuer) = (answer.is(200).json(), portal.url("/acme"));
        assert_eq!(said["jti"].take().as_str().map(str::len), Some(22));
        assert_eq!(said, json!({
            "active": true, "client_id": "billing-sync", "key_id": key.key_id, "token_type": "Bearer", "scope": "invoices:read invoices:write",
            "grants": [{ "resource": "organization=acme", "role": "sender", "permissions": ["invoices:read", "invoices:write"] }],
            "iss": issuer, "sub": "client:acme/billing-sync", "aud": issuer, "iat": 1_795_444_315, "nbf": 1_795_444_315, "exp": 1_795_444_620, "jti": null,
        }));
    }

    async fn a_key_itself_is_described_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let (caller, key) = (checker(&portal, &mut ada).await, ada.makes_key("billing-sync").await);
        let said = says(&portal, &caller, &key.secret).await;
        let end = portal.number("SELECT expires_at / 1000000 FROM api_keys WHERE client_id = 'billing-sync'").await;
        assert_eq!(said, json!({
            "active": true, "client_id": "billing-sync", "key_id": key.key_id, "grants": [],
            "iss": portal.url("/acme"), "sub": "client:acme/billing-sync", "iat": 1_795_444_320, "exp": end,
        }));
    }

    async fn rfc_7662_2_2_whatever_is_not_good_is_the_same_bytes(portal: Portal) {
        let mut ada = portal.ada().await;
        let caller = checker(&portal, &mut ada).await;
        let keys = ["deleted", "disabled", "expired", "changed"];
        let mut made = Vec::new();
        for client_id in keys {
            let key = ada.makes_key(client_id).await;
            made.push((portal.token_for(&key).await.access_token(), key));
        }
        ada.post(&made[0].1.path("delete"), &[("confirm", "deleted")]).await.redirects_to("/api-keys");
        ada.post(&made[1].1.path("disable"), &[]).await.is(303);
        portal.sql("UPDATE api_keys SET expires_at = 1 WHERE client_id = 'expired'").await;
        portal.sql("UPDATE api_keys SET token_version = token_version + 1 WHERE client_id = 'changed'").await;
        let gwens = portal.globex().await.makes_key("globex-key").await;
        let foreign = portal.token("globex", "globex-key", &gwens.secret).await.access_token();
        let mut dead = vec![gwens.secret.clone(), foreign, caller.wrong_secret(), "a.b.c".into(), "nonsense".into(), "ks_live_x".into()];
        dead.extend(made.iter().map(|(token, _)| token.clone()));
        dead.extend(made[..3].iter().map(|(_, key)| key.secret.clone()));
        for token in &dead {
            is_inactive(&asks(&portal, &caller, &[("token", token)]).await);
        }
        let late = portal.token_for(&caller).await.access_token();
        assert_eq!(says(&portal, &caller, &late).await["active"], true);
        portal.clock.forward(300);
        is_inactive(&asks(&portal, &caller, &[("token", &late)]).await);
    }

    async fn questions_count_against_the_limits_of_the_callers_key_whatever_the_token_is(portal: Portal) {
        let mut ada = portal.ada().await;
        let (caller, key) = (checker(&portal, &mut ada).await, ada.makes_key("billing-sync").await);
        portal.sql("UPDATE api_keys SET rate_limits = '4/day/4' WHERE client_id = 'checker'").await;
        assert_eq!(asks(&portal, &caller, &[("token", &key.secret)]).await.is(200).header("ratelimit"), "\"day\";r=3;t=21600");
        for token in ["nonsense", "a.b.c", &key.wrong_secret()] {
            is_inactive(&asks(&portal, &caller, &[("token", token)]).await);
        }
        for token in [&key.secret, "nonsense", "a.b.c", &key.wrong_secret()] {
            let (answer, asked) = portal.asks(asks(&portal, &caller, &[("token", token)])).await;
            let answer = answer.is(429);
            assert_eq!((answer.json()["error"].as_str(), answer.header("retry-after")), (Some("temporarily_unavailable"), "21600"));
            assert_eq!(answer.header("ratelimit"), "\"day\";r=0;t=21600");
            // The caller is looked up, and the token is not.
            assert_eq!(asked.iter().filter(|asked| asked.contains("api_key_secrets")).count(), 1, "{asked:?}");
        }
        ada.get(&caller.path("delete")).await.is(200);
        let refused = "SELECT CAST(SUM(calls) AS BIGINT) FROM usage_hours WHERE code = 'RATE_LIMITED'";
        assert_eq!(portal.number(refused).await, 4);
    }

    async fn a_text_with_something_around_the_key_is_not_active(portal: Portal) {
        let mut ada = portal.ada().await;
        let (caller, key) = (checker(&portal, &mut ada).await, ada.makes_key("billing-sync").await);
        for text in [format!("Bearer {}", key.secret), format!("\"{}\"", key.secret), format!("{} ", key.secret)] {
            is_inactive(&asks(&portal, &caller, &[("token", &text)]).await);
        }
    }

    async fn the_ip_may_have_a_port_or_brackets(portal: Portal) {
        let mut ada = portal.ada().await;
        let (caller, key) = (checker(&portal, &mut ada).await, ada.makes_key("billing-sync").await);
        portal.sql("UPDATE api_keys SET allowed_addresses = '198.51.100.0/24 2001:db8:7::/48' WHERE client_id = 'billing-sync'").await;
        for (ip, is_active) in [("198.51.100.7:4711", true), ("[2001:db8:7::1]:4711", true), ("[2001:db8:8::1]", false)] {
            let answer = asks(&portal, &caller, &[("token", &key.secret), ("ip", ip)]).await.is(200);
            assert_eq!(answer.json()["active"], is_active, "{ip}");
        }
        refused(&asks(&portal, &caller, &[("token", &key.secret), ("ip", "home")]).await, 400, "invalid_request");
    }

    async fn rfc_7662_2_1_who_may_introspect_is_a_permission(portal: Portal) {
        let mut ada = portal.ada().await;
        let caller = checker(&portal, &mut ada).await;
        let key = ada.makes_key("billing-sync").await;
        let answer = asks(&portal, &key, &[("token", &key.secret)]).await.is(403);
        assert_eq!(answer.json()["error"], "insufficient_scope");
        assert!(answer.header("www-authenticate").contains("scope=\"tokens:introspect\""));
        let wrong = Key { secret: key.wrong_secret(), ..key.clone() };
        refused(&asks(&portal, &wrong, &[("token", &key.secret)]).await, 401, "invalid_client");
        let nobody = Answer::of(portal.client.post(portal.url("/acme/oauth2/introspect")).form(&[("token", &key.secret)])).await;
        refused(&nobody, 401, "invalid_client");
        for bearer in [caller.secret.clone(), portal.token_for(&caller).await.access_token()] {
            let request = portal.client.post(portal.url("/acme/oauth2/introspect")).bearer_auth(&bearer);
            assert_eq!(Answer::of(request.form(&[("token", &key.secret)])).await.is(200).json()["active"], true);
        }
        // Whoever was given a token for their own use cannot act in the name of the client with it.
        let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth("checker", Some(&caller.secret));
        let form = [("grant_type", "client_credentials"), ("resource", "https://orders.acme.example")];
        let foreign = Answer::of(request.form(&form)).await.access_token();
        for bearer in ["a.b.c", "ks_live_x", &key.wrong_secret(), &foreign] {
            let request = portal.client.post(portal.url("/acme/oauth2/introspect")).bearer_auth(bearer);
            let answer = Answer::of(request.form(&[("token", &key.secret)])).await.is(401);
            assert_eq!((&answer.json()["error"], answer.header("www-authenticate")), (&json!("invalid_token"), "Bearer realm=\"acme\", error=\"invalid_token\""));
        }
        ada.post(&caller.path("disable"), &[]).await.is(303);
        refused(&asks(&portal, &caller, &[("token", &key.secret)]).await, 401, "invalid_client");
    }

    async fn rfc_7662_4_whoever_introspects_one_resource_learns_nothing_of_others(portal: Portal) {
        let mut ada = portal.ada().await;
        let (caller, key, none) = (ada.makes_key("checker").await, ada.makes_key("billing-sync").await, ada.makes_key("none").await);
        portal.has_resource(INVOICES).await;
        portal.has_resource("organization=acme:application=orders").await;
        portal.has_role("reader", &["invoices:read"]).await;
        portal.has_role("sender", &["orders:write"]).await;
        portal.gives(&caller, "ci", INVOICES).await;
        portal.gives(&key, "sender", "organization=acme:application=orders").await;
        for token in [&key.secret, &none.secret] {
            is_inactive(&asks(&portal, &caller, &[("token", token)]).await);
        }
        portal.gives(&key, "reader", "organization=acme").await;
        let said = says(&portal, &caller, &portal.token_for(&key).await.access_token()).await;
        assert_eq!(said["grants"], json!([{ "resource": INVOICES, "role": "reader", "permissions": ["invoices:read"] }]));
        assert_eq!(said["scope"], "invoices:read");
    }

    async fn a_key_of_certain_addresses_is_good_where_the_caller_says_it_came_from(portal: Portal) {
        let mut ada = portal.ada().await;
        let caller = checker(&portal, &mut ada).await;
        let key = ada.makes_key("billing-sync").await;
        portal.sql("UPDATE api_keys SET allowed_addresses = '198.51.100.0/24' WHERE client_id = 'billing-sync'").await;
        is_inactive(&asks(&portal, &caller, &[("token", &key.secret)]).await);
        is_inactive(&asks(&portal, &caller, &[("token", &key.secret), ("ip", "203.0.113.7")]).await);
        assert_eq!(asks(&portal, &caller, &[("token", &key.secret), ("ip", "198.51.100.7")]).await.json()["active"], true);
        refused(&asks(&portal, &caller, &[("token", &key.secret), ("ip", "home")]).await, 400, "invalid_request");
    }

    async fn a_request_that_makes_no_sense_is_refused(portal: Portal) {
        let caller = checker(&portal, &mut portal.ada().await).await;
        refused(&asks(&portal, &caller, &[]).await, 400, "invalid_request");
        refused(&asks(&portal, &caller, &[("token", "")]).await, 400, "invalid_request");
        let in_query = portal.client.post(portal.url("/acme/oauth2/introspect?token=a.b.c")).basic_auth("checker", Some(&caller.secret));
        refused(&Answer::of(in_query).await, 400, "invalid_request");
        let twice = portal.client.post(portal.url("/acme/oauth2/introspect")).basic_auth("checker", Some(&caller.secret));
        refused(&Answer::of(twice.form(&[("token", "a"), ("token", "b")])).await, 400, "invalid_request");
        Answer::of(portal.client.get(portal.url("/acme/oauth2/introspect"))).await.is(405);
        Answer::of(portal.client.post(portal.url("/nowhere/oauth2/introspect")).bearer_auth("a.b.c")).await.is(404);
    }
}
