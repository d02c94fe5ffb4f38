//! Signing out.

use keystead::web::cookies::Name;

use crate::support::{PASSWORD, on_both};

on_both! {
    async fn the_old_cookie_opens_nothing_any_more(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut thief = ada.clone();
        thief.get("/api-keys").await.is(200);
        let page = ada.post("/logout", &[]).await.redirects_to("/login");
        assert!(ada.cookie(Name::Session).is_none());
        thief.get("/api-keys").await.redirects_to("/login?next=%2Fapi-keys");
        assert_eq!(portal.number("SELECT count(*) FROM sessions").await, 0);
        ada.follow(page).await.is(200).says("You are signed out.");
    }

    async fn the_browser_forgets_what_it_kept_of_the_pages(portal: Portal) {
        let page = portal.ada().await.post("/logout", &[]).await.redirects_to("/login");
        assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"");
        let name = portal.inner.cookies.name(Name::Session);
        let ended = page.cookies().into_iter().find(|line| line.starts_with(name)).expect("the cookie is ended");
        assert!(ended.contains("Max-Age=0") && ended.contains("Path=/"), "{ended}");
    }

    async fn another_browser_of_the_same_person_stays_signed_in(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut laptop = portal.visitor();
        laptop.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.post("/logout", &[]).await.redirects_to("/login");
        laptop.get("/api-keys").await.is(200);
    }

    async fn a_second_click_is_no_error(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut second = ada.clone();
        ada.post("/logout", &[]).await.redirects_to("/login");
        second.get("/login").await.is(200);
        second.post("/logout", &[]).await.redirects_to("/login");
    }

    async fn coming_and_going_are_in_the_audit_log_with_the_address(portal: Portal) {
        let mut ada = portal.ada().await;
        let count = |action: &str| format!(
            "SELECT count(*) FROM audit_events WHERE action = '{action}' AND actor = 'ada@acme.example' AND actor_kind = 'user' \
            AND address = '127.0.0.1' AND request_id LIKE 'req_%' AND at = {}", portal.inner.clock.now().micros()
        );
        assert_eq!(portal.number(&count("session.created")).await, 1);
        assert_eq!(portal.number(&count("session.ended")).await, 0);
        ada.post("/logout", &[]).await.redirects_to("/login");
        assert_eq!(portal.number(&count("session.ended")).await, 1);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/audit").await.is(200).says("session.ended").says("127.0.0.1");
    }
}
