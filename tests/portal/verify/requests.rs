//! Which questions are understood, and who may ask.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Portal, on_both};

on_both! {
    async fn a_question_that_is_not_understood_is_refused_without_repeating_the_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        for body in [
            String::new(),
            "nonsense".into(),
            key.clone(),
            format!("\"{key}\""),
            format!("[\"{key}\"]"),
            "{}".into(),
            "{\"key\": null}".into(),
            "{\"key\": 7}".into(),
            format!("{{\"key\": [\"{key}\"]}}"),
            format!("{{\"key\": \"{key}\", \"{key}\": 1}}"),
            format!("{{\"key\": \"{key}\", \"key\": \"{key}\"}}"),
            format!("{{\"key\": \"{key}\", \"tenant\": 7}}"),
            format!("{{\"key\": \"{key}\", \"permissions\": \"invoices:read\"}}"),
            format!("{{\"key\": \"{key}\", \"ip\": \"home\"}}"),
            format!("{{\"key\": \"{key}\"}} more"),
            format!("{{\"key\": \"{key}\""),
        ] {
            let answer = sends(&portal, "application/json", body.clone()).await.is(400);
            is_problem(&answer, 400);
            assert!(!answer.body.contains(&key[8..]), "{body}: {}", answer.body);
        }
        let not_text = portal.client.post(portal.url("/api/v1/verify")).header("content-type", "application/json").body(b"{\"key\": \"\xff\"}".to_vec());
        is_problem(&Answer::of(not_text).await, 400);
    }

    async fn only_json_is_read_and_not_too_much_of_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "text/json", "application/jsonx", ""] {
            is_problem(&sends(&portal, media_type, json!({ "key": key }).to_string()).await, 415);
        }
        for media_type in ["application/json; charset=utf-8", "Application/JSON"] {
            sends(&portal, media_type, json!({ "key": key }).to_string()).await.is(200);
        }
        let long = json!({ "key": "x".repeat(70_000) }).to_string();
        is_problem(&sends(&portal, "application/json", long).await, 413);
    }

    async fn only_post_asks(portal: Portal) {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = Answer::of(portal.client.request(method, portal.url("/api/v1/verify"))).await;
            is_problem(&answer, 405);
            assert_eq!(answer.header("allow"), "POST");
        }
    }

    async fn every_field_but_the_key_may_be_left_out_or_null(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        let ask = json!({ "key": key, "tenant": null, "permission": null, "resource": null, "ip": null });
        assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], "VALID");
        for ip in ["203.0.113.7", "2001:db8::1"] {
            assert_eq!(portal.verify_with(&json!({ "key": key, "ip": ip })).await.is(200).json()["code"], "VALID");
        }
    }

    async fn a_browser_with_a_session_is_nobody_in_particular_here(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await.secret;
        let request = ada.request(Method::POST, "/api/v1/verify").header("sec-fetch-site", "cross-site");
        let page = ada.send(request.header("content-type", "application/json").body(json!({ "key": key }).to_string())).await.is(200);
        assert!(page.cookies().is_empty());
    }

    async fn only_named_gateways_may_ask_where_some_are_named(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        let narrow = portal.restarted(&[("gateway_addresses", "203.0.113.0/24,2001:db8::/32")]);
        let refused = narrow.verify_with(&json!({ "key": key })).await;
        is_problem(&refused, 403);
        assert!(!refused.body.contains(&key));
        // Nobody is told anything of a bad key either.
        is_problem(&narrow.verify_with(&json!({ "key": "nonsense" })).await, 403);
        is_problem(&forwarded(&narrow, &key, &["203.0.113.7"]).await, 403);
        let here = portal.restarted(&[("gateway_addresses", "127.0.0.1")]);
        assert_eq!(here.verify(&key).await, "VALID");
        // Keys still get their tokens.
        narrow.token("acme", "billing-sync", &key).await.is(200);
    }

    async fn behind_a_trusted_proxy_the_nearest_address_that_is_not_trusted_counts(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        let behind = portal.restarted(&[("gateway_addresses", "203.0.113.0/24"), ("trusted_proxies", "127.0.0.1,10.0.0.0/8")]);
        for (addresses, status) in [
            (&["203.0.113.7"][..], 200),
            (&["203.0.113.7, 10.0.0.9"], 200),
            (&["203.0.113.7", "10.0.0.9"], 200),
            (&["198.51.100.1, 203.0.113.7"], 200),
            (&["203.0.113.7, 198.51.100.1"], 403),
            (&["203.0.113.7", "198.51.100.1"], 403),
            (&["198.51.100.1"], 403),
            (&["203.0.113.7, nonsense"], 403),
            (&[], 403),
        ] {
            let answer = forwarded(&behind, &key, addresses).await;
            assert_eq!(answer.status.as_u16(), status, "{addresses:?}");
        }
    }
}

async fn sends(portal: &Portal, media_type: &str, body: String) -> Answer {
    let request = portal.client.post(portal.url("/api/v1/verify")).body(body);
    Answer::of(if media_type.is_empty() { request } else { request.header("content-type", media_type) }).await
}

async fn forwarded(portal: &Portal, key: &str, addresses: &[&str]) -> Answer {
    let request = portal.client.post(portal.url("/api/v1/verify")).header("content-type", "application/json");
    let request = addresses.iter().fold(request, |request, address| request.header("x-forwarded-for", *address));
    Answer::of(request.body(json!({ "key": key }).to_string())).await
}

/// RFC 9457.
#[track_caller]
fn is_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert!(answer.header("content-type").starts_with("application/problem+json"), "{:?}", answer.headers);
    assert!(answer.header("cache-control").contains("no-store"));
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert!(problem["title"].is_string() && problem["detail"].is_string() && problem["type"].is_string());
    let instance = format!("urn:keystead:request:{}", answer.header("x-request-id"));
    assert_eq!(problem["instance"], instance);
}
