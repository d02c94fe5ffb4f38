//! What may be presented, and what is answered to the rest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;

use super::{bearer, passes_as, refused};
use crate::support::{Answer, on_both};

on_both! {
    async fn a_key_passes_as_bearer_token_by_basic_and_as_x_api_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let basic = format!("Basic {}", STANDARD.encode(format!("billing-sync:{}", key.secret)));
        for (name, value) in [("authorization", bearer(&key.secret)), ("authorization", basic), ("x-api-key", key.secret.clone())] {
            passes_as(&portal.passes("", &[(name, &value)]).await, &key);
        }
    }

    async fn a_gateway_may_ask_with_the_method_of_the_request_before_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "BREW"] {
            let method: Method = method.parse().expect("a method");
            let request = || portal.client.request(method.clone(), portal.url("/acme/gateway/auth")).body("of the request");
            passes_as(&Answer::of(request().bearer_auth(&key.secret)).await, &key);
            refused(&Answer::of(request()).await, 401, "");
        }
    }

    async fn rfc_6750_3_1_without_a_credential_no_error_is_named(portal: Portal) {
        portal.set_up_acme().await;
        let answer = portal.passes("", &[]).await;
        refused(&answer, 401, "");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"acme\"");
    }

    async fn rfc_6750_2_several_credentials_are_none(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let value = bearer(&key.secret);
        for second in [("x-api-key", key.secret.as_str()), ("authorization", "Bearer ks_live_x"), ("authorization", &value)] {
            refused(&portal.passes("", &[("authorization", &value), second]).await, 401, "invalid_token");
        }
    }

    async fn a_stranger_is_told_the_same_whatever_is_wrong(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let gwens = portal.globex().await.makes_key("globex-key").await;
        let unknown = portal.passes("", &[("x-api-key", &key.wrong_secret())]).await;
        refused(&unknown, 401, "invalid_token");
        for other in [&dead.wrong_secret(), &gwens.secret] {
            let answer = portal.passes("", &[("x-api-key", other)]).await;
            assert_eq!((answer.status, answer.header("www-authenticate")), (unknown.status, unknown.header("www-authenticate")));
        }
        let basic = format!("Basic {}", STANDARD.encode(format!("other-id:{}", key.secret)));
        refused(&portal.passes("", &[("authorization", &basic)]).await, 401, "invalid_token");
        refused(&portal.passes("", &[("authorization", "Digest x")]).await, 401, "invalid_token");
        let nowhere = portal.passes_at("/nowhere/gateway/auth", &[("x-api-key", &key.secret)]).await.is(401);
        assert_eq!(nowhere.header("www-authenticate"), unknown.header("www-authenticate").replace("acme", "nowhere"));
    }

    async fn what_cannot_be_a_key_is_told_why(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (text, words) in [
            (&key.secret[..60], "characters instead of"),
            ("billing-sync", "This looks like an API Client ID."),
            (&format!("\"{}\"", key.secret), "There are quotes around the key."),
            (&format!("API_KEY={}", key.secret), "the name of a variable"),
            (&format!("<{}>", key.secret), "There are brackets around the key."),
            (&format!("\u{feff}{}", key.secret), "an invisible character"),
            (&format!("{}\u{200b}", key.secret), "an invisible character"),
            (&key.secret.replace('_', r"\_"), "There are backslashes in the key."),
            (&key.secret.replace('_', "%5F"), "The key is percent-encoded"),
            ("undefined", "This is a placeholder"),
        ] {
            let answer = portal.passes("", &[("x-api-key", text)]).await;
            refused(&answer, 401, "invalid_token");
            let as_bearer = portal.passes("", &[("authorization", &bearer(text))]).await;
            assert_eq!(as_bearer.header("www-authenticate"), answer.header("www-authenticate"));
            assert!(answer.body.contains(words), "{text}: {}", answer.body);
            assert!(!answer.body.contains(&key.secret[8..]) && !answer.header("www-authenticate").contains(&key.secret[8..]));
        }
    }

    async fn a_key_that_is_sent_as_the_user_name_is_told_where_it_belongs(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:", key.secret)));
        let answer = portal.passes("", &[("authorization", &basic)]).await;
        refused(&answer, 401, "invalid_token");
        assert!(answer.body.contains("The key was sent as the user name."), "{}", answer.body);
        let nothing = portal.passes("", &[("authorization", "Bearer")]).await;
        refused(&nothing, 401, "invalid_token");
        assert!(nothing.body.contains("The key is empty."), "{}", nothing.body);
    }

    async fn rfc_9110_5_6_1_an_empty_header_is_no_credential(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let value = bearer(&key.secret);
        for headers in [
            [("authorization", ""), ("x-api-key", key.secret.as_str())],
            [("authorization", value.as_str()), ("x-api-key", "")],
            [("authorization", ""), ("authorization", &value)],
        ] {
            passes_as(&portal.passes("", &headers).await, &key);
        }
        refused(&portal.passes("", &[("authorization", ""), ("x-api-key", "")]).await, 401, "");
    }

    async fn whoever_holds_the_secret_of_a_dead_key_is_told_when_and_whom_to_ask(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.sql("UPDATE tenants SET contact = 'ops@acme.example' WHERE slug = 'acme'").await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("disable"), &[("reason", "moving house")]).await.is(303);
        let answer = portal.passes("", &[("x-api-key", &key.secret)]).await;
        refused(&answer, 401, "invalid_token");
        let words = "The key was disabled on 23 Nov 2026 at 14:32 UTC: moving house. Ask ops@acme.example.";
        assert!(answer.header("www-authenticate").contains(words), "{:?}", answer.headers);
        assert_eq!(answer.json()["detail"], words);
        ada.post(&key.path("enable"), &[]).await.is(303);
        passes_as(&portal.passes("", &[("x-api-key", &key.secret)]).await, &key);
        ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        let answer = portal.passes("", &[("x-api-key", &key.secret)]).await;
        assert!(answer.body.contains("The key was deleted on 23 Nov 2026"), "{}", answer.body);
    }

    async fn a_use_at_a_gateway_is_a_use(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        for value in [&key.secret, &token, &token] {
            portal.passes("", &[("authorization", &bearer(value))]).await.is(204);
        }
        portal.passes("?permission=invoices:read", &[("authorization", &bearer(&token))]).await.is(403);
        // The page writes what this node holds before it is shown.
        ada.get(&key.path("delete")).await.is(200);
        let hours = "SELECT code || ' ' || CAST(calls AS TEXT) AS line FROM usage_hours ORDER BY code";
        assert_eq!(portal.lines(hours).await, ["INSUFFICIENT_PERMISSION 1", "VALID 4"]);
        // An access token does not say by which secret it was got.
        assert_eq!(portal.number("SELECT CAST(SUM(calls) AS BIGINT) FROM api_key_secret_uses").await, 2);
    }

    async fn where_the_truth_is_not_known_nobody_passes(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        portal.sql("ALTER TABLE api_keys RENAME TO api_keys_gone").await;
        for value in [&key.secret, &token] {
            let answer = portal.passes("", &[("authorization", &bearer(value))]).await;
            assert!(answer.status.is_server_error(), "{}", answer.status);
            assert_eq!(answer.header("x-keystead-client-id"), "");
        }
        // Junk never reaches the database.
        refused(&portal.passes("", &[("x-api-key", "ks_live_junk")]).await, 401, "invalid_token");
        refused(&portal.passes("", &[("authorization", "Bearer a.b.c")]).await, 401, "invalid_token");
        portal.sql("ALTER TABLE api_keys_gone RENAME TO api_keys").await;
        passes_as(&portal.passes("", &[("x-api-key", &key.secret)]).await, &key);
    }
}
