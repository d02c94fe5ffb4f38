//! Addresses, methods, and the three faces of an error.

use keystead::web::routes::Methods;
use reqwest::Method;

use crate::support::{Answer, address_of, on_both, paths};

on_both! {
    async fn a_method_that_is_not_in_the_table_is_405_with_what_is(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for (path, routes) in paths() {
            if routes[0].method == Methods::Any {
                assert_eq!(routes.len(), 1, "{path}");
                let address = address_of(&routes[0], &key.key_id);
                let connect = portal.wire(format!("CONNECT {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
                assert_eq!(connect.status(), 405, "{}", connect.0);
                let allowed = "\r\nallow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n";
                assert!(connect.0.contains(allowed), "{}", connect.0);
                continue;
            }
            let address = address_of(&routes[0], &key.key_id);
            let mut own: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
            if own.contains(&"GET") {
                own.push("HEAD");
            }
            own.sort_unstable();
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"] {
                if own.contains(&method) {
                    continue;
                }
                let request = ada.request(method.parse().expect("a method"), &address).header("sec-fetch-site", "same-origin");
                let page = ada.clone().send(request).await;
                assert_eq!(page.status.as_u16(), 405, "{method} {path}");
                assert_eq!(page.header("allow"), own.join(", "), "{method} {path}");
            }
        }
    }

    async fn head_is_like_get_without_a_body(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for visitor in [portal.visitor(), ada] {
            for (path, routes) in paths() {
                if !routes.iter().any(|route| route.method.answers(&actix_web::http::Method::GET)) {
                    continue;
                }
                let address = address_of(&routes[0], &key.key_id);
                let mut answers = Vec::new();
                for method in [Method::GET, Method::HEAD] {
                    let page = visitor.clone().send(visitor.request(method, &address)).await;
                    let headers = ["content-type", "content-length", "location", "cache-control"].map(|name| page.header(name).to_owned());
                    answers.push((page.status, headers, page.body));
                }
                let (head, get) = (answers.pop().expect("two"), answers.pop().expect("two"));
                assert_eq!((head.0, &head.1), (get.0, &get.1), "{path}");
                assert_eq!(head.2, "", "{path}");
            }
        }
    }

    async fn an_address_that_nothing_has_is_a_page_for_people(portal: Portal) {
        let mut ada = portal.ada().await;
        let nowhere = [
            "/nowhere", "/api-keys/", "/API-KEYS", "//api-keys", "/api-keys;x", "/login/",
            "/acme", "/acme/nowhere", "/api-key",
        ];
        for path in nowhere {
            for visitor in [&mut portal.visitor(), &mut ada] {
                let page = visitor.get(path).await.is(404).says("There is nothing here").says("Error 404");
                assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
                page.clone().says(page.header("x-request-id"));
            }
        }
        ada.get("/nowhere").await.says("Acme Works").says("Go to API Keys");
        ada.get("/users/nobody").await.is(404).says("Go to Users").says_nothing_of("Go to API Keys");
        portal.visitor().get("/nowhere").await.says_nothing_of("Acme Works");
    }

    async fn an_address_that_nothing_has_is_a_problem_for_programs(portal: Portal) {
        portal.set_up_acme().await;
        for path in ["/api", "/api/v2/verify", "/api/v1/verify/", "/api/v1/", "/api/v1/VERIFY", "/.well-known", "/.well-known/nowhere", "/acme/.well-known", "/acme/.well-known/nowhere", "/nobody/.well-known/openid-configuration"] {
            for accept in ["application/json", "text/html"] {
                let answer = Answer::of(portal.client.get(portal.url(path)).header("accept", accept)).await.is(404);
                assert_eq!(answer.header("content-type"), "application/problem+json; charset=utf-8", "{path}");
                let instance = format!("urn:keystead:request:{}", answer.header("x-request-id"));
                assert_eq!(answer.json(), serde_json::json!({
                    "type": "about:blank", "title": "There is nothing here", "status": 404,
                    "detail": "There is nothing at this address.", "instance": instance,
                }), "{path}");
            }
        }
    }

    async fn each_endpoint_shows_errors_in_its_own_way(portal: Portal) {
        portal.set_up_acme().await;
        let post = |path: &str| portal.client.post(portal.url(path)).header("accept", "text/html");

        let problem = Answer::of(post("/api/v1/verify").body("x")).await.is(415);
        assert_eq!(problem.header("content-type"), "application/problem+json; charset=utf-8");
        assert_eq!((&problem.json()["status"], &problem.json()["title"]), (&415.into(), &"The body has the wrong type".into()));

        for (request, status, code) in [
            (post("/acme/oauth2/token"), 400, "invalid_request"),
            (post("/acme/oauth2/token").header("content-type", "text/plain").body("x"), 415, "invalid_request"),
            (post("/nobody/oauth2/token").basic_auth("a", Some("b")).form(&[("grant_type", "client_credentials")]), 404, "invalid_request"),
            (portal.client.get(portal.url("/acme/oauth2/token")), 405, "invalid_request"),
        ] {
            let answer = Answer::of(request).await.is(status);
            assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
            assert_eq!(answer.header("pragma"), "no-cache");
            let body = answer.json();
            assert_eq!(body["error"], code);
            assert_eq!(body.as_object().map(serde_json::Map::len), Some(2), "{body}");
            assert!(body["error_description"].as_str().is_some_and(|text| text.len() > 10), "{body}");
        }

        let page = portal.visitor().get("/api-keys?after=x").await.redirects_to("/login?next=%2Fapi-keys%3Fafter%3Dx");
        assert!(page.body.is_empty());
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
        let page = ada.get("/api-keys?after=x").await.is(400).says("This request cannot be understood").says("Error 400");
        page.clone().says(page.header("x-request-id"));
    }

    async fn no_two_answers_share_a_request_id(portal: Portal) {
        let first = portal.visitor().get("/nowhere").await;
        let mut second = portal.visitor();
        let page = second.send(second.request(Method::GET, "/nowhere").header("x-request-id", first.header("x-request-id"))).await;
        assert_ne!(first.header("x-request-id"), page.header("x-request-id"), "it is ours, not the client's");
    }
}
