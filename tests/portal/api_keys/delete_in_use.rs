//! Deleting with evidence: the more hangs on a key, the more is asked.

use crate::support::{Key, Page, Portal, on_both};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const FROM: &str = "203.0.113.7";
const TEXT: &str =
    "Do you want to proceed? The connected external system will no longer be able to send data. This cannot be undone.";

async fn is_alive(portal: &Portal, key: &Key) -> bool {
    portal
        .number(&format!("SELECT COUNT(*) FROM api_keys WHERE deleted_at IS NULL AND key_id = '{}'", key.key_id))
        .await
        == 1
}

/// Asks for the client id to be typed, and offers to disable.
#[track_caller]
fn asks_for_the_name(page: Page, key: &Key) -> Page {
    let page = page.says("This key is in use.").says(&format!("Type {} to confirm", key.client_id)).says(TEXT);
    assert_eq!(page.attributes("formaction"), [key.path("disable")]);
    assert!(page.body.contains(" formnovalidate>Disable instead</button>"), "{}", page.body);
    let field = page.body.split("<input").find(|tag| tag.contains("id=\"confirm\"")).expect("a field").to_owned();
    assert!(field.contains(" required "), "{field}");
    page
}

#[track_caller]
fn asks_for_nothing(page: Page) -> Page {
    let page =
        page.says(TEXT).says_nothing_of("in use").says_nothing_of("Disable instead").says_nothing_of("note danger");
    assert!(
        !page.has_element("confirm") && page.body.contains("href=\"/api-keys\" autofocus>Close</a>"),
        "{}",
        page.body
    );
    page
}

on_both! {
    async fn what_is_asked_follows_from_the_last_use(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut keys = Vec::new();
        for (client_id, ago) in [("a-23-hours", 23 * HOUR), ("a-25-hours", 25 * HOUR), ("a-29-days", 29 * DAY), ("a-31-days", 31 * DAY)] {
            let key = ada.makes_key(client_id).await;
            portal.was_called(&key, ago, "VALID", &[FROM, "203.0.113.8", FROM]).await;
            keys.push(key);
        }
        let never = ada.makes_key("never").await;
        let [hours_23, hours_25, days_29, days_31] = &keys[..] else { panic!("four keys") };

        let page = ada.get(&hours_23.path("delete")).await.is(200);
        let page = asks_for_the_name(page, hours_23).says("It was used 23 hours ago, from 203.0.113.");
        let page = page.says("It was used 3 times in the last 24 hours, from 2 addresses: 203.0.113.7 and 203.0.113.8. Counted since 22 Nov 2026, 14:00 UTC, as of 23 Nov 2026, 14:32 UTC.");
        assert!(page.body.split("<input").any(|tag| tag.contains("id=\"confirm\"") && tag.contains(" autofocus>")), "the field has the focus");
        for (key, ago) in [(hours_25, "1 day ago"), (days_29, "29 days ago")] {
            let page = asks_for_nothing(ada.get(&key.path("delete")).await.is(200));
            page.says(&format!("Last used {ago}")).says("Used 3 times in the last 30 days, from 2 addresses").says("As of 23 Nov 2026, 14:32 UTC");
        }
        let page = asks_for_nothing(ada.get(&days_31.path("delete")).await.is(200));
        page.says("Last used 31 days ago").says_nothing_of("in the last 30 days").says("As of 23 Nov 2026, 14:32 UTC");
        let page = asks_for_nothing(ada.get(&never.path("delete")).await.is(200));
        page.says("Last used Never").says_nothing_of("in the last 30 days").says("As of 23 Nov 2026, 14:32 UTC");
        for key in [hours_25, days_29, days_31, &never] {
            ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
            assert!(!is_alive(&portal, key).await, "{}", key.client_id);
        }
        assert!(is_alive(&portal, hours_23).await);
    }

    async fn what_is_typed_is_checked_again_and_nothing_is_lost(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing.sync").await;
        portal.was_called(&key, HOUR, "VALID", &[FROM]).await;
        let page = ada.get(&key.path("delete")).await;
        assert_eq!(page.attributes("pattern"), ["\\s*billing\\.sync\\s*"]);
        for (typed, words) in [
            ("billing-sync", "“billing-sync” is not the API Client ID of this key. Type billing.sync to confirm."),
            ("BILLING.SYNC", "“BILLING.SYNC” is not the API Client ID of this key."),
            ("<b>", "“<b>” is not the API Client ID of this key."),
            ("  ", "The API Client ID is not typed. Type billing.sync to confirm."),
        ] {
            let page = ada.post(&key.path("delete"), &[("confirm", typed)]).await.is(422).says("There is 1 problem");
            let page = asks_for_the_name(page, &key);
            assert_eq!((page.field("confirm").as_str(), page.text().matches(words).count()), (typed, 2), "{words}: at the top and at the field");
            assert!(page.body.contains("<title>Error: Delete billing.sync") && page.body.contains("aria-describedby=\"confirm-error\""));
            assert!(is_alive(&portal, &key).await);
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.deleted'").await, 0);
        ada.post(&key.path("delete"), &[("confirm", " billing.sync ")]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("billing.sync is deleted.");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
        // A second click finds it dead, whatever was typed.
        ada.post(&key.path("delete"), &[("confirm", "x")]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("billing.sync was deleted before.");
    }

    async fn what_this_node_holds_is_written_before_the_question_and_before_the_answer(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        asks_for_the_name(ada.get(&key.path("delete")).await.is(200), &key).says("It was used just now.").says("It was used 1 time in the last 24 hours");
        // Used after the question was asked.
        asks_for_nothing(ada.get(&other.path("delete")).await.is(200));
        portal.token_for(&other).await.is(200);
        let page = ada.post(&other.path("delete"), &[]).await.is(422);
        let page = asks_for_the_name(page, &other).says("This key was used since you were asked, and it is in use now. Type other to delete it all the same.");
        page.says("from 127.0.0.1");
        assert!(is_alive(&portal, &other).await);
        ada.post(&other.path("delete"), &[("confirm", "other")]).await.redirects_to("/api-keys");
        assert!(!is_alive(&portal, &other).await);
    }

    async fn disabling_is_one_press_away_and_not_offered_twice(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.was_called(&key, HOUR, "VALID", &[FROM]).await;
        asks_for_the_name(ada.get(&key.path("delete")).await, &key);
        ada.post(&key.path("disable"), &[("confirm", "")]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        let page = ada.get(&key.path("delete")).await.is(200).says("This key is in use.").says_nothing_of("Disable instead");
        assert!(page.attributes("formaction").is_empty());
        // Refused calls are no use.
        portal.sql(&format!("UPDATE api_key_uses SET used_at = used_at - {}", DAY * 1_000_000)).await;
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        asks_for_nothing(ada.get(&key.path("delete")).await.is(200));
    }

    async fn many_addresses_are_counted_and_not_named(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.was_called(&key, 0, "VALID", &["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"]).await;
        ada.get(&key.path("delete")).await.says("It was used 4 times in the last 24 hours, from 4 addresses. Counted");
        portal.was_called(&key, 2 * DAY, "VALID", &["203.0.113.5"]).await;
        ada.get(&key.path("delete")).await.says("from 4 addresses. Counted");
    }
}
