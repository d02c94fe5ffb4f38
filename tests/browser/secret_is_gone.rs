//! A secret is shown once: not after going back, not after a reload, not from the history.

use crate::support::{Person, Portal};

const KEY: &str = "billing-sync";

#[tokio::test]
async fn after_close() {
    for javascript in [true, false] {
        let (_portal, olga) = olga_at_work(javascript).await;
        let secret = olga.creates_a_key(KEY).await;
        olga.says_the_key_is_saved().await;
        olga.sees_the_row_of(KEY).await;

        // As far back as the history goes.
        for _ in 0..4 {
            olga.goes_back().await;
            olga.holds_no(&secret).await;
        }
        has_one_key(&olga).await;
    }
}

#[tokio::test]
async fn after_a_reload() {
    for javascript in [true, false] {
        let (_portal, olga) = olga_at_work(javascript).await;
        let secret = olga.creates_a_key(KEY).await;

        // The browser sends the form again. That makes no second key, and tells nothing.
        olga.reloads().await;
        olga.sees("already").await;
        olga.holds_no(&secret).await;
        has_one_key(&olga).await;
    }
}

/// A browser may keep a page that was left as it was, and show it again.
#[tokio::test]
async fn after_leaving_in_the_middle() {
    for javascript in [true, false] {
        let (_portal, olga) = olga_at_work(javascript).await;
        let secret = olga.creates_a_key(KEY).await;
        olga.opens("/audit").await;
        olga.is_at("/audit").await;

        olga.goes_back().await;
        olga.holds_no(&secret).await;
        has_one_key(&olga).await;
    }
}

#[tokio::test]
async fn after_signing_out() {
    let (_portal, olga) = olga_at_work(true).await;
    let secret = olga.creates_a_key(KEY).await;
    olga.says_the_key_is_saved().await;
    olga.signs_out().await;
    for _ in 0..4 {
        olga.goes_back().await;
        olga.holds_no(&secret).await;
    }
    olga.opens("/api-keys").await;
    olga.is_at("/login").await;
}

async fn olga_at_work(javascript: bool) -> (Portal, Person) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    (portal, olga)
}

async fn has_one_key(olga: &Person) {
    olga.opens("/api-keys").await;
    olga.sees_the_row_of(KEY).await;
    assert_eq!(olga.lists().await, [KEY]);
}
