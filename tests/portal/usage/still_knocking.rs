//! Whoever still calls with a dead key is on the overview.

use crate::support::on_both;

const DAY: i64 = 86_400;
const FROM: &str = "203.0.113.7";

on_both! {
    async fn dead_keys_that_are_called_are_listed(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/api-keys").await.says_nothing_of("Still knocking");
        let mut keys = Vec::new();
        for client_id in ["alive", "gone", "paused", "late", "turned"] {
            keys.push(ada.makes_key(client_id).await);
        }
        let [alive, gone, paused, late, turned] = &keys[..] else { panic!("five keys") };
        ada.post(&gone.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.post(&paused.path("disable"), &[]).await.is(303);
        portal.sql("UPDATE api_keys SET expires_at = 1 WHERE client_id = 'late'").await;
        portal.was_called(alive, 0, "VALID", &[FROM]).await;
        portal.was_called(alive, 0, "INSUFFICIENT_PERMISSION", &[FROM]).await;
        portal.was_called(gone, 60, "DELETED", &[FROM, "203.0.113.8"]).await;
        portal.was_called(paused, 3_600, "DISABLED", &[FROM]).await;
        portal.was_called(late, 2 * DAY, "EXPIRED", &[FROM]).await;
        portal.was_called(turned, 3 * DAY, "ROTATED", &[FROM]).await;
        let page = ada.get("/api-keys").await.says("Still knocking");
        assert_eq!(page.attributes("data-knocking"), ["gone", "paused", "late", "turned"]);
        let page = page.says("gone Deleted, called 2 times since 23 Nov 2026 1 minute ago, from 203.0.113.8");
        let page = page.says("paused Disabled, called 1 time").says("late Expired, called").says("turned An old secret, replaced by rotation, called");
        assert!(page.attributes("href").contains(&gone.path("")));
        // Neither behind an overlay, nor for others.
        ada.get("/api-keys/new").await.says_nothing_of("Still knocking");
        portal.globex().await.get("/api-keys").await.is(200).says_nothing_of("Still knocking").says_nothing_of("gone");
    }

    async fn what_is_old_or_alive_again_is_not_listed(portal: Portal) {
        let mut ada = portal.ada().await;
        let (gone, paused) = (ada.makes_key("gone").await, ada.makes_key("paused").await);
        ada.post(&gone.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.post(&paused.path("disable"), &[]).await.is(303);
        portal.was_called(&gone, 8 * DAY, "DELETED", &[FROM]).await;
        portal.was_called(&paused, 0, "DISABLED", &[FROM]).await;
        assert_eq!(ada.get("/api-keys").await.attributes("data-knocking"), ["paused"]);
        ada.post(&paused.path("enable"), &[]).await.is(303);
        assert!(ada.get("/api-keys").await.attributes("data-knocking").is_empty());
        // When it is disabled once more, it begins anew.
        ada.post(&paused.path("disable"), &[]).await.is(303);
        portal.was_called(&paused, 0, "DISABLED", &[FROM]).await;
        ada.get("/api-keys").await.says("paused Disabled, called 1 time since");
    }

    async fn five_are_shown_and_the_others_are_counted_in_one_question(portal: Portal) {
        let mut ada = portal.ada().await;
        for number in 0..7 {
            let key = ada.makes_key(&format!("gone-{number}")).await;
            ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
            portal.was_called(&key, 100 - number, "DELETED", &[FROM]).await;
        }
        let (page, heard) = portal.asks(ada.get("/api-keys")).await;
        assert_eq!(page.attributes("data-knocking"), ["gone-6", "gone-5", "gone-4", "gone-3", "gone-2"]);
        page.says("And 2 more.");
        assert_eq!(heard.iter().filter(|statement| statement.contains("dead_key_calls")).count(), 1);
    }

    async fn a_call_is_listed_when_it_was_written(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        let node = portal.restarted(&[]);
        assert_eq!(node.verify(&key.secret).await, "DELETED");
        portal.clock.forward(1);
        node.token_for(&key).await.is(401);
        drop(node);
        ada.get("/api-keys").await.says("billing-sync Deleted, called 2 times since 23 Nov 2026 just now, from 127.0.0.1");
    }
}
