//! `POST /api/v1/verify/batch`: up to a hundred questions at once.

use keystead::rate_limits::GUESSES_AT_ONCE;
use serde_json::{Value, json};

use crate::support::{Answer, Portal, on_both};

async fn asks(portal: &Portal, body: &Value) -> Answer {
    let request = portal.client.post(portal.url("/api/v1/verify/batch")).header("content-type", "application/json");
    Answer::of(request.body(body.to_string())).await
}

fn codes(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let results = body["results"].as_array().expect("results");
    results.iter().map(|result| result["code"].as_str().expect("a code").to_owned()).collect()
}

on_both! {
    async fn each_is_answered_as_if_it_were_asked_alone_in_their_order(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, dead) = (ada.makes_key("billing-sync").await, ada.makes_key("dead").await);
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let checks = [
            json!({ "key": key.secret }),
            json!({ "key": dead.secret }),
            json!({ "key": key.wrong_secret() }),
            json!({ "key": "billing-sync" }),
            json!({ "key": key.secret, "permission": "invoices:read" }),
            json!({ "key": key.secret, "tenant": "globex" }),
        ];
        let answer = asks(&portal, &json!({ "checks": checks })).await.is(200);
        assert_eq!(codes(&answer), ["VALID", "DELETED", "UNKNOWN", "MALFORMED", "INSUFFICIENT_PERMISSION", "UNKNOWN"]);
        for (check, result) in checks.iter().zip(answer.json()["results"].as_array().expect("results")) {
            assert_eq!(*result, portal.verify_with(check).await.is(200).json());
        }
    }

    async fn a_hundred_are_answered_and_each_is_a_use(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let checks: Vec<Value> = (0..100).map(|_| json!({ "key": key.secret })).collect();
        let answer = asks(&portal, &json!({ "checks": checks })).await.is(200);
        assert!(codes(&answer).iter().all(|code| code == "VALID"));
        ada.get(&key.path("delete")).await.is(200);
        assert_eq!(portal.number("SELECT calls FROM usage_hours WHERE code = 'VALID'").await, 100);
    }

    async fn limits_count_each_of_them(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("UPDATE api_keys SET rate_limits = '3/minute/3'").await;
        let checks: Vec<Value> = (0..5).map(|_| json!({ "key": key.secret })).collect();
        let answer = asks(&portal, &json!({ "checks": checks })).await.is(200);
        assert_eq!(codes(&answer), ["VALID", "VALID", "VALID", "RATE_LIMITED", "RATE_LIMITED"]);
    }

    async fn a_flood_of_guesses_keeps_no_good_key_beside_it_waiting(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        let guess = json!({ "key": key.wrong_secret() });
        let flood: Vec<&Value> = (0..GUESSES_AT_ONCE).map(|_| &guess).collect();
        assert!(codes(&asks(&portal, &json!({ "checks": flood })).await.is(200)).iter().all(|code| code == "UNKNOWN"));
        let answer = asks(&portal, &json!({ "checks": [guess, { "key": key.secret }] })).await.is(200);
        assert_eq!(codes(&answer), ["RATE_LIMITED", "VALID"]);
        assert_eq!(answer.json()["results"][0]["retry_after"], 1);
    }

    async fn a_batch_that_makes_no_sense_is_refused_with_the_place(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let many: Vec<Value> = (0..101).map(|_| json!({ "key": "x" })).collect();
        for (body, words) in [
            (json!({ "checks": [] }), "checks holds 0 questions. Ask 1 to 100 at once."),
            (json!({ "checks": many }), "checks holds 101 questions."),
            (json!({ "checks": [{ "key": key.secret }, { "key": key.secret, "permission": "x" }] }), "checks[1]: permission is not one"),
            (json!({ "checks": [{ "key": key.secret, "ip": "home" }] }), "checks[0]: ip is not"),
            (json!({ "checks": [{}] }), "missing"),
            (json!([{ "key": key.secret }]), "another type"),
        ] {
            let answer = asks(&portal, &body).await.is(400);
            assert!(answer.body.contains(words) && !answer.body.contains(&key.secret[8..]), "{}", answer.body);
        }
    }
}
