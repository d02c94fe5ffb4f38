//! `POST /api/v1/leaks`: possession revokes, and the answer tells nothing.

use keystead::rate_limits::GUESSES_AT_ONCE;
use serde_json::json;

use crate::support::{Answer, Key, Portal, on_both};

async fn reports(portal: &Portal, body: String) -> Answer {
    let request = portal.client.post(portal.url("/api/v1/leaks")).header("content-type", "application/json");
    Answer::of(request.body(body)).await
}

async fn leaks(portal: &Portal, key: &str) -> Answer {
    reports(portal, json!({ "key": key }).to_string()).await
}

on_both! {
    async fn whoever_finds_a_key_can_end_it_and_its_tokens(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        leaks(&portal, &key.secret).await.is(202);
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        portal.token_for(&key).await.is(401);
        portal.passes("", &[("authorization", &format!("Bearer {token}"))]).await.is(401);
        ada.get(&key.path("")).await.is(200).says("its secret was reported as leaked").says("leak report");
        // Finding a key is no use of it.
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_hours WHERE code = 'VALID'").await, 1);
        let events = "SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.disabled' AND actor = 'leak report'";
        assert_eq!(portal.number(events).await, 1);
        leaks(&portal, &key.secret).await.is(202);
        assert_eq!(portal.number(events).await, 1, "once is enough");
    }

    async fn the_answer_is_the_same_for_every_text(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let expected = leaks(&portal, "nonsense").await.is(202).bare();
        for text in [&key.wrong_secret(), &dead.secret, &dead.wrong_secret(), "", "ks_live_x", &key.secret] {
            assert_eq!(leaks(&portal, text).await.bare(), expected);
        }
        assert_eq!(portal.verify(&dead.secret).await, "DELETED");
    }

    async fn a_secret_that_has_ended_costs_no_transaction_however_often_it_is_reported(portal: Portal) {
        let mut ada = portal.ada().await;
        let (leaked, dead) = (ada.makes_key("leaked").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        leaks(&portal, &leaked.secret).await.is(202);
        for key in [&leaked, &dead] {
            let (_, asked) = portal.asks(leaks(&portal, &key.secret)).await;
            assert!(!asked.is_empty() && asked.iter().all(|asked| asked.starts_with("SELECT")), "{asked:?}");
        }
    }

    async fn a_wrong_secret_ends_nothing(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        leaks(&portal, &key.wrong_secret()).await.is(202);
        leaks(&portal, &key.key_id).await.is(202);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn the_old_secret_of_a_rotation_ends_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        let old = ada.makes_key("billing-sync").await;
        let version = ada.get(&old.path("rotate")).await.is(200).field("version");
        let page = ada.post(&old.path("rotate"), &[("version", &version), ("overlap", "86400")]).await.is(200);
        let new = Key { secret: page.element("secret"), ..old.clone() };
        leaks(&portal, &old.secret).await.is(202);
        assert_eq!((portal.verify(&old.secret).await.as_str(), portal.verify(&new.secret).await.as_str()), ("ROTATED", "VALID"));
        leaks(&portal, &new.secret).await.is(202);
        assert_eq!(portal.verify(&new.secret).await, "DISABLED");
    }

    async fn a_leaked_secret_never_works_again(portal: Portal) {
        let mut ada = portal.ada().await;
        let (enabled, rotated, paused) = (ada.makes_key("enabled").await, ada.makes_key("rotated").await, ada.makes_key("paused").await);
        ada.post(&paused.path("disable"), &[("reason", "moving house")]).await.is(303);
        for key in [&enabled, &rotated, &paused] {
            leaks(&portal, &key.secret).await.is(202);
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE disabled_reason = 'moving house'").await, 1);
        let version = ada.get(&rotated.path("rotate")).await.is(200).field("version");
        let page = ada.post(&rotated.path("rotate"), &[("version", &version), ("overlap", "86400")]).await.is(200);
        let new = page.element("secret");
        for key in [&enabled, &rotated, &paused] {
            ada.post(&key.path("enable"), &[]).await.is(303);
            assert_eq!(portal.verify(&key.secret).await, "ROTATED", "{}", key.client_id);
        }
        assert_eq!(portal.verify(&new).await, "VALID");
    }

    async fn a_report_that_is_not_understood_is_refused_and_guesses_are_slowed_down(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for body in ["", "[]", "{}", "{\"key\": 7}", "{\"key\": \"x\", \"url\": \"y\"}"] {
            reports(&portal, body.into()).await.is(400);
        }
        for _ in 0..GUESSES_AT_ONCE {
            leaks(&portal, &key.wrong_secret()).await.is(202);
        }
        leaks(&portal, &key.wrong_secret()).await.is(429);
    }

    async fn where_it_cannot_be_ended_nobody_is_told_that_it_was(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("ALTER TABLE audit_events RENAME TO audit_events_gone").await;
        assert!(leaks(&portal, &key.secret).await.status.is_server_error());
        portal.sql("ALTER TABLE audit_events_gone RENAME TO audit_events").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }
}
