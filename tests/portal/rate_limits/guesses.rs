//! Whoever presents too many wrong secrets is told to slow down; a right one is answered whatever else comes from its address.

use futures_util::future::join_all;
use keystead::rate_limits::{GUESSES_AT_ONCE, GUESSES_PER_SECOND};
use serde_json::json;

use super::{guesses, invented, verify_as};
use crate::support::{Answer, on_both};

/// Is told to come back, and when.
#[track_caller]
fn waits(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "1"), "{}", answer.body);
    assert!(
        answer.body.contains("Too many wrong keys came from this address. Try again in 1 second."),
        "{}",
        answer.body
    );
}

on_both! {
    async fn after_too_many_wrong_keys_the_next_ones_are_told_to_slow_down_at_each_endpoint(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        assert_eq!(guesses(&portal, &key, GUESSES_AT_ONCE).await, GUESSES_AT_ONCE);
        for secret in [key.wrong_secret(), invented()] {
            waits(&portal.verify_with(&json!({ "key": secret })).await);
            waits(&portal.token("acme", "billing-sync", &secret).await);
            for endpoint in ["introspect", "revoke"] {
                let request = portal.client.post(portal.url(&format!("/acme/oauth2/{endpoint}")));
                waits(&Answer::of(request.bearer_auth(&secret).form(&[("token", "x")])).await);
            }
            waits(&portal.client_of_compat(&secret).await);
        }
        // They come back at their pace.
        portal.clock.forward(1);
        assert_eq!(guesses(&portal, &key, 3 * GUESSES_PER_SECOND).await, GUESSES_PER_SECOND);
    }

    async fn a_good_key_that_this_node_has_never_seen_is_answered_amid_the_wrong_ones_of_others(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut fresh = Vec::new();
        for number in 0..5 {
            fresh.push(ada.makes_key(&format!("sync-{number}")).await);
        }
        assert_eq!(guesses(&portal, &fresh[0], 2 * GUESSES_AT_ONCE).await, GUESSES_AT_ONCE);
        waits(&portal.verify_with(&json!({ "key": fresh[0].wrong_secret() })).await);
        assert_eq!(portal.verify(&fresh[0].secret).await, "VALID");
        portal.token_for(&fresh[1]).await.is(200);
        portal.passes("", &[("x-api-key", &fresh[2].secret)]).await.is(204);
        // Calling needs a permission that this key does not hold: it is known, and that is what it is told.
        portal.client_of_compat(&fresh[3].secret).await.is(403);
        let request = portal.client.post(portal.url("/acme/oauth2/revoke")).bearer_auth(&fresh[4].secret);
        Answer::of(request.form(&[("token", "x")])).await.is(200);
    }

    async fn good_keys_are_answered_while_a_flood_is_looked_up(portal: Portal) {
        let mut ada = portal.ada().await;
        let keys = [ada.makes_key("one").await, ada.makes_key("two").await, ada.makes_key("three").await];
        let flood = join_all((0..300).map(|_| async { portal.verify_with(&json!({ "key": invented() })).await.status.as_u16() }));
        let good = join_all(keys.iter().map(|key| portal.verify(&key.secret)));
        let (statuses, codes) = tokio::join!(flood, good);
        assert_eq!(codes, ["VALID", "VALID", "VALID"]);
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), GUESSES_AT_ONCE as usize);
        assert!(statuses.iter().all(|status| [200, 429].contains(status)), "{statuses:?}");
    }

    async fn a_rush_with_good_keys_that_this_node_has_not_seen_comes_through(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let fresh = portal.restarted(&[]);
        let statuses = join_all((0..3 * GUESSES_AT_ONCE).map(|_| fresh.verify(&key.secret))).await;
        assert!(statuses.iter().all(|code| code == "VALID"), "{statuses:?}");
        assert_eq!(guesses(&fresh, &key, 2 * GUESSES_AT_ONCE).await, GUESSES_AT_ONCE);
    }

    async fn where_the_database_does_not_answer_nothing_is_counted(portal: Portal) {
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

    async fn a_key_goes_on_working_beside_them_and_no_answer_of_before_is_repeated(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        guesses(&portal, &key, 2 * GUESSES_AT_ONCE).await;
        for _ in 0..GUESSES_AT_ONCE / 4 {
            portal.verify_with(&json!({ "key": key.wrong_secret() })).await.is(429);
            assert_eq!(portal.verify(&key.secret).await, "VALID");
            portal.token_for(&key).await.is(200);
        }
        assert_eq!(portal.verify(&dead.secret).await, "DELETED", "it still explains itself");
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
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
        waits(&portal.token("acme", "another", &key.secret).await);
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
        waits(&portal.token("acme", "billing-sync", "nonsense").await);
        waits(&portal.token("nowhere", "billing-sync", "nonsense").await);
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
        waits(&verify_as(&behind, &invented(), "2001:db8:1:2::ffff").await);
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
        waits(&verify_as(&portal, &key.wrong_secret(), "198.51.100.1").await);
        let forwarded = portal.client.post(portal.url("/api/v1/verify")).header("x-forwarded-for", "198.51.100.2");
        let body = json!({ "key": key.wrong_secret() }).to_string();
        waits(&Answer::of(forwarded.header("content-type", "application/json").body(body)).await);
    }
}
