//! How long somebody stays signed in, and what keeps the session.

use std::collections::BTreeSet;

use actix_web::cookie::{Cookie, CookieJar, Key};
use diesel::prelude::*;
use keystead::base::hash;
use keystead::db::schema::sessions;
use keystead::web::cookies::Name;

use crate::support::{Backend, PASSWORD, Portal, Visitor, on_both};

/// Signed in still.
async fn is_in(visitor: &mut Visitor<'_>) -> bool {
    let page = visitor.get("/api-keys").await;
    if page.status.as_u16() == 303 {
        assert_eq!(page.header("location"), "/login?next=%2Fapi-keys");
    }
    page.status.as_u16() == 200
}

/// The token inside the cookie, which is encrypted.
fn token(visitor: &Visitor<'_>) -> String {
    let key = visitor.portal.inner.keyring.session_cookie().expect("a key");
    let name = visitor.portal.inner.cookies.name(Name::Session);
    let line = format!("{name}={}", visitor.cookie(Name::Session).expect("a session"));
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::parse_encoded(line).expect("a cookie").into_owned());
    jar.private(&Key::from(&key[..])).get(name).expect("a cookie of ours").value().to_owned()
}

/// Every cookie that a day with the portal sets.
async fn all_cookies(portal: &Portal) -> Vec<String> {
    let mut lines = portal.visitor().get("/login").await.cookies();
    let mut ada = portal.visitor();
    lines.extend(ada.signs_in("ada@acme.example", PASSWORD).await.cookies());
    let key = ada.makes_key("billing-sync").await;
    lines.extend(ada.post(&key.path("delete"), &[]).await.cookies());
    lines
}

