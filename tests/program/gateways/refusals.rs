//! Whoever may not pass is told why with the true status.

use super::behind_each;
use super::scene::{Scene, bearer};

behind_each! {
    async fn without_a_good_credential_it_is_401_with_a_challenge(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let nothing = scene.gets("/invoices", &[]).await;
        scene.assert_refused(&nothing, 401);
        assert_eq!(nothing.header("www-authenticate"), "Bearer realm=\"acme\"");

        let wrong = format!("{}x", &key.secret[..69]);
        let unknown = scene.gets("/invoices", &[("X-API-Key", &wrong)]).await;
        scene.assert_refused(&unknown, 401);
        assert!(unknown.header("www-authenticate").contains("error=\"invalid_token\""), "{unknown:?}");

        scene.ada.get(&format!("/api-keys/{}/disable", key.key_id)).await.is(200);
        let disable = format!("/api-keys/{}/disable", key.key_id);
        scene.ada.post(&disable, &[("reason", "moving house")]).await.is(303);
        let disabled = scene.gets("/invoices", &[("Authorization", &bearer(&key.secret))]).await;
        scene.assert_refused(&disabled, 401);
        assert!(disabled.header("www-authenticate").contains("moving house"), "{disabled:?}");
    }

    async fn without_the_permission_it_is_403_with_a_challenge(scene: Scene) {
        let key = scene.ada.makes_key("billing-sync").await;
        let answer = scene.gets("/invoices", &[("Authorization", &bearer(&key.secret))]).await;
        scene.assert_refused(&answer, 403);
        let challenge = answer.header("www-authenticate");
        assert!(challenge.contains("insufficient_scope") && challenge.contains("scope=\"invoices:read\""), "{challenge}");
    }

    async fn beyond_its_rate_limit_it_is_429_and_says_when_to_come_back(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        scene.sql("UPDATE api_keys SET rate_limits = '1/day/1'");
        let credential = bearer(&key.secret);
        let first = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        scene.assert_passed(&first, &key);
        let second = scene.gets("/invoices", &[("Authorization", &credential)]).await;
        scene.assert_refused(&second, 429);
        let wait = second.header("retry-after").parse::<u32>();
        assert!(wait.is_ok_and(|seconds| (1..=86_400).contains(&seconds)), "{second:?}");
        assert!(second.header("ratelimit").starts_with("\"day\";r=0"), "{second:?}");
        assert!(second.header("ratelimit-policy").starts_with("\"day\";q=1"), "{second:?}");
        assert!(second.all("www-authenticate").is_empty(), "{second:?}");
    }
}
