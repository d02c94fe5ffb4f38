//! Traefik's ForwardAuth: the request that `pkg/middlewares/auth/forward.go` of Traefik v3 makes (commit bd22897), behind an
//! entry point that trusts nobody, in the bytes of Go's HTTP client.

use regex::Regex;

use super::replays::{CLIENT, NAMES, assert_has_in_order, in_recipe, keys, passes, recipe, refused};
use crate::support::{Portal, Wire, on_both};

/// Of a client's request: its method and address are in headers, its own headers go along, its body does not.
async fn asks(portal: &Portal, method: &str, credentials: &str) -> Wire {
    let address = in_recipe("traefik.md", "address");
    let path = address.strip_prefix("http://127.0.0.1:8080").expect("Keystead's address");
    // With `preserveRequestMethod`; a method that may have a body says that there is none.
    let length = if method == "POST" { "Content-Length: 0\r\n" } else { "" };
    portal
        .wire(format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/8.5.0\r\n{length}Accept: */*\r\n{credentials}\
             Content-Type: application/json\r\nX-Forwarded-For: {CLIENT}\r\nX-Forwarded-Host: api.example\r\n\
             X-Forwarded-Method: POST\r\nX-Forwarded-Port: 80\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Server: gateway\r\n\
             X-Forwarded-Uri: /invoices/../x?permission=none&uri=y\r\nX-Keystead-Client-Id: mallory\r\nX-Real-Ip: {CLIENT}\r\n\
             Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        ))
        .await
}

#[test]
fn the_recipe_takes_away_what_a_client_says_of_itself() {
    let lines = [
        "middlewares: [keystead, without-credentials]",
        "trustForwardHeader: false",
        "Authorization: \"\"",
        "X-API-Key: \"\"",
    ];
    assert_has_in_order(&recipe("traefik.md"), &lines);
    let taken_away = Regex::new(&in_recipe("traefik.md", "authResponseHeadersRegex")).expect("a pattern");
    for name in NAMES {
        for (spoken, written) in [("X-Keystead-", name.to_owned()), ("x_keystead_", name.replace('-', "_"))] {
            assert!(taken_away.is_match(&format!("{spoken}{written}")), "{spoken}{written}");
        }
    }
    assert!(
        ["Authorization", "X-API-Key", "Content-Type", "X-Forwarded-For"].iter().all(|name| !taken_away.is_match(name))
    );
}

on_both! {
    async fn traefik_gets_what_it_makes_a_decision_of(portal: Portal) {
        let (reader, other) = keys(&portal).await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        for method in ["GET", "POST"] {
            passes(&asks(&behind, method, &format!("Authorization: Bearer {}\r\n", reader.secret)).await, 204, &reader);
            passes(&asks(&behind, method, &format!("X-Api-Key: {}\r\n", reader.secret)).await, 204, &reader);
            refused(&asks(&behind, method, "").await, 401);
            refused(&asks(&behind, method, &format!("X-Api-Key: {}\r\n", other.secret)).await, 403);
            let both = format!("Authorization: Bearer {0}\r\nX-Api-Key: {0}\r\n", reader.secret);
            refused(&asks(&behind, method, &both).await, 401);
        }
        // Whom nobody trusts is the client itself.
        refused(&asks(&portal, "GET", &format!("X-Api-Key: {}\r\n", reader.secret)).await, 403);
    }
}
