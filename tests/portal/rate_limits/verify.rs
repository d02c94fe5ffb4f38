//! Keys with rate limits at `POST /api/v1/verify`.

use futures_util::future::join_all;
use serde_json::json;

use super::{headers, limited};
use crate::support::on_both;

on_both! {
    async fn of_fifty_checks_at_once_exactly_as_many_are_accepted_as_there_may_be(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "10/minute/10").await;
        let codes = join_all((0..50).map(|_| portal.verify(&key.secret))).await;
        assert_eq!(codes.iter().filter(|code| *code == "VALID").count(), 10);
        assert_eq!(codes.iter().filter(|code| *code == "RATE_LIMITED").count(), 40);
        // One comes back each six seconds.
        portal.clock.forward(5);
        assert_eq!(portal.verify(&key.secret).await, "RATE_LIMITED");
        portal.clock.forward(1);
        let codes = join_all((0..5).map(|_| portal.verify(&key.secret))).await;
        assert_eq!(codes.iter().filter(|code| *code == "VALID").count(), 1);
    }

    async fn rfc_6585_4_a_refusal_says_which_limit_it_was_and_when_to_come_back(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "1000/second/1000 3/minute/2").await;
        for left in [1, 0] {
            let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200);
            assert_eq!(answer.json()["code"], "VALID");
            assert!(headers(&answer)[1].ends_with(&format!(", \"minute\";r={left};t=20")), "{:?}", answer.headers);
        }
        let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200);
        let expected = json!({
            "valid": false,
            "code": "RATE_LIMITED",
            "message": "The key may make 3 requests per minute, at most 2 at once. Try again in 20 seconds.",
            "retry_after": 20,
        });
        assert_eq!(answer.json(), expected);
        let policy = "\"second\";q=1000;w=1, \"minute\";q=3;w=60;keystead-burst=2";
        assert_eq!(headers(&answer), [policy, "\"minute\";r=0;t=20"]);
        portal.clock.forward(20);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn every_answer_about_a_good_key_with_limits_says_how_it_stands(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, free) = (ada.makes_key("billing-sync").await, ada.makes_key("free").await);
        limited(&portal, &key, "2/day/2").await;
        let ask = json!({ "key": key.secret, "permission": "invoices:read" });
        for (code, left) in [("INSUFFICIENT_PERMISSION", 1), ("INSUFFICIENT_PERMISSION", 0), ("RATE_LIMITED", 0)] {
            let answer = portal.verify_with(&ask).await.is(200);
            assert_eq!(answer.json()["code"], code);
            assert_eq!(headers(&answer), ["\"day\";q=2;w=86400", &format!("\"day\";r={left};t=43200")]);
        }
        for question in [
            json!({ "key": free.secret }),
            json!({ "key": key.wrong_secret() }),
            json!({ "key": key.secret, "tenant": "globex" }),
            json!({ "key": "ks_live_nonsense" }),
        ] {
            assert_eq!(headers(&portal.verify_with(&question).await.is(200)), ["", ""], "{question}");
        }
    }

    async fn what_is_refused_for_another_reason_uses_nothing_up(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        limited(&portal, &key, "1/day/1").await;
        for (spoil, mend, code) in [
            ("disabled_at = 1", "disabled_at = NULL", "DISABLED"),
            ("expires_at = 1", "expires_at = 9223372036854775807", "EXPIRED"),
            ("allowed_addresses = '10.0.0.0/8'", "allowed_addresses = ''", "IP_NOT_ALLOWED"),
        ] {
            portal.sql(&format!("UPDATE api_keys SET {spoil}")).await;
            for _ in 0..3 {
                assert_eq!(portal.verify(&key.secret).await, code);
            }
            portal.sql(&format!("UPDATE api_keys SET {mend}")).await;
        }
        for _ in 0..3 {
            assert_eq!(portal.verify(&key.wrong_secret()).await, "UNKNOWN");
            portal.verify_with(&json!({ "key": key.secret, "tenant": "globex" })).await.is(200);
            portal.verify_with(&json!({ "key": key.secret, "ip": "home" })).await.is(400);
        }
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert_eq!(portal.verify(&key.secret).await, "RATE_LIMITED");
        // And a dead key says so, also where it was used too often.
        portal.sql("UPDATE api_keys SET disabled_at = 1").await;
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
    }

    async fn keys_do_not_use_up_what_is_anothers_and_a_change_counts_at_once(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, other) = (ada.makes_key("one").await, ada.makes_key("other").await);
        limited(&portal, &one, "1/minute/1").await;
        limited(&portal, &other, "1/minute/1").await;
        assert_eq!(portal.verify(&one.secret).await, "VALID");
        assert_eq!(portal.verify(&one.secret).await, "RATE_LIMITED");
        assert_eq!(portal.verify(&other.secret).await, "VALID");
        limited(&portal, &one, "1/minute/2").await;
        assert_eq!(portal.verify(&one.secret).await, "VALID");
        assert_eq!(portal.verify(&one.secret).await, "RATE_LIMITED");
        limited(&portal, &one, "").await;
        assert_eq!(portal.verify(&one.secret).await, "VALID");
    }

    async fn refusals_are_counted_and_stand_in_the_charts(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        limited(&portal, &key, "1/day/1").await;
        let node = portal.restarted(&[]);
        for code in ["VALID", "RATE_LIMITED", "RATE_LIMITED"] {
            assert_eq!(node.verify(&key.secret).await, code);
        }
        node.token_for(&key).await.is(429);
        drop(node);
        let counted = "SELECT code || ' ' || CAST(SUM(calls) AS TEXT) AS line FROM usage_hours GROUP BY code ORDER BY 1";
        assert_eq!(portal.lines(counted).await, ["RATE_LIMITED 3", "VALID 1"]);
        assert_eq!(portal.number("SELECT COUNT(*) FROM dead_key_calls").await, 0);
        ada.get(&key.path("")).await.is(200).says("3 beyond the rate limit");
    }

    async fn what_is_stored_and_cannot_be_read_allows_next_to_nothing(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        limited(&portal, &key, "nonsense").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert_eq!(portal.verify(&key.secret).await, "RATE_LIMITED");
    }
}
