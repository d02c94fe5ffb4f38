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
        let page = ada.get(&key.path("")).await.is(200).says("Deleted").says("Ended");
        assert!(!page.attributes("href").contains(&key.path("delete")));
        ada.get(&key.path("delete")).await.is(410);
    }
}
