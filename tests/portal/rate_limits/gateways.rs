//! Keys with rate limits, and guesses, at `/{tenant}/gateway/auth`: too many is 429, and never looks like a wrong credential.

use keystead::rate_limits::GUESSES_AT_ONCE;

use super::{guesses, headers, invented, limited};
use crate::support::{Answer, Portal, on_both};

async fn passes(portal: &Portal, credential: &str, query: &str) -> Answer {
    portal.passes(query, &[("authorization", &format!("Bearer {credential}"))]).await
}

/// May not pass now: 429, and no other credential is asked for.
#[track_caller]
fn waits(answer: &Answer, retry_after: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, retry_after), "{}", answer.body);
    assert_eq!((answer.header("www-authenticate"), answer.header("cache-control")), ("", "no-store"));
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("x-keystead")), "{:?}", answer.headers);
}

on_both! {
    async fn keys_and_their_tokens_use_up_the_same(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        limited(&portal, &key, "4/day/4").await;
        let policy = "\"day\";q=4;w=86400";
        assert_eq!(headers(&passes(&portal, &key.secret, "").await.is(204)), [policy, "\"day\";r=3;t=21600"]);
        assert_eq!(headers(&passes(&portal, &token, "").await.is(204)), [policy, "\"day\";r=2;t=21600"]);
        let refused = passes(&portal, &token, "?permission=invoices:read").await.is(403);
        assert_eq!(headers(&refused), [policy, "\"day\";r=1;t=21600"]);
        passes(&portal, &token, "?audience=another").await.is(403);
        for credential in [&key.secret, &token] {
            let answer = passes(&portal, credential, "").await;
            waits(&answer, "21600");
            assert_eq!(headers(&answer), [policy, "\"day\";r=0;t=21600"]);
            assert!(answer.body.contains("The key may make 4 requests per day. Try again in 6 hours."), "{}", answer.body);
        }
        assert_eq!(portal.verify(&key.secret).await, "RATE_LIMITED");
    }

    async fn what_is_refused_for_another_reason_uses_nothing_up(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        limited(&portal, &key, "1/day/1").await;
        portal.sql("UPDATE api_keys SET allowed_addresses = '10.0.0.0/8'").await;
        for credential in [&key.secret, &token, &key.secret, &token] {
            assert_eq!(headers(&passes(&portal, credential, "").await.is(403)), ["", ""]);
        }
        portal.sql("UPDATE api_keys SET allowed_addresses = ''").await;
        passes(&portal, &key.wrong_secret(), "").await.is(401);
        passes(&portal, &token, "").await.is(204);
        waits(&passes(&portal, &token, "").await, "86400");
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        passes(&portal, &key.secret, "").await.is(401);
    }

    async fn guesses_are_counted_with_those_of_the_other_endpoints(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        passes(&portal, &key.secret, "").await.is(204);
        let token = portal.token_for(&key).await.access_token();
        for _ in 1..GUESSES_AT_ONCE {
            passes(&portal, &invented(), "").await.is(401);
        }
        assert_eq!(guesses(&portal, &key, 5).await, 1);
        for secret in [key.wrong_secret(), invented()] {
            waits(&passes(&portal, &secret, "").await, "1");
        }
        for credential in [&key.secret, &token] {
            passes(&portal, credential, "").await.is(204);
        }
    }
}
