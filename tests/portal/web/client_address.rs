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

    async fn a_trusted_proxy_is_believed(portal: Portal) {
        portal.set_up_acme().await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        assert_eq!(recorded(&behind, "198.51.100.7, 203.0.113.9", "203.0.113.9").await, 1);
    }
}
