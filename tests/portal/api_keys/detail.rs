//! The page of one key.

use crate::support::on_both;

on_both! {
    async fn the_page_has_the_facts_of_the_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.tags(&key, "env", "prod").await;
        let hint = format!("ks_live_{}…{}", &key.key_id[..4], &key.secret[66..]);
        let page = ada.get(&key.path("")).await.is(200);
        let page = page.says("billing-sync").says(&hint).says(&key.key_id).says("ada@acme.example").says("Never used");
        let page = page.says("23 Nov 2026, 14:32 UTC").says("21 Feb 2027, 14:32 UTC").says("Environment live");
        let page = page.says(&format!("{}/acme/oauth2/token", portal.origin())).says("Current");
        assert!(page.body.contains("<b>env</b>:prod"));
        assert!(page.attributes("href").contains(&key.path("delete")));
    }

    async fn a_key_without_grants_says_what_that_means(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("")).await.says("This key has no grants. It gets access tokens, which carry no permissions.");
        portal.gives(&key, "ci", "organization=acme").await;
        ada.get(&key.path("")).await.says("CI organization=acme").says_nothing_of("has no grants");
    }

    async fn the_page_of_a_deleted_key_says_that_it_is_deleted(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("")).await.says_nothing_of("Deleted");
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        let page = ada.get(&key.path("")).await.is(200).says("Deleted just now 23 Nov 2026, 14:32 UTC");
        let page = page.says("This key holds nothing any more.").says_nothing_of("Expires").says_nothing_of("Getting an access token");
        let page = page.says_nothing_of("It gets access tokens").says_nothing_of("Current");
        assert!(!page.attributes("href").contains(&key.path("delete")));
        ada.get(&key.path("delete")).await.is(410);
    }

    async fn a_secret_is_current_only_while_it_works(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let hint = format!("ks_live_{}…{}", &key.key_id[..4], &key.secret[66..]);
        let now = portal.inner.clock.now();
        for (change, words) in [
            ("disabled_at = NULL".to_owned(), "Current"),
            ("disabled_at = 1".to_owned(), "Disabled"),
            (format!("disabled_at = NULL, expires_at = {}", now.micros()), "Expired"),
        ] {
            portal.sql(&format!("UPDATE api_keys SET {change}")).await;
            let page = ada.get(&key.path("")).await.is(200).says(&format!("{hint} {words}"));
            assert_eq!(page.text().contains("Current"), words == "Current", "{words}");
        }
        ada.get(&key.path("")).await.says("Expired just now");
    }

    async fn today_is_not_drawn_as_a_whole_day(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.was_called(&key, 24 * 60 * 60, "VALID", &["203.0.113.7"; 9]).await;
        portal.was_called(&key, 0, "VALID", &["203.0.113.7"]).await;
        let row = ada.get("/api-keys").await.row("data-client-id=\"billing-sync\"");
        assert!(row.attributes("aria-label").contains(&"9 requests in 14 days, busiest day 9; 1 today so far".into()), "{}", row.body);
        let page = ada.get(&key.path("")).await.is(200).says("23 Nov so far");
        assert_eq!(page.body.matches("<g class=\"part\">").count(), 2, "this hour and this day");
    }
}
