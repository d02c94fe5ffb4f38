//! Requests that are too large, garbled, or meant to be read in two ways.

use keystead::app::all_routes;
use reqwest::Method;

use crate::support::{Answer, Portal, Visitor, address_of, on_both};

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// A body of this many bytes, beginning with the page's own token.
fn form(visitor: &Visitor<'_>, bytes: usize) -> String {
    let start = format!("csrf={}&client_id=", visitor.csrf);
    format!("{start}{}", "x".repeat(bytes - start.len()))
}

/// Still there.
async fn lives(portal: &Portal) {
    Answer::of(portal.client.get(portal.url("/healthz"))).await.is(200);
}

on_both! {
    async fn a_form_of_more_bytes_than_its_page_needs_is_too_large(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get("/api-keys").await.is(200);
        for route in all_routes().iter().filter(|route| route.is_for_browsers() && route.method.as_str() == "POST") {
            let path = address_of(route, &key.key_id);
            let limit = match route.path {
                "/account/password" | "/invitations/{code}" => 4_096,
                // 200 permissions of a role fit, however long they are.
                "/roles/new" | "/roles/{role}" => 65_536,
                // Twenty audiences may be long.
                "/settings/access-tokens" => 65_536,
                // There may be many rows.
                "/api-keys/new" | "/api-keys/{key_id}/edit" => 65_536,
                // Every role has a tick box, and there may be many rows.
                path if path.starts_with("/users/") && !path.ends_with("/delete") => 65_536,
                _ => 16_384,
            };
            let request = ada.request(Method::POST, &path).header("sec-fetch-site", "same-origin").header("content-type", URLENCODED);
            let page = ada.clone().send(request.body(form(&ada, limit + 1))).await;
            assert_eq!(page.status.as_u16(), 413, "{path}");
            page.says(&format!("At most {limit} bytes are read here."));
        }
        let request = ada.request(Method::POST, "/api-keys/new").header("sec-fetch-site", "same-origin").header("content-type", URLENCODED);
        ada.clone().send(request.body(form(&ada, 65_536))).await.is(400).says("This form is incomplete.");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn a_form_that_does_not_say_its_size_is_counted(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/api-keys/new").await.is(200);
        let large = portal.sends_chunked("/api-keys/new", URLENCODED, &ada, form(&ada, 65_537).as_bytes()).await;
        assert_eq!(large.status(), 413, "{}", large.0);
        let fits = portal.sends_chunked("/api-keys/new", URLENCODED, &ada, form(&ada, 65_536).as_bytes()).await;
        assert_eq!(fits.status(), 400, "{}", fits.0);
        assert!(fits.0.contains("This form is incomplete."), "{}", fits.0);
    }

    async fn a_json_body_of_more_than_sixty_four_kibibytes_is_too_large(portal: Portal) {
        let ada = portal.ada().await;
        let body = |bytes: usize| format!("{{\"key\":\"{}\"}}", "x".repeat(bytes - 10));
        for (bytes, status) in [(65_536, 200), (65_537, 413)] {
            let request = portal.client.post(portal.url("/api/v1/verify")).header("content-type", "application/json");
            Answer::of(request.body(body(bytes))).await.is(status);
            let chunked = portal.sends_chunked("/api/v1/verify", "application/json", &ada, body(bytes).as_bytes()).await;
            assert_eq!(chunked.status(), status, "{}", chunked.0);
        }
    }

    async fn rfc_9110_15_5_16_a_compressed_body_is_told_to_come_as_it_is(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/api-keys").await.is(200);
        let requests = [
            (portal.client.post(portal.url("/api/v1/verify")), "application/json", "application/problem+json"),
            (portal.client.post(portal.url("/api/v1/leaks")), "application/json", "application/problem+json"),
            (portal.client.post(portal.url("/acme/oauth2/token")), URLENCODED, "\"error\":\"invalid_request\""),
            (portal.client.post(portal.url("/acme/oauth2/introspect")), URLENCODED, "\"error\":\"invalid_request\""),
            (portal.client.post(portal.url("/compat/nullplatform/login")), "application/json", "\"statusCode\":415"),
        ];
        for (request, media_type, face) in requests {
            let request = request.header("content-type", media_type).header("content-encoding", "gzip");
            let answer = Answer::of(request.body(&b"\x1f\x8b\x08\x00"[..])).await.is(415);
            assert_eq!(answer.header("accept-encoding"), "identity", "{media_type}");
            assert!(format!("{} {}", answer.header("content-type"), answer.body).contains(face), "{}", answer.body);
            assert!(answer.body.contains("without Content-Encoding"), "{}", answer.body);
        }
        let form = ada.request(Method::POST, "/api-keys/new").header("sec-fetch-site", "same-origin");
        let form = form.header("content-type", URLENCODED).header("content-encoding", "gzip").body(&b"\x1f\x8b\x08\x00"[..]);
        let page = ada.send(form).await.is(415).says("without Content-Encoding");
        assert_eq!(page.header("accept-encoding"), "identity");
        let request = portal.client.post(portal.url("/api/v1/verify")).header("content-type", "application/json");
        Answer::of(request.header("content-encoding", "identity").body("{\"key\":\"x\"}")).await.is(200);
    }

    async fn rfc_9110_15_5_14_a_token_request_of_more_than_sixteen_kibibytes_is_too_large(portal: Portal) {
        let ada = portal.ada().await;
        let body = |bytes: usize| format!("grant_type={}", "x".repeat(bytes - 11));
        for (bytes, status) in [(16_384, 400), (16_385, 413)] {
            let request = portal.client.post(portal.url("/acme/oauth2/token")).header("content-type", URLENCODED);
            Answer::of(request.body(body(bytes))).await.is(status);
            let chunked = portal.sends_chunked("/acme/oauth2/token", URLENCODED, &ada, body(bytes).as_bytes()).await;
            assert_eq!(chunked.status(), status, "{}", chunked.0);
        }
    }

    async fn bytes_that_are_no_text_and_names_given_twice_are_refused(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.get("/api-keys/new").await.field("intent");
        let fields = format!("csrf={}&intent={intent}&expiry=90", ada.csrf).into_bytes();
        for bad in [
            &b"&client_id=%ff%fe"[..], b"&client_id=\xff\xfe", b"&client_id=a%00b", b"&client_id=%c0%af", b"&client_id=%ed%a0%80",
            b"&%ff=1", b"&client_id=abc&client_id=abd", b"&client_id=abc&client%5Fid=abd",
        ] {
            let request = ada.request(Method::POST, "/api-keys/new").header("sec-fetch-site", "same-origin").header("content-type", URLENCODED);
            let page = ada.clone().send(request.body([&fields, bad].concat())).await;
            assert_eq!(page.status.as_u16(), 400, "{}", String::from_utf8_lossy(bad));
        }
        for query in ["after=%ff", "after=%00", "after=1&after=2", "%ff", "next=%c0%af"] {
            ada.get(&format!("/api-keys?{query}")).await.is(400);
            ada.get(&format!("/login?{query}")).await.is(400);
        }
        for bad in [
            &b"{\"key\":\"\xff\"}"[..], b"{\"key\":\"\\ud800\"}", b"{\"key\":\"a\",\"key\":\"b\"}", b"{\"key\":\"a\",\"extra\":1}", b"{\"key\":1}",
            b"{}", b"[]", b"", b"\xef\xbb\xbf{\"key\":\"a\"}", b"{\"key\":\"a\"} {",
        ] {
            let request = portal.client.post(portal.url("/api/v1/verify")).header("content-type", "application/json");
            let answer = Answer::of(request.body(bad)).await;
            assert_eq!(answer.status.as_u16(), 400, "{}", String::from_utf8_lossy(bad));
        }
        let deep = format!("{{\"key\":{}", "[".repeat(30_000));
        let request = portal.client.post(portal.url("/api/v1/verify")).header("content-type", "application/json");
        Answer::of(request.body(deep)).await.is(400);
        assert_eq!(portal.number("SELECT count(*) FROM api_keys").await, 0);
    }

    async fn a_client_id_of_ten_thousand_characters_is_told_how_long_it_is(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.get("/api-keys/new").await.field("intent");
        let fields = [("intent", intent.as_str()), ("client_id", &"x".repeat(10_000)), ("name", ""), ("expiry", "90")];
        let page = ada.post("/api-keys/new", &fields).await.is(422).says("10000 characters").says("64");
        assert!(page.has_element("client-id-error"));
    }

    async fn enormous_headers_are_refused_and_the_portal_lives(portal: Portal) {
        let many = (0..10_000).map(|n| format!("X-{n}: x\r\n")).collect::<String>();
        let deaf = [
            format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)),
            format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {}\r\n\r\n", "__Host-sid=x; ".repeat(20_000)),
            format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{many}\r\n"),
            format!("GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "x".repeat(1 << 17)),
        ];
        for request in deaf {
            let answer = portal.wire(request).await;
            // Whoever still sends when the connection is closed may not see the answer.
            assert!(answer.0.is_empty() || (400..500).contains(&answer.status()), "{}", answer.0);
            lives(&portal).await;
        }
    }

    async fn rfc_6585_5_too_many_header_fields_are_named_as_what_is_wrong(portal: Portal) {
        for (fields, status) in [(90, 200), (200, 431)] {
            let fields = (0..fields).map(|n| format!("X-{n}: x\r\n")).collect::<String>();
            let answer = portal.wire(format!("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n")).await;
            assert_eq!(answer.status(), status, "{}", answer.0);
        }
    }

    async fn a_request_that_can_be_read_in_two_ways_is_refused(portal: Portal) {
        let head = format!("POST /api/v1/verify HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n", portal.address);
        let smuggled = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", portal.address);
        for (why, request) in [
            ("length and chunks", format!("{head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}")),
            ("chunks and length", format!("{head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{smuggled}")),
            ("two lengths", format!("{head}Content-Length: 2\r\nContent-Length: 60\r\n\r\n{{}}{smuggled}")),
            ("two lengths in one", format!("{head}Content-Length: 2, 60\r\n\r\n{{}}{smuggled}")),
            ("a length with a sign", format!("{head}Content-Length: +2\r\n\r\n{{}}{smuggled}")),
            ("no length at all", format!("{head}Content-Length: x\r\n\r\n{{}}{smuggled}")),
            ("an unknown coding", format!("{head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{smuggled}")),
            ("a space before the colon", format!("{head}Content-Length : 2\r\n\r\n{{}}{smuggled}")),
            ("a folded header", format!("{head}X: a\r\n b\r\nContent-Length: 2\r\n\r\n{{}}{smuggled}")),
            ("a chunk size that is none", format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n{smuggled}")),
        ] {
            let answer = portal.wire(request).await;
            assert_eq!(answer.status(), 400, "{why}: {}", answer.0);
            assert_eq!(answer.answers(), 1, "{why}: {}", answer.0);
        }
        lives(&portal).await;
    }
}
