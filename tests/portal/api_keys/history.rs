//! What happened to a key, on its page and in the audit log.

use crate::support::{Page, on_both};

on_both! {
    async fn the_page_of_a_key_has_its_own_events_newest_first_with_before_and_after(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("erp-orders").await);
        portal.clock.forward(60);
        let version = ada.get(&key.path("edit")).await.is(200).field("version");
        let fields = [("name", "Billing"), ("expiry", "keep"), ("version", &version)];
        ada.post(&key.path("edit"), &fields).await.redirects_to(&key.path(""));
        ada.post(&other.path("disable"), &[]).await.redirects_to(&other.path(""));
        let page = ada.get(&key.path("")).await.is(200).says("History").says("Changed the key by ada@acme.example from 127.0.0.1");
        let page = page.says("name billing-sync became Billing").says("Created the key").says_nothing_of("Disabled the key");
        let numbers = numbers(&page);
        assert!(numbers.len() == 2 && numbers[0] > numbers[1], "{numbers:?}");
        assert!(page.attributes("href").contains(&format!("/audit?target=api_key:{}", key.key_id)));
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.get(&key.path("")).await.is(200).says("Deleted the key");
    }

    async fn the_page_has_ten_events_and_the_log_all_of_them_page_by_page(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("erp-orders").await);
        for _ in 0..30 {
            for verb in ["disable", "enable"] {
                ada.post(&key.path(verb), &[]).await.redirects_to(&key.path(""));
                ada.post(&other.path(verb), &[]).await.redirects_to(&other.path(""));
            }
        }
        assert_eq!(numbers(&ada.get(&key.path("")).await.is(200)).len(), 10);
        let mut page = ada.get(&format!("/audit?target=api_key:{}", key.key_id)).await.is(200).says("Target: billing-sync");
        assert!(page.attributes("href").contains(&"/audit".into()), "the filter can be removed");
        let mut seen = numbers(&page);
        while let Some(older) = link(&page, "after=") {
            page = ada.get(&older).await.is(200).says("Target: billing-sync").says_nothing_of("erp-orders");
            seen.extend(numbers(&page));
        }
        assert_eq!(seen.len(), 61);
        assert!(seen.windows(2).all(|two| two[0] > two[1]), "{seen:?}");
        let back = link(&page, "before=").expect("a newer page");
        assert_eq!(numbers(&ada.get(&back).await.is(200)), seen[..50]);
        // A place in this list is no place in another.
        ada.get(&back.replace(&key.key_id, &other.key_id)).await.is(400);
        ada.get(&format!("/audit?{}", back.split_once('&').expect("two parts").1)).await.is(400);
    }

    async fn whoever_may_not_read_the_audit_log_is_told_so(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let mut vic = portal.somebody("acme", "vic@acme.example", &["developer"]).await;
        let page = vic.get(&key.path("")).await.is(200).says("Your roles do not let you read the audit log");
        page.says_nothing_of("/audit?").says_nothing_of("Created the key");
        vic.get(&format!("/audit?target=api_key:{}", key.key_id)).await.is(403);
        let mut audrey = portal.somebody("acme", "audrey@acme.example", &["auditor"]).await;
        audrey.get(&key.path("")).await.is(200).says("Created the key");
    }

    async fn nothing_is_told_of_a_key_of_another_organization(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let mut gwen = portal.globex().await;
        let target = format!("/audit?target=api_key:{}", key.key_id);
        gwen.get(&target).await.is(200).says("No events about this").says_nothing_of("billing-sync");
    }

    async fn a_target_that_is_none_is_refused(portal: Portal) {
        let mut ada = portal.ada().await;
        for target in ["", "api_key", "api_key:", ":x"] {
            ada.get(&format!("/audit?target={target}")).await.is(400).says("api_key:4Jq9ZbT0kLw2");
        }
        let markup = "%3Cscript%3Ealert(1)%3C/script%3E";
        let page = ada.get(&format!("/audit?target=api_key:{markup}")).await.is(200).says("No events about this");
        assert!(!page.body.contains("<script>alert"));
    }
}

/// The places of the events in the log, in the order of the page.
fn numbers(page: &Page) -> Vec<i64> {
    page.attributes("data-seq").iter().filter_map(|number| number.parse().ok()).collect()
}

fn link(page: &Page, which: &str) -> Option<String> {
    page.attributes("href").into_iter().find(|href| href.contains(which))
}
