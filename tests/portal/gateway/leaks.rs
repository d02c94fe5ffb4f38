//! `POST /api/v1/leaks`: possession revokes, and the answer tells nothing.

use keystead::api_keys::secret_text;
use keystead::base::random::SystemEntropy;
use serde_json::json;

use crate::support::{Answer, Key, Portal, on_both};

async fn reports(portal: &Portal, body: String) -> Answer {
    let request = portal.client.post(portal.url("/api/v1/leaks")).header("content-type", "application/json");
    Answer::of(request.body(body)).await
}

async fn leaks(portal: &Portal, key: &str) -> Answer {
    reports(portal, json!({ "key": key }).to_string()).await
}

/// A text like a key that was never given to anybody.
fn invented() -> String {
    secret_text::mint(&SystemEntropy, "live").text.expose().to_owned()
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

    async fn the_answer_tells_nobody_whether_there_is_such_a_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let nothing = leaks(&portal, "nonsense").await.is(202);
        assert_eq!(nothing.json()["message"], "No key of this installation's form was found in the text.");
        for text in ["", "ks_live_x", &key.key_id, &key.secret[..69]] {
            assert_eq!(leaks(&portal, text).await.bare(), nothing.bare());
        }
        let expected = leaks(&portal, &key.wrong_secret()).await.is(202);
        assert_eq!(expected.json()["message"], "Thank you. If a key in the text is one of ours, it does not work any more.");
        for text in [&dead.secret, &dead.wrong_secret(), &key.secret, &key.secret] {
            assert_eq!(leaks(&portal, text).await.bare(), expected.bare());
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

    async fn every_key_in_a_text_ends_whatever_is_around_it(portal: Portal) {
        let mut ada = portal.ada().await;
        type Around = fn(&str) -> String;
        let around: [(&str, Around); 13] = [
            ("line-break", |key| format!("{key}\n")),
            ("quotes", |key| format!("\"{key}\"")),
            ("bearer", |key| format!("Bearer {key}")),
            ("variable", |key| format!("export API_KEY={key}")),
            ("json", |key| json!({ "request": { "headers": { "x-api-key": key } } }).to_string()),
            ("json-in-json", |key| json!({ "line": json!({ "key": key }).to_string() }).to_string()),
            ("address", |key| format!("https://api.example/orders?key={key}&page=2")),
            ("percent", |key| format!("%7B%22key%22%3A%22{}%22%7D", key.replace('_', "%5F"))),
            ("markdown", |key| format!("- the key is `{}`", key.replace('_', r"\_"))),
            ("log-line", |key| format!("2026-11-23 GET /orders 200\\nkey={key}\\n2026-11-23 GET /orders 200")),
            ("invisible", |key| format!("\u{feff}{}\u{200b}{}", &key[..30], &key[30..])),
            ("mail", |key| format!("the key is {}=\r\n{}", &key[..40], &key[40..])),
            ("digits", |key| format!("000{key}000")),
        ];
        for (client_id, around) in around {
            let key = ada.makes_key(client_id).await;
            leaks(&portal, &around(&key.secret)).await.is(202);
            assert_eq!(portal.verify(&key.secret).await, "DISABLED", "{}", around(&key.secret));
        }
    }

    async fn all_keys_of_a_log_end_with_one_report(portal: Portal) {
        let mut ada = portal.ada().await;
        let gwens = portal.globex().await.makes_key("globex-key").await;
        let (one, other, third) = (ada.makes_key("one").await, ada.makes_key("other").await, ada.makes_key("third").await);
        let staging = portal.restarted(&[("environment", "test")]);
        let text = format!("{}\n{}\tGET /\n{} {}\n{}\n", one.secret, invented(), gwens.secret, other.secret, one.secret);
        // The keys of before are known to an installation that calls its environment by another word now.
        leaks(&staging, &text).await.is(202);
        for key in [&one, &other, &gwens] {
            assert_eq!(portal.verify(&key.secret).await, "DISABLED", "{}", key.client_id);
        }
        assert_eq!(portal.verify(&third.secret).await, "VALID");
    }

    async fn a_report_of_very_many_keys_is_told_which_of_them_count(portal: Portal) {
        portal.set_up_acme().await;
        let many = |number: usize| (0..number).map(|_| invented()).collect::<Vec<_>>().join(" ");
        let all = leaks(&portal, &many(100)).await.is(202);
        assert!(!all.body.contains("Only"), "{}", all.body);
        let (answer, asked) = portal.asks(leaks(&portal, &many(150))).await;
        assert!(answer.is(202).body.contains("Only 100 of the keys in it were looked at: send it in smaller parts."));
        assert_eq!(asked.iter().filter(|asked| asked.contains("api_key_secrets")).count(), 100);
    }

    async fn a_report_is_never_refused_for_what_others_report(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for _ in 0..150 {
            leaks(&portal, &invented()).await.is(202);
        }
        leaks(&portal, &key.secret).await.is(202);
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
    }

    async fn a_report_that_is_not_understood_is_refused(portal: Portal) {
        portal.set_up_acme().await;
        for body in ["", "[]", "{}", "{\"key\": 7}", "{\"key\": \"x\", \"url\": \"y\"}"] {
            reports(&portal, body.into()).await.is(400);
        }
    }

    async fn where_it_cannot_be_ended_nobody_is_told_that_it_was(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("ALTER TABLE audit_events RENAME TO audit_events_gone").await;
        assert!(leaks(&portal, &key.secret).await.status.is_server_error());
        portal.sql("ALTER TABLE audit_events_gone RENAME TO audit_events").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }
}
