//! The headers that every answer carries, whatever it is.

use std::collections::{BTreeMap, BTreeSet};

use keystead::app::all_routes;
use keystead::web::routes::Route;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};

use crate::support::{Answer, Portal, Visitor, address_of, on_both, paths};

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
    require-trusted-types-for 'script'";
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "geolocation=(), camera=(), microphone=(), payment=()"),
];
/// What an answer may say beside that.
const ALSO: [&str; 16] = [
    "allow",
    "cache-control",
    "clear-site-data",
    "connection",
    "content-disposition",
    "content-length",
    "content-type",
    "date",
    "etag",
    "location",
    "pragma",
    "retry-after",
    "set-cookie",
    "www-authenticate",
    "transfer-encoding",
    "vary",
];

/// The whole set, no more and no less; `what` names the request in the message.
#[track_caller]
fn check(what: &str, headers: &HeaderMap, https: bool) {
    let value = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap_or("not text"));
    let is_page = value("content-type").starts_with("text/html");
    let mut expected = BTreeMap::from(ALWAYS);
    expected.insert("content-security-policy", if is_page { PAGE_POLICY } else { DATA_POLICY });
    if is_page {
        expected.insert("vary", "Accept-Encoding, Cookie, Sec-Fetch-Site, Origin");
    }
    if https {
        expected.insert("strict-transport-security", "max-age=31536000");
    }
    for (name, expected) in &expected {
        assert_eq!(value(name), *expected, "{what}: {name}");
        assert_eq!(headers.get_all(*name).iter().count(), 1, "{what}: {name}");
    }
    let id = value("x-request-id");
    assert!(id.len() == 20 && id.starts_with("req_"), "{what}: {id}");
    for name in headers.keys().map(reqwest::header::HeaderName::as_str) {
        let known = expected.contains_key(name) || name == "x-request-id" || ALSO.contains(&name);
        assert!(known, "{what}: nobody wants {name}: {}", value(name));
    }
    let kept = what.contains("/assets/{") && what.ends_with("200 OK");
    let data_to_keep = what.contains("jwks") || what.contains("well-known");
    match value("cache-control") {
        "public, max-age=31536000, immutable" => assert!(kept, "{what} is kept for ever"),
        "public, max-age=86400" => assert!(what.contains("/favicon.ico"), "{what} is kept for a day"),
        "no-store" => assert!(!kept, "{what} is not kept"),
        other => assert!(data_to_keep && !is_page, "{what}: {other}"),
    }
    assert!(
        value("content-type").is_empty()
            || value("content-type").contains("charset=utf-8")
            || value("content-type") == "image/svg+xml",
        "{what}"
    );
}

/// Sends a request in the name of the visitor and checks the answer's headers.
async fn crawl(visitor: &Visitor<'_>, what: &str, request: RequestBuilder) -> u16 {
    let page = visitor.clone().send(request.header("sec-fetch-site", "same-origin")).await;
    check(&format!("{what} {}", page.status), &page.headers, false);
    page.status.as_u16()
}

fn request(visitor: &Visitor<'_>, route: &Route, key_id: &str) -> RequestBuilder {
    visitor.request(route.method.as_str().parse().expect("a method"), &address_of(route, key_id))
}

async fn statuses(portal: &Portal, visitor: &Visitor<'_>, key_id: &str) -> Vec<u16> {
    let mut seen = Vec::new();
    for route in all_routes() {
        let what = format!("{} {}", route.method, route.path);
        let send = |request| crawl(visitor, &what, request);
        seen.push(send(request(visitor, &route, key_id)).await);
        seen.push(send(request(visitor, &route, key_id).header("accept", "application/json")).await);
        if route.method.answers(&actix_web::http::Method::POST) {
            let large = "x".repeat(70_000);
            for content_type in ["application/x-www-form-urlencoded", "application/json"] {
                let post = request(visitor, &route, key_id).header("content-type", content_type);
                seen.push(send(post.body(large.clone())).await);
                let post = request(visitor, &route, key_id).header("content-type", content_type);
                seen.push(send(post.body("grant_type=client_credentials")).await);
            }
            seen.push(send(request(visitor, &route, key_id).header("content-type", "text/plain").body("x")).await);
        }
        if route.path.contains("{key_id}") {
            seen.push(send(request(visitor, &route, "0123456789AB")).await);
        }
        seen.push(send(request(visitor, &route, key_id).query(&[("after", "1"), ("after", "2")])).await);
    }
    for (path, routes) in paths() {
        let put = visitor.request(Method::PUT, &address_of(&routes[0], key_id));
        seen.push(crawl(visitor, &format!("PUT {path}"), put).await);
    }
    for path in
        ["/nowhere", "/api/v1/nowhere", "/acme/oauth2/nowhere", "/assets/000000000000/css/keystead.css", "/api-keys/"]
    {
        seen.push(crawl(visitor, path, portal.client.get(portal.url(path))).await);
    }
    seen
}

