//! `POST /login` and `POST /token`: a key for an access token, by the same rules as at the token endpoint.

use keystead::rate_limits::GUESSES_AT_ONCE;
use serde_json::json;

use super::{exchanges, refused};
use crate::oauth::access_token::claims;
use crate::support::{Answer, Portal, on_both};

/// Sends this body, with what it says that it is.
async fn sends(portal: &Portal, path: &str, media_type: Option<&str>, body: &str) -> Answer {
    let request = portal.client.post(portal.url(&format!("/compat/nullplatform/{path}"))).body(body.to_owned());
    Answer::of(media_type.iter().fold(request, |request, value| request.header("content-type", *value))).await
}

on_both! {
    async fn the_login_action_gets_an_access_token_for_its_api_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let answer = exchanges(&portal, "login", "api_key", &key.secret).await.is(200);
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        assert_eq!((&answer.json()["token_type"], &answer.json()["expires_in"]), (&json!("Bearer"), &json!(300)));
        let said = claims(&answer);
        assert_eq!((&said["iss"], &said["aud"]), (&json!(portal.url("/acme")), &json!(portal.url("/acme"))));
        assert_eq!((&said["client_id"], &said["key_id"]), (&json!("billing-sync"), &json!(key.key_id)));
        let bearer = format!("Bearer {}", answer.access_token());
        portal.passes("", &[("authorization", &bearer)]).await.is(204);
    }

    async fn the_terraform_provider_gets_an_access_token_for_its_apikey(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let answer = exchanges(&portal, "token", "apikey", &key.secret).await.is(200);
        assert!(answer.json()["access_token"].as_str().is_some_and(|token| token.matches('.').count() == 2));
    }

    async fn either_name_goes_to_either_address_whatever_the_body_is_called(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for path in ["login", "token"] {
            for field in ["api_key", "apikey"] {
                let body = json!({ field: key.secret, "organization_id": null }).to_string();
                for media_type in [None, Some("application/json"), Some("application/json; charset=utf-8")] {
                    sends(&portal, path, media_type, &body).await.is(200);
                }
            }
        }
    }

    async fn a_body_without_a_key_is_told_what_to_send(portal: Portal) {
        portal.set_up_acme().await;
        for body in [json!({}), json!({ "api_key": "" }), json!({ "api_key": null }), json!({ "token": "x" }), json!({ "access_key": "x", "secret_access_key": "y" })] {
            refused(&sends(&portal, "login", None, &body.to_string()).await, 400, "{\"api_key\": \"…\"}");
        }
        for body in ["", "{", "[]", "{\"api_key\":1}", "{\"api_key\":\"x\",\"apikey\":\"x\"}", "api_key=x"] {
            refused(&sends(&portal, "token", None, body).await, 400, "The body");
        }
        refused(&sends(&portal, "token", Some("application/x-www-form-urlencoded"), "api_key=x").await, 415, "application/json");
        refused(&sends(&portal, "token", None, &format!("\"{}\"", "x".repeat(70_000))).await, 413, "65536");
    }

    async fn whoever_has_a_wrong_key_learns_nothing_and_whoever_has_a_dead_one_what_became_of_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let unknown = "The key is wrong, or no longer valid.";
        for (wrong, words) in [
            (key.wrong_secret(), unknown),
            (portal.globex().await.makes_key("globex-sync").await.wrong_secret(), unknown),
            // What cannot be a key is told why, by the look of it.
            ("nonsense".into(), "This looks like an API Client ID."),
            (key.secret[..40].into(), "It was cut."),
            ("MTI4ODQwNDE1Mg==.WXRn\0".into(), "This is not a Keystead key"),
        ] {
            let answer = exchanges(&portal, "login", "api_key", &wrong).await;
            refused(&answer, 401, words);
            assert!(!answer.body.contains(&wrong) && !answer.body.contains("billing-sync"), "{}", answer.body);
        }
        ada.post(&key.path("disable"), &[("reason", "moving house")]).await.is(303);
        refused(&exchanges(&portal, "login", "api_key", &key.secret).await, 401, "disabled on 23 Nov 2026 at 14:32 UTC: moving house.");
        ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        refused(&exchanges(&portal, "token", "apikey", &key.secret).await, 401, "deleted on 23 Nov 2026");
    }

    async fn a_key_of_any_organization_gets_a_token_of_its_own(portal: Portal) {
        portal.set_up_acme().await;
        let key = portal.globex().await.makes_key("globex-sync").await;
        let answer = exchanges(&portal, "token", "apikey", &key.secret).await.is(200);
        assert_eq!(claims(&answer)["iss"], portal.url("/globex"));
    }

    async fn limits_addresses_and_uses_are_those_of_the_token_endpoint(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        exchanges(&portal, "token", "apikey", &key.secret).await.is(200);
        ada.get(&key.path("")).await.is(200).says("127.0.0.1");
        portal.sql("UPDATE api_keys SET rate_limits = '2/day/2'").await;
        let answer = exchanges(&portal, "token", "apikey", &key.secret).await.is(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"day\";q=2;w=86400");
        portal.token_for(&key).await.is(200);
        let answer = exchanges(&portal, "token", "apikey", &key.secret).await;
        refused(&answer, 429, "The key may make 2 requests per day");
        assert_eq!(answer.header("retry-after"), "43200");
        portal.sql("UPDATE api_keys SET allowed_addresses = '198.51.100.0/24', rate_limits = ''").await;
        refused(&exchanges(&portal, "token", "apikey", &key.secret).await, 401, "The key may not be used from 127.0.0.1.");
    }

    async fn guesses_are_slowed_down_and_a_good_key_is_not(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for _ in 0..GUESSES_AT_ONCE {
            exchanges(&portal, "login", "api_key", &key.wrong_secret()).await.is(401);
        }
        let answer = exchanges(&portal, "login", "api_key", &key.wrong_secret()).await;
        refused(&answer, 429, "Too many wrong keys came from this address.");
        exchanges(&portal, "login", "api_key", &key.secret).await.is(200);
    }

    async fn what_is_around_a_key_is_named_and_never_accepted(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (text, words) in [
            (format!("API_KEY={}", key.secret), "the name of a variable"),
            (format!("<{}>", key.secret), "There are brackets around the key."),
            (format!("\u{feff}{}", key.secret), "an invisible character"),
            ("undefined".into(), "This is a placeholder"),
        ] {
            refused(&exchanges(&portal, "login", "api_key", &text).await, 401, words);
            let calls = portal.client.get(portal.url("/compat/nullplatform/api_key/1"));
            let answer = Answer::of(calls.header("authorization", format!("Bearer {text}"))).await;
            refused(&answer, 401, words);
            assert!(!answer.body.contains(&key.secret[8..]), "{}", answer.body);
        }
    }
}
