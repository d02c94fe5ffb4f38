//! Guessing passwords is slow, and keeps nobody out but the guesser.

use keystead::access::BuiltIn;
use keystead::web::cookies::Name;

use crate::support::{PASSWORD, Page, Portal, on_both};

/// A stranger's try, in a browser that was never here.
async fn guess(portal: &Portal, email: &str) -> Page {
    portal.visitor().signs_in(email, "this is not the one").await
}

/// Tries until one is throttled; returns the seconds to wait.
async fn until_throttled(portal: &Portal, email: &str) -> i64 {
    for _ in 0..20 {
        let page = guess(portal, email).await;
        if page.status.as_u16() == 429 {
            return page.header("retry-after").parse().expect("seconds");
        }
    }
    panic!("twenty tries and no wait");
}

on_both! {
    async fn five_tries_are_free_then_the_waits_double(portal: Portal) {
        portal.set_up_acme().await;
        for email in ["ada@acme.example", "nobody@acme.example"] {
            for _ in 0..5 {
                guess(&portal, email).await.is(422);
            }
            for wait in [1, 2, 4, 8, 16, 30, 30] {
                let runs = portal.inner.hasher.runs();
                let page = guess(&portal, email).await.is(429);
                assert_eq!(page.header("retry-after"), wait.to_string(), "{email}");
                let unit = if wait == 1 { "second" } else { "seconds" };
                page.says(&format!("Too many tries. Wait {wait} {unit} and try again."));
                assert_eq!(portal.inner.hasher.runs(), runs, "a throttled try costs no work");
                portal.clock.forward(wait - 1);
                guess(&portal, email).await.is(429);
                portal.clock.forward(1);
                guess(&portal, email).await.is(422);
            }
        }
    }

    async fn whether_an_account_exists_cannot_be_seen_from_being_throttled(portal: Portal) {
        portal.set_up_acme().await;
        let mut pages = Vec::new();
        for email in ["ada@acme.example", "nobody@acme.example"] {
            until_throttled(&portal, email).await;
            let page = guess(&portal, email).await.is(429);
            let body = page.body.replace(&page.field("csrf"), "TOKEN").replace(email, "EMAIL");
            pages.push((page.header("retry-after").to_owned(), body));
        }
        assert_eq!(pages[0], pages[1]);
    }

    async fn the_right_password_waits_too_and_works_then(portal: Portal) {
        portal.set_up_acme().await;
        let wait = until_throttled(&portal, "ada@acme.example").await;
        portal.visitor().signs_in("ada@acme.example", PASSWORD).await.is(429);
        portal.clock.forward(wait);
        portal.visitor().signs_in("ADA@acme.example", PASSWORD).await.redirects_to("/api-keys");
    }

    async fn signing_in_starts_the_count_again(portal: Portal) {
        portal.set_up_acme().await;
        for _ in 0..3 {
            for _ in 0..4 {
                guess(&portal, "ada@acme.example").await.is(422);
            }
            portal.visitor().signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        }
    }

    async fn a_stranger_never_keeps_the_owners_browser_out(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.post("/logout", &[]).await.redirects_to("/login");
        until_throttled(&portal, "ada@acme.example").await;
        portal.visitor().signs_in("ada@acme.example", PASSWORD).await.is(429);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
    }

    async fn having_signed_in_to_one_account_helps_with_no_other(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_user("mal@acme.example", "Mal", BuiltIn::Member).await;
        let mut mal = portal.visitor();
        mal.signs_in("mal@acme.example", PASSWORD).await.redirects_to("/api-keys");
        mal.post_exactly("/logout", &[]).await;
        until_throttled(&portal, "ada@acme.example").await;
        let mut forged = portal.visitor();
        forged.takes_cookie(Name::Device, mal.cookie(Name::Device).expect("a device"));
        forged.signs_in("ada@acme.example", PASSWORD).await.is(429);
        forged.takes_cookie(Name::Device, "anything.00000000000000000000000000000000");
        forged.signs_in("ada@acme.example", PASSWORD).await.is(429);
    }

    async fn other_accounts_are_not_slowed_down(portal: Portal) {
        portal.set_up_acme().await;
        until_throttled(&portal, "nobody@acme.example").await;
        portal.visitor().signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
    }

    async fn saying_another_address_does_not_help(portal: Portal) {
        portal.set_up_acme().await;
        until_throttled(&portal, "ada@acme.example").await;
        let mut stranger = portal.visitor();
        stranger.get("/login").await.is(200);
        let fields = [("csrf", stranger.csrf.clone()), ("email", "ada@acme.example".into()), ("password", PASSWORD.into())];
        let request = stranger.request(reqwest::Method::POST, "/login").header("sec-fetch-site", "same-origin");
        stranger.send(request.header("x-forwarded-for", "203.0.113.9").form(&fields)).await.is(429);
    }
}