on_both! {
    async fn every_answer_carries_the_whole_set(portal: Portal) {
        let visitor = portal.visitor();
        let before = statuses(&portal, &visitor, "0123456789AB").await;
        assert!(before.contains(&503), "{before:?}");
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let mut seen = statuses(&portal, &visitor, &key.key_id).await;
        seen.extend(statuses(&portal, &ada, &key.key_id).await);
        let mut stranger = portal.visitor();
        for _ in 0..6 {
            let page = stranger.signs_in("nobody@acme.example", "wrong").await;
            check("POST /login", &page.headers, false);
            seen.push(page.status.as_u16());
        }
        let seen: BTreeSet<u16> = seen.into_iter().collect();
        // 500 is for a gateway that asks what makes no sense.
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [200, 303, 400, 401, 403, 404, 405, 413, 415, 422, 429, 500]);
    }

    async fn an_answer_to_a_fault_of_ours_carries_it_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.sql("UPDATE signing_keys SET private_key_sealed = (SELECT token_hash FROM sessions LIMIT 1)").await;
        let answer = portal.token_for(&key).await.is(500);
        check("token", &answer.headers, false);
        assert_eq!(answer.json()["error"], "server_error");
        portal.sql("UPDATE resources SET path = 'nonsense'").await;
        let page = ada.get("/api-keys").await.is(500).says("Something went wrong").says_nothing_of("nonsense");
        check("page", &page.headers, false);
        portal.sql("ALTER TABLE sessions RENAME TO elsewhere").await;
        let page = ada.get("/api-keys").await;
        assert!(page.status.is_server_error(), "{}", page.status);
        check("page", &page.headers, false);
        assert!(!page.body.contains("sessions"), "{}", page.body);
        portal.client.get(portal.url("/healthz")).send().await.expect("the portal lives");
    }

    async fn browsers_are_told_to_use_tls_only_where_there_is_tls(portal: Portal) {
        portal.set_up_acme().await;
        let behind = portal.restarted(&[("public_url", "https://keys.acme.example"), ("trusted_proxies", "10.0.0.1")]);
        for path in ["/login", "/api-keys", "/nowhere", "/api/v1/nowhere", "/healthz", "/acme/oauth2/jwks"] {
            let secure = Answer::of(behind.client.get(behind.url(path)).header("accept", "text/html")).await;
            check(path, &secure.headers, true);
            let plain = Answer::of(portal.client.get(portal.url(path)).header("accept", "text/html")).await;
            assert_eq!(plain.header("strict-transport-security"), "", "{path}");
        }
        let post = behind.client.post(behind.url("/api/v1/verify")).body("x");
        check("verify", &Answer::of(post).await.is(415).headers, true);
    }

    async fn no_other_site_may_read_any_answer(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for route in all_routes() {
            for method in [route.method.as_str(), "OPTIONS"] {
                let request = ada.request(method.parse().expect("a method"), &address_of(&route, &key.key_id));
                let request = request.header("origin", "https://evil.example").header("access-control-request-method", "POST");
                let page = ada.clone().send(request).await;
                let allowed = page.headers.keys().find(|name| name.as_str().starts_with("access-control"));
                assert_eq!(allowed, None, "{method} {}", route.path);
                // Gateways hand on every method, and whoever asks without a credential is refused.
                let refused = if route.path.ends_with("/gateway/auth") { 401 } else { 405 };
                assert!(method != "OPTIONS" || page.status.as_u16() == refused, "{} {}", route.path, page.status);
            }
        }
    }

    async fn static_files_are_kept_for_ever_and_old_ones_are_gone(portal: Portal) {
        let body = portal.visitor().get("/setup").await.is(200).body;
        let links: Vec<&str> = body.split(['"', '#']).filter(|text| text.starts_with("/assets/")).collect();
        assert!(links.len() >= 3, "{links:?}");
        for link in links {
            let file = Answer::of(portal.client.get(portal.url(link))).await.is(200);
            assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{link}");
            let media_type = match link.rsplit('.').next() {
                Some("css") => "text/css; charset=utf-8",
                Some("js") => "text/javascript; charset=utf-8",
                _ => "image/svg+xml",
            };
            assert_eq!(file.header("content-type"), media_type, "{link}");
            let hash = link.split('/').nth(2).expect("a hash");
            for other in ["000000000000", &hash[..11], &hash.to_uppercase().replace(|c: char| c.is_ascii_digit(), "f")] {
                let gone = Answer::of(portal.client.get(portal.url(&link.replace(hash, other)))).await.is(404);
                assert_eq!(gone.header("cache-control"), "no-store", "{link}");
            }
            let up = portal.wire(format!("GET /assets/{hash}/../../Cargo.toml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
            assert_eq!(up.status(), 404, "{}", up.0);
        }
        portal.set_up_acme().await;
        for path in ["/assets/", "/assets", "/static/css/keystead.css", "/assets/000000000000/"] {
            assert!(Answer::of(portal.client.get(portal.url(path))).await.status.as_u16() != 200, "{path}");
        }
    }

    async fn pages_hold_no_script_or_style_of_their_own_and_nothing_foreign(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for route in all_routes().iter().filter(|route| route.method.as_str() == "GET" && route.is_for_browsers()) {
            for visitor in [portal.visitor(), ada.clone()] {
                let body = visitor.clone().get(&address_of(route, &key.key_id)).await.body;
                let lower = body.to_lowercase();
                for inline in [" style=", "<style", " onclick=", " onload=", " onerror=", "javascript:"] {
                    assert!(!lower.contains(inline), "{}: {inline}", route.path);
                }
                for script in lower.split("<script").skip(1) {
                    assert!(script.starts_with(" src=\"/assets/"), "{}: {script}", route.path);
                }
                for address in lower.split([' ', '\n']).filter_map(|word| word.strip_prefix("src=\"").or(word.strip_prefix("href=\""))) {
                    // Nothing between the quotes is the page itself.
                    assert!(address.starts_with(['/', '#', '"']) && !address.starts_with("//") || address.starts_with("mailto:"), "{address} on {}", route.path);
                }
            }
        }
    }
}