on_both! {
    async fn behind_https_cookies_are_kept_from_scripts_other_hosts_and_plain_connections(portal: Portal) {
        portal.set_up_acme().await;
        let behind = portal.restarted(&[("public_url", "https://keys.acme.example"), ("trusted_proxies", "10.0.0.1")]);
        let lines = all_cookies(&behind).await;
        let mut names = BTreeSet::new();
        for line in &lines {
            let mut parts = line.split("; ");
            let name = parts.next().and_then(|pair| pair.split('=').next()).expect("a name").to_owned();
            let flags: BTreeSet<&str> = parts.collect();
            assert!(name.starts_with("__Host-"), "{line}");
            for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(flags.contains(flag), "{flag} is missing in {line}");
            }
            assert!(!line.to_lowercase().contains("domain"), "{line}");
            names.insert(name);
        }
        let cookies = &behind.inner.cookies;
        let every = [Name::Session, Name::Pre, Name::Flash, Name::Device].map(|name| cookies.name(name).to_owned());
        assert_eq!(names, BTreeSet::from(every));
        let session = lines.iter().find(|line| line.starts_with(cookies.name(Name::Session))).expect("a session");
        assert!(!session.contains("Max-Age") && !session.contains("Expires"), "ends with the browser: {session}");
        let device = lines.iter().find(|line| line.starts_with(cookies.name(Name::Device))).expect("a device");
        assert!(device.contains(&format!("Max-Age={}", 90 * 86_400)), "{device}");
    }

    // WebKit drops a `Secure` cookie on plain HTTP, and so every `__Host-` cookie: nobody could sign in on the quick start.
    async fn on_loopback_without_tls_every_browser_keeps_the_cookies(portal: Portal) {
        portal.set_up_acme().await;
        for line in all_cookies(&portal).await {
            assert!(!line.starts_with("__") && !line.contains("Secure"), "{line}");
            for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(line.contains(flag), "{flag} is missing in {line}");
            }
            assert!(!line.to_lowercase().contains("domain"), "{line}");
        }
    }

    // Browsers keep one jar of cookies for all ports of a host.
    async fn two_portals_on_one_host_leave_each_others_sessions_alone(portal: Portal) {
        portal.set_up_acme().await;
        let other = Portal::start(Backend::Sqlite);
        other.set_up_acme().await;
        let mut here = portal.visitor();
        here.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        let mut there = other.visitor();
        there.cookies = here.cookies.clone();
        there.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        here.cookies = there.cookies.clone();
        assert!(is_in(&mut here).await && is_in(&mut there).await);
        there.post("/logout", &[]).await.redirects_to("/login");
        here.cookies = there.cookies.clone();
        assert!(is_in(&mut here).await);
    }

    async fn half_an_hour_without_a_click_ends_it(portal: Portal) {
        let mut ada = portal.ada().await;
        for _ in 0..2 {
            portal.clock.forward(30 * 60 - 1);
            assert!(is_in(&mut ada).await);
        }
        portal.clock.forward(30 * 60);
        assert!(!is_in(&mut ada).await);
    }

    async fn eight_hours_end_it_whatever_happens(portal: Portal) {
        let mut ada = portal.ada().await;
        for _ in 0..31 {
            portal.clock.forward(15 * 60);
            assert!(is_in(&mut ada).await);
        }
        portal.clock.forward(15 * 60 - 1);
        assert!(is_in(&mut ada).await);
        portal.clock.forward(1);
        assert!(!is_in(&mut ada).await);
    }

    async fn a_form_sent_after_the_end_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("delete")).await.is(200);
        portal.clock.forward(30 * 60);
        let page = ada.post(&key.path("delete"), &[]).await;
        assert!(page.status.as_u16() == 303 || page.status.as_u16() == 403, "{}", page.status);
        assert_ne!(page.header("location"), "/api-keys");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn when_it_was_seen_is_written_once_a_minute_at_most(portal: Portal) {
        let mut ada = portal.ada().await;
        let seen = "SELECT last_seen_at FROM sessions";
        let before = portal.number(seen).await;
        portal.clock.forward(59);
        assert!(is_in(&mut ada).await);
        assert_eq!(portal.number(seen).await, before);
        portal.clock.forward(1);
        assert!(is_in(&mut ada).await);
        assert_eq!(portal.number(seen).await, before + 60_000_000);
    }

    async fn the_eleventh_session_ends_the_oldest(portal: Portal) {
        portal.set_up_acme().await;
        let mut browsers = Vec::new();
        for _ in 0..11 {
            let mut ada = portal.visitor();
            ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
            portal.clock.forward(1);
            browsers.push(ada);
        }
        let mut still = Vec::new();
        for browser in &mut browsers {
            still.push(is_in(browser).await);
        }
        assert!(!still[0], "the oldest has ended");
        assert!(still[1..].iter().all(|is_in| *is_in), "{still:?}");
        assert_eq!(portal.number("SELECT count(*) FROM sessions").await, 10);
    }

    async fn a_disabled_user_is_out_with_the_next_click(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("delete")).await.is(200);
        portal.disables("ada@acme.example").await;
        let page = ada.clone().post(&key.path("delete"), &[]).await;
        assert_ne!(page.header("location"), "/api-keys");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert!(!is_in(&mut ada).await);
    }

    async fn the_database_knows_no_token_only_its_hash(portal: Portal) {
        let mut browsers = Vec::new();
        portal.set_up_acme().await;
        for _ in 0..2 {
            let mut ada = portal.visitor();
            ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
            browsers.push(ada);
        }
        let read = |conn: &mut keystead::db::Conn| {
            sessions::table.order(sessions::id).select(sessions::token_hash).load::<Vec<u8>>(conn).map_err(keystead::db::Error::from)
        };
        let hashes = portal.inner.db.read(read).await.expect("rows");
        let tokens: Vec<String> = browsers.iter().map(token).collect();
        assert!(tokens.iter().all(|token| token.len() == 43), "256 bits");
        let expected: Vec<Vec<u8>> = tokens.iter().map(|token| hash::sha256(token.as_bytes()).to_vec()).collect();
        assert_eq!(hashes, expected);
        assert_ne!(hashes[0], hashes[1]);
    }
}
