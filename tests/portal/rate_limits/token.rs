//! Keys with rate limits at the token endpoint: too many is 429, and never looks like a wrong secret.

use futures_util::future::join_all;

use super::{headers, limited};
use crate::support::{Answer, Key, Portal, on_both};

/// Asks for a token with this scope.
async fn with_scope(portal: &Portal, key: &Key, scope: &str) -> Answer {
    let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
    Answer::of(request.form(&[("grant_type", "client_credentials"), ("scope", scope)])).await
}

on_both! {
    async fn of_fifty_tokens_at_once_exactly_as_many_are_given_as_there_may_be(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "10/minute/10").await;
        let answers = join_all((0..50).map(|_| portal.token_for(&key))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 10);
        assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 40);
        portal.clock.forward(6);
        portal.token_for(&key).await.is(200);
        portal.token_for(&key).await.is(429);
    }

    async fn rfc_6585_4_too_many_is_no_wrong_secret(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "2/minute/1").await;
        let given = portal.token_for(&key).await.is(200);
        assert_eq!(headers(&given), ["\"minute\";q=2;w=60;keystead-burst=1", "\"minute\";r=0;t=30"]);
        portal.clock.forward(1);
        let refused = portal.token_for(&key).await.is(429);
        assert_eq!(headers(&refused), ["\"minute\";q=2;w=60;keystead-burst=1", "\"minute\";r=0;t=29"]);
        assert_eq!((refused.header("retry-after"), refused.header("www-authenticate")), ("29", ""));
        assert_eq!((refused.header("cache-control"), refused.header("pragma")), ("no-store", "no-cache"));
        let expected = serde_json::json!({
            "error": "temporarily_unavailable",
            "error_description": "The key may make 2 requests per minute, at most 1 at once. Try again in 29 seconds.",
        });
        assert_eq!(refused.json(), expected);
        // What is wrong with the secret is told to whoever has a wrong one, too often or not.
        portal.token("acme", &key.client_id, &key.wrong_secret()).await.is(401);
        portal.clock.forward(29);
        portal.token_for(&key).await.is(200);
    }

    async fn checks_and_tokens_use_up_the_same(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "2/day/2").await;
        portal.token_for(&key).await.is(200);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert_eq!(portal.verify(&key.secret).await, "RATE_LIMITED");
        portal.token_for(&key).await.is(429);
    }

    async fn a_scope_that_the_key_does_not_hold_counts_and_a_foreign_client_id_does_not(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        limited(&portal, &key, "2/day/2").await;
        for _ in 0..3 {
            let stranger = portal.token("acme", "another", &key.secret).await.is(401);
            assert_eq!(headers(&stranger), ["", ""]);
            portal.token("globex", &key.client_id, &key.secret).await.is(404);
        }
        let answer = with_scope(&portal, &key, "invoices:read").await.is(400);
        assert_eq!((answer.json()["error"].as_str(), headers(&answer)[1]), (Some("invalid_scope"), "\"day\";r=1;t=43200"));
        portal.token_for(&key).await.is(200);
        with_scope(&portal, &key, "invoices:read").await.is(429);
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.token_for(&key).await.is(401).json()["error"], "invalid_client");
    }
}
