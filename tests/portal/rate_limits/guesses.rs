//! Whoever presents wrong secrets is slowed down before anything is looked up, and keeps nobody else waiting.

use futures_util::future::join_all;
use keystead::rate_limits::{GUESSES_AT_ONCE, GUESSES_PER_SECOND};
use serde_json::json;

use super::{guesses, invented, verify_as};
use crate::support::{Answer, on_both};

/// Is told to come back, and when.
#[track_caller]
fn waits(answer: &Answer, seconds: &str) {
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, seconds), "{}", answer.body);
    let words = format!("Too many wrong keys came from this address. Try again in {seconds} second");
    assert!(answer.body.contains(&words), "{}", answer.body);
}

on_both! {
    async fn rfc_6749_2_3_1_a_flood_of_guesses_is_answered_without_any_look_up(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        assert_eq!(guesses(&portal, &key, GUESSES_AT_ONCE).await, GUESSES_AT_ONCE);
        let flood = async {
            for _ in 0..20 {
                for secret in [key.wrong_secret(), invented()] {
                    waits(&portal.verify_with(&json!({ "key": secret })).await, "1");
                    waits(&portal.token("acme", "billing-sync", &secret).await, "1");
                    for endpoint in ["introspect", "revoke"] {
                        let request = portal.client.post(portal.url(&format!("/acme/oauth2/{endpoint}")));
                        waits(&Answer::of(request.bearer_auth(&secret).form(&[("token", "x")])).await, "1");
                    }
                }
            }
        };
        let ((), asked) = portal.asks(flood).await;
        assert!(asked.is_empty(), "{asked:?}");
        // They come back at their pace.
        portal.clock.forward(1);
        assert_eq!(guesses(&portal, &key, 3 * GUESSES_PER_SECOND).await, GUESSES_PER_SECOND);
        let ((), asked) = portal.asks(async { drop(portal.verify_with(&json!({ "key": invented() })).await.is(429)) }).await;
        assert!(asked.is_empty(), "{asked:?}");
    }

    async fn guesses_at_the_same_moment_are_paid_for_afterwards(portal: Portal) {
        portal.set_up_acme().await;
        let asked = (0..3 * GUESSES_AT_ONCE).map(|_| async { portal.verify_with(&json!({ "key": invented() })).await.status.as_u16() });
        let statuses = join_all(asked).await;
        // On SQLite they are looked up in a row; on PostgreSQL all may have begun when the first is known.
        let looked_up = u32::try_from(statuses.iter().filter(|status| **status == 200).count()).expect("few");
        assert!(looked_up >= GUESSES_AT_ONCE && statuses.iter().all(|status| [200, 429].contains(status)), "{statuses:?}");
        let wait = (looked_up - GUESSES_AT_ONCE + 1).div_ceil(GUESSES_PER_SECOND);
        waits(&portal.verify_with(&json!({ "key": invented() })).await, &wait.to_string());
    }

    async fn a_rush_with_good_keys_that_this_node_has_not_seen_comes_through(portal: Portal) {
        // On SQLite the first one is known before the second is looked up; on PostgreSQL they are under way together.
        let key = portal.ada().await.makes_key("billing-sync").await;
        let fresh = portal.restarted(&[]);
        let statuses = join_all((0..3 * GUESSES_AT_ONCE).map(|_| fresh.verify(&key.secret))).await;
        assert!(statuses.iter().all(|code| code == "VALID"), "{statuses:?}");
        assert_eq!(guesses(&fresh, &key, 2 * GUESSES_AT_ONCE).await, GUESSES_AT_ONCE);
    }

    async fn where_the_truth_is_not_known_nobody_has_guessed(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("ALTER TABLE api_key_secrets RENAME TO elsewhere").await;
        for _ in 0..=GUESSES_AT_ONCE {
            let status = portal.verify_with(&json!({ "key": key.secret })).await.status;
            assert!(status.is_server_error(), "{status}");
            assert!(portal.token_for(&key).await.status.is_server_error());
        }
        portal.sql("ALTER TABLE elsewhere RENAME TO api_key_secrets").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert_eq!(guesses(&portal, &key, 2 * GUESSES_AT_ONCE).await, GUESSES_AT_ONCE);
    }

    async fn a_good_key_goes_on_working_beside_them_from_the_same_address(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        assert_eq!((portal.verify(&key.secret).await, portal.verify(&dead.secret).await), ("VALID".into(), "DELETED".into()));
        guesses(&portal, &key, 2 * GUESSES_AT_ONCE).await;
        for _ in 0..2 * GUESSES_AT_ONCE {
            portal.verify_with(&json!({ "key": key.wrong_secret() })).await.is(429);
            assert_eq!(portal.verify(&key.secret).await, "VALID");
            portal.token_for(&key).await.is(200);
        }
        assert_eq!(portal.verify(&dead.secret).await, "DELETED", "it still explains itself");
        // It is looked up as ever, and no answer of before is repeated.
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
    }

    async fn a_key_that_this_node_has_not_seen_waits_with_its_address_at_most_and_comes_through(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        guesses(&portal, &key, 2 * GUESSES_AT_ONCE).await;
        waits(&portal.verify_with(&json!({ "key": key.secret })).await, "1");
        portal.clock.forward(1);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        guesses(&portal, &key, 2 * GUESSES_AT_ONCE).await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn right_secrets_are_no_guesses_however_many_there_are(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        for _ in 0..=GUESSES_AT_ONCE {
            portal.token_for(&dead).await.is(401);
            let asks = json!({ "key": key.secret, "permission": "invoices:read" });
            assert_eq!(portal.verify_with(&asks).await.is(200).json()["code"], "INSUFFICIENT_PERMISSION");
        }
        assert_eq!(guesses(&portal, &key, 1).await, 1);
    }

    async fn a_right_secret_with_another_name_beside_it_is_as_good_as_a_wrong_one(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        for _ in 0..GUESSES_AT_ONCE / 2 {
            portal.verify_with(&json!({ "key": key.secret, "tenant": "globex" })).await.is(200);
            portal.token("acme", "another", &key.secret).await.is(401);
        }
        waits(&portal.token("acme", "another", &key.secret).await, "1");
    }

    async fn what_cannot_be_a_key_is_answered_at_once_by_the_check_and_counts_where_it_costs_a_look(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for _ in 0..2 * GUESSES_AT_ONCE {
            assert_eq!(portal.verify("nonsense").await, "MALFORMED");
        }
        assert_eq!(guesses(&portal, &key, 1).await, 1);
        for _ in 1..GUESSES_AT_ONCE {
            portal.token("acme", "billing-sync", "nonsense").await.is(401);
        }
        waits(&portal.token("acme", "billing-sync", "nonsense").await, "1");
        waits(&portal.token("nowhere", "billing-sync", "nonsense").await, "1");
        assert_eq!(portal.verify("nonsense").await, "MALFORMED");
    }

    async fn the_answer_has_the_face_of_its_address(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        guesses(&portal, &key, GUESSES_AT_ONCE).await;
        let problem = portal.verify_with(&json!({ "key": key.wrong_secret() })).await.is(429);
        assert!(problem.header("content-type").starts_with("application/problem+json"));
        assert_eq!(problem.json()["status"], 429);
        let oauth = portal.token("acme", "billing-sync", &key.wrong_secret()).await.is(429);
        assert_eq!(oauth.json()["error"], "temporarily_unavailable");
        assert_eq!((oauth.header("www-authenticate"), oauth.header("cache-control")), ("", "no-store"));
    }

    async fn the_addresses_that_a_named_gateway_tells_are_counted_apart(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let behind = portal.restarted(&[("gateway_addresses", "127.0.0.1")]);
        for number in 0..GUESSES_AT_ONCE {
            verify_as(&behind, &invented(), &format!("2001:db8:1:2::{number:x}")).await.is(200);
        }
        waits(&verify_as(&behind, &invented(), "2001:db8:1:2::ffff").await, "1");
        for ip in ["203.0.113.7", "2001:db8:1:3::1"] {
            assert_eq!(verify_as(&behind, &key.secret, ip).await.is(200).json()["code"], "VALID");
            verify_as(&behind, &invented(), ip).await.is(200);
        }
    }

    async fn where_everybody_may_ask_another_address_each_time_does_not_help(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for number in 0..GUESSES_AT_ONCE {
            verify_as(&portal, &key.wrong_secret(), &format!("203.0.113.{number}")).await.is(200);
        }
        waits(&verify_as(&portal, &key.wrong_secret(), "198.51.100.1").await, "1");
        let forwarded = portal.client.post(portal.url("/api/v1/verify")).header("x-forwarded-for", "198.51.100.2");
        let body = json!({ "key": key.wrong_secret() }).to_string();
        waits(&Answer::of(forwarded.header("content-type", "application/json").body(body)).await, "1");
    }
}
