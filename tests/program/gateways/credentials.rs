//! What may be presented, and what reaches the API then.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::scene::{CLIENT, Scene, bearer};
use super::{behind_each, wire};
use crate::support::token;

behind_each! {
    async fn a_key_and_its_token_pass_in_each_way_they_may_be_sent(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let token = token(&scene.ada.client, &scene.portal.origin, &key).await.expect("an answer").json();
        let token = token["access_token"].as_str().expect("a token");
        let basic = format!("Basic {}", STANDARD.encode(format!("billing-sync:{}", key.secret)));
        for (name, value) in [
            ("Authorization", bearer(&key.secret)),
            ("authorization", bearer(&key.secret)),
            ("AUTHORIZATION", basic),
            ("X-API-Key", key.secret.clone()),
            ("x-api-key", key.secret.clone()),
            ("Authorization", bearer(token)),
        ] {
            let answer = scene.gets("/invoices?from=2026-01&permission=none", &[(name, &value)]).await;
            let seen = scene.assert_passed(&answer, &key);
            assert_eq!(seen.first, "GET /invoices?from=2026-01&permission=none HTTP/1.1");
            assert_eq!((answer.header("x-api"), answer.body.as_slice()), ("yes", &b"the API"[..]));
            assert!(seen.all("authorization").is_empty() && seen.all("x-api-key").is_empty(), "{seen:?}");
        }
    }

    async fn methods_and_bodies_reach_the_api_and_not_the_check(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let long = "an invoice, ".repeat(20_000);
        for (method, body) in [
            ("HEAD", ""), ("OPTIONS", ""), ("DELETE", ""), ("POST", "{}"), ("PUT", long.as_str()), ("PATCH", "uri=&permission=x"),
            ("PROPFIND", ""),
        ] {
            let credential = bearer(&key.secret);
            let headers = [("Authorization", credential.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
            let answer = scene.asks(CLIENT, method, "/invoices", &headers, body).await;
            let seen = scene.assert_passed(&answer, &key);
            assert_eq!(seen.first, format!("{method} /invoices HTTP/1.1"));
            assert!(seen.body == body.as_bytes(), "{method}: {} bytes", seen.body.len());
            let refused = scene.asks(CLIENT, method, "/invoices", &[], body).await;
            scene.assert_refused(&refused, 401);
        }
    }

    async fn several_credentials_are_none(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let (own, other) = (bearer(&key.secret), bearer("ks_live_x"));
        for headers in [
            [("Authorization", own.as_str()), ("X-API-Key", key.secret.as_str())],
            [("Authorization", own.as_str()), ("Authorization", other.as_str())],
            [("authorization", other.as_str()), ("Authorization", own.as_str())],
            [("X-API-Key", key.secret.as_str()), ("x-api-key", "ks_live_x")],
        ] {
            let answer = scene.gets("/invoices", &headers).await;
            // Some programs find two of the same header wrong by themselves.
            let status = if answer.status() == 400 { 400 } else { 401 };
            scene.assert_refused(&answer, status);
        }
    }

    async fn a_connection_that_stays_open_is_asked_about_each_time(scene: Scene) {
        let key = scene.reader("billing-sync").await;
        let with = format!("GET /invoices HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n", key.secret);
        let without = "GET /invoices HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let both = wire::send(CLIENT, scene.gateway.address, &format!("{with}{without}")).await;
        scene.assert_passed(&both, &key);
        let body = String::from_utf8_lossy(&both.body);
        assert!(body.contains("HTTP/1.1 401 "), "{body}");
    }
}
