//! Whose address counts: the peer's, and what a trusted proxy says.

use crate::support::{PASSWORD, Portal, on_both};

/// Signs in with this `X-Forwarded-For`, and says how often the address is in the audit log then.
async fn recorded(portal: &Portal, forwarded: &str, address: &str) -> i64 {
    let mut ada = portal.visitor();
    ada.get("/login").await.is(200);
    let fields = [("csrf", ada.csrf.clone()), ("email", "ada@acme.example".into()), ("password", PASSWORD.into())];
    let request = ada.request(reqwest::Method::POST, "/login").header("sec-fetch-site", "same-origin");
    let request = request
        .header("x-forwarded-for", forwarded)
        .header("x-real-ip", "198.51.100.1")
        .header("forwarded", "for=198.51.100.2");
    ada.send(request.form(&fields)).await.redirects_to("/");
    let rows = format!("SELECT count(*) FROM audit_events WHERE action = 'session.created' AND address = '{address}'");
    let sessions = portal.number(&format!("SELECT count(*) FROM sessions WHERE address = '{address}'")).await;
    assert_eq!(portal.number(&rows).await, sessions);
    sessions
}

on_both! {
    async fn a_header_from_anybody_changes_no_address(portal: Portal) {
        portal.set_up_acme().await;
        assert_eq!(recorded(&portal, "203.0.113.9", "127.0.0.1").await, 1);
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE address LIKE '%.%.113.9' OR address LIKE '198.%'").await, 0);
    }

    async fn what_a_client_puts_before_the_proxys_word_hides_nobody(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("UPDATE api_keys SET allowed_addresses = '203.0.113.9/32'").await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        for (lines, status) in [
            (&[&b"203.0.113.9"[..]][..], 204),
            (&[b"\xff, 203.0.113.9"], 204),
            (&[b"203.0.113.9, \xff, 198.51.100.1"], 403),
            (&[b"203.0.113.9", b"\xff, 198.51.100.1"], 403),
            (&[b"127.0.0.1", b"\xc3\x28,198.51.100.1"], 403),
            (&[b"203.0.113.9,"], 204),
            (&[b"203.0.113.9", b" , "], 204),
            (&[b"203.0.113.9,, 198.51.100.1,"], 403),
        ] {
            let mut request = format!("GET /acme/gateway/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: {}\r\n", key.secret).into_bytes();
            for line in lines {
                request.extend([b"X-Forwarded-For: ", *line, b"\r\n"].concat());
            }
            request.extend(b"\r\n");
            let answer = behind.wire(request).await;
            assert_eq!(answer.status(), status, "{lines:?}: {}", answer.0);
            // Where it is refused, it is for where the request is from.
            assert!(status == 204 || answer.0.contains("198.51.100.1"), "{}", answer.0);
        }
    }

    async fn a_trusted_proxy_is_believed(portal: Portal) {
        portal.set_up_acme().await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        assert_eq!(recorded(&behind, "198.51.100.7, 203.0.113.9", "203.0.113.9").await, 1);
    }
}
