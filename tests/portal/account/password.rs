//! Changing one's own password.

use keystead::web::cookies::Name;

use crate::support::{PASSWORD, on_both};

const NEW: &str = "the south gate squeaks";

on_both! {
    async fn whoever_knows_the_old_one_sets_a_new_one_and_every_other_browser_is_out(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut other = portal.visitor();
        other.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        let before = ada.clone();
        ada.get("/account").await.is(200).says("My account").says("Your roles: Admin.");
        ada.post("/account/password", &[("current", PASSWORD), ("password", NEW)]).await.redirects_to("/account");
        ada.get("/account").await.is(200).says("Your password is changed. Every other browser was signed out.");
        other.get("/account").await.redirects_to("/login?next=%2Faccount");
        // This browser goes on under a new token; the old one is dead.
        assert_ne!(ada.cookie(Name::Session), before.cookie(Name::Session));
        before.clone().get("/account").await.redirects_to("/login?next=%2Faccount");
        assert_eq!(portal.number("SELECT count(*) FROM sessions").await, 1);
        portal.visitor().signs_in("ada@acme.example", PASSWORD).await.is(422);
        portal.visitor().signs_in("ada@acme.example", NEW).await.redirects_to("/api-keys");
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'password.changed'").await, 1);
    }

    async fn what_is_wrong_is_said_and_nothing_is_changed(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/account").await;
        let hash = "SELECT password_hash AS line FROM users";
        let before = portal.lines(hash).await;
        for (current, password, words) in [
            ("not my password at all", NEW, "Current password is not the one that you sign in with."),
            ("", NEW, "Current password is not the one that you sign in with."),
            (PASSWORD, "", "Password is empty."),
            (PASSWORD, "short", "Password has 5 characters. It needs at least 15."),
            (PASSWORD, "passwordpassword", "Password is one that many people use"),
            (PASSWORD, "Ada Lovelace Acme Works", "Password holds the organization, your name"),
            (PASSWORD, PASSWORD, "New password is the one that you have."),
        ] {
            let page = ada.post("/account/password", &[("current", current), ("password", password)]).await.is(422).says(words);
            assert!(page.body.contains("<title>Error: My account"), "{words}");
            assert_eq!((page.field("current"), page.field("password")), (String::new(), String::new()));
        }
        assert_eq!(portal.lines(hash).await, before);
        ada.get("/account").await.is(200);
    }

    async fn guessing_in_a_browser_that_was_left_open_is_slowed_down_and_keeps_nobody_out(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/account").await;
        let guess = [("current", "not my password at all"), ("password", NEW)];
        for _ in 0..5 {
            ada.post("/account/password", &guess).await.is(422);
        }
        let runs = portal.inner.hasher.runs();
        let page = ada.post("/account/password", &[("current", PASSWORD), ("password", NEW)]).await.is(429).says("Too many tries. Wait 1 second");
        assert_eq!(page.header("retry-after"), "1");
        assert_eq!(portal.inner.hasher.runs(), runs, "nothing was compared");
        portal.visitor().signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        portal.clock.forward(1);
        ada.post("/account/password", &[("current", PASSWORD), ("password", NEW)]).await.redirects_to("/account");
    }

    async fn nobody_counts_up_somebody_elses_tries_on_the_sign_in_page(portal: Portal) {
        let mut ada = portal.ada().await;
        for name in ["password of ada@acme.example", "ada@acme.example"] {
            for _ in 0..8 {
                portal.visitor().signs_in(name, "whatever it may be").await;
            }
        }
        ada.get("/account").await;
        ada.post("/account/password", &[("current", PASSWORD), ("password", NEW)]).await.redirects_to("/account");
    }

    async fn a_reset_link_under_way_ends_with_the_password_it_was_for(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let page = portal.user_path("bob@acme.example", "invitation").await;
        ada.get("/users").await;
        let code = ada.post(&page, &[]).await.is(200).link_code();
        let mut bob = portal.visitor();
        bob.signs_in("bob@acme.example", PASSWORD).await;
        bob.get("/account").await;
        bob.post("/account/password", &[("current", PASSWORD), ("password", NEW)]).await.redirects_to("/account");
        portal.visitor().get(&format!("/invitations/{code}")).await.is(404);
    }
}
