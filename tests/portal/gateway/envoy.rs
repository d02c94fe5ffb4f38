//! Envoy's ext_authz over HTTP: the request that `ext_authz_http_impl.cc` and `async_client_impl.cc` of Envoy 1.36 make. The
//! path is the prefix with the client's own behind it, the body stays away, and Envoy's own address comes behind the client's.

use super::replays::{CLIENT, NAMES, assert_has_in_order, in_recipe, keys, passes, recipe, refused};
use crate::support::{Portal, Wire, on_both};

const ENVOY: &str = "10.0.0.5";

async fn asks(portal: &Portal, method: &str, path: &str, credentials: &str) -> Wire {
    let prefix = in_recipe("envoy.md", "path_prefix");
    portal
        .wire(format!(
            "{method} {prefix}{path} HTTP/1.1\r\nhost: api.example\r\ncontent-length: 0\r\n{credentials}\
             x-forwarded-for: {CLIENT},{ENVOY}\r\nx-envoy-internal: true\r\nx-envoy-expected-rq-timeout-ms: 5000\r\n\
             connection: close\r\n\r\n"
        ))
        .await
}

on_both! {
    async fn envoy_gets_what_it_makes_a_decision_of(portal: Portal) {
        let (reader, other) = keys(&portal).await;
        let behind = portal.restarted(&[("trusted_proxies", &format!("127.0.0.1,{ENVOY}"))]);
        let (good, bad) = (format!("x-api-key: {}\r\n", reader.secret), format!("x-api-key: {}\r\n", other.secret));
        for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PROPFIND"] {
            passes(&asks(&behind, method, "/invoices", &good).await, 200, &reader);
            refused(&asks(&behind, method, "/invoices", "").await, 401);
            refused(&asks(&behind, method, "/invoices", &bad).await, 403);
        }
        let bearer = format!("authorization: Bearer {}\r\n", reader.secret);
        passes(&asks(&behind, "GET", "/", &bearer).await, 200, &reader);
        refused(&asks(&behind, "GET", "/", &format!("{good}{bearer}")).await, 401);
        // Without `encode_raw_headers` two headers come as one.
        refused(&asks(&behind, "GET", "/", &format!("x-api-key: {0},{0}\r\n", reader.secret)).await, 401);
        // Where its own address is not trusted, it is the client's.
        let half = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        refused(&asks(&half, "GET", "/", &good).await, 403);
    }

    async fn the_recipe_takes_away_what_a_client_says_of_itself_and_lets_nobody_pass_unasked(portal: Portal) {
        let recipe = recipe("envoy.md");
        assert_has_in_order(&recipe, &["path_with_escaped_slashes_action: REJECT_REQUEST", "common_http_protocol_options: { headers_with_underscores_action: REJECT_REQUEST }"]);
        let removed = NAMES.map(|name| format!("- remove: x-keystead-{name}"));
        let mut lines = vec!["http_filters:"];
        lines.extend(removed.iter().map(String::as_str));
        lines.extend(["- name: envoy.filters.http.ext_authz", "failure_mode_allow: false", "status_on_error: { code: ServiceUnavailable }", "encode_raw_headers: true"]);
        lines.push("- { key: x-forwarded-for, value: \"%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%\" }");
        lines.extend(["- remove: authorization", "- remove: x-api-key", "- name: envoy.filters.http.router"]);
        assert_has_in_order(&recipe, &lines);
        // All that Keystead says is in the list of what is taken away.
        let (reader, _) = keys(&portal).await;
        let behind = portal.restarted(&[("trusted_proxies", &format!("127.0.0.1,{ENVOY}"))]);
        passes(&asks(&behind, "GET", "/", &format!("x-api-key: {}\r\n", reader.secret)).await, 200, &reader);
    }

    async fn a_clients_path_asks_nothing(portal: Portal) {
        let (reader, other) = keys(&portal).await;
        let behind = portal.restarted(&[("trusted_proxies", &format!("127.0.0.1,{ENVOY}"))]);
        let (good, bad) = (format!("x-api-key: {}\r\n", reader.secret), format!("x-api-key: {}\r\n", other.secret));
        for path in [
            "/invoices?permission=none", "/?status=204&uri=&permission=none&resource=organization=globex", "/&permission=none", "//",
            "/../../../healthz", "/%2e%2e/%00?%ff", "/a;b=c?x=y?z&&&=", "*",
        ] {
            passes(&asks(&behind, "GET", path, &good).await, 200, &reader);
            refused(&asks(&behind, "GET", path, &bad).await, 403);
        }
    }

    async fn where_the_truth_is_not_known_envoy_gets_an_error(portal: Portal) {
        let (reader, _) = keys(&portal).await;
        let behind = portal.restarted(&[("trusted_proxies", &format!("127.0.0.1,{ENVOY}"))]);
        portal.sql("ALTER TABLE api_keys RENAME TO api_keys_gone").await;
        let answer = asks(&behind, "GET", "/invoices", &format!("x-api-key: {}\r\n", reader.secret)).await;
        assert!(answer.status() >= 500, "{answer:?}");
    }
}
