//! Envoy's ext_authz over HTTP: the request that `ext_authz_http_impl.cc` and `async_client_impl.cc` of Envoy 1.36 make. The
//! path is the prefix with the client's own behind it, the body stays away, and Envoy's own address comes behind the client's.

use super::replays::{CLIENT, in_recipe, keys, passes, refused};
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
