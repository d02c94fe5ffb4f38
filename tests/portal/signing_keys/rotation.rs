//! A rotation from its beginning to its end, by the clock.

use keystead::signing_keys::{self, AHEAD_SECONDS, MAY_BE_KEPT_SECONDS};

use super::{asks_for, chooses, follow_each_other, kids, scope, signer, verifies_elsewhere, verifies_here};
use crate::support::on_both;

/// The longest life of a token, and two minutes.
const AFTERWARDS: i64 = 3_600 + 120;

on_both! {
    async fn rfc_7517_5_a_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_is_dead(portal: Portal) {
        const { assert!(AHEAD_SECONDS > MAY_BE_KEPT_SECONDS) };
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let old = kids(&portal).await;
        assert_eq!(old, [signer(&portal, &key).await]);

        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        ada.get("/settings").await.is(200).says("A new key is published. It begins to sign on").says("Next").says("begins to sign on");
        let both = kids(&portal).await;
        assert!(both.len() == 2 && both[1] == old[0]);
        let new = both[0].clone();
        for wait in [0, AHEAD_SECONDS - 1] {
            portal.clock.forward(wait);
            assert_eq!(signer(&portal, &key).await, old[0]);
            assert_eq!(kids(&portal).await, both);
        }
        let last = portal.token_for(&key).await.access_token();
        portal.clock.forward(1);
        assert_eq!(signer(&portal, &key).await, new);
        ada.get("/settings").await.is(200).says("Retired").says("published until");
        follow_each_other(&portal).await;

        portal.clock.forward(AFTERWARDS - 1);
        assert_eq!(kids(&portal).await, both);
        assert!(verifies_elsewhere(&portal, &last).await && verifies_here(&portal, &last).await);
        portal.clock.forward(1);
        assert_eq!(kids(&portal).await, std::slice::from_ref(&new));
        assert!(!verifies_elsewhere(&portal, &last).await && !verifies_here(&portal, &last).await);
        assert_eq!(signer(&portal, &key).await, new);
    }

    async fn the_longest_token_is_dead_before_its_key_goes(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        // Tokens live longer from now on, while the old key still signs.
        portal.sql("UPDATE tenants SET access_token_seconds = 3600").await;
        portal.clock.forward(AHEAD_SECONDS - 1);
        let last = portal.token_for(&key).await.access_token();
        portal.clock.forward(3_600 + 60);
        assert!(verifies_elsewhere(&portal, &last).await);
    }

    async fn a_private_half_goes_when_its_key_is_no_longer_published(portal: Portal) {
        let mut ada = portal.ada().await;
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        let prune = async || signing_keys::prune(&portal.inner.db, portal.inner.clock.now()).await.expect("old keys go");
        for (wait, left) in [(0, 2), (AHEAD_SECONDS + AFTERWARDS - 1, 2), (1, 1), (400 * 86_400, 1)] {
            portal.clock.forward(wait);
            prune().await;
            assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, left, "{wait}");
        }
        follow_each_other(&portal).await;
    }

    async fn a_second_rotation_waits_for_the_first(portal: Portal) {
        let mut ada = portal.ada().await;
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        ada.get("/settings").await.says_nothing_of("href=\"/settings/signing-keys/rotate\"").says("A rotation is under way: the new key begins to sign on");
        let before = portal.dump().await;
        ada.get("/settings/signing-keys/rotate").await.redirects_to("/settings");
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        ada.get("/settings").await.says("A rotation is under way, so nothing was changed: the new key begins to sign on");
        let page = chooses(&mut ada, "EdDSA").await.is(409);
        let words = "Another algorithm needs a new signing key, and the last one begins to sign only on";
        assert_eq!(page.text().matches(words).count(), 2, "{}", page.text());
        let after = portal.dump().await;
        for (table, rows) in &before {
            assert!(table == "sessions" || after[table] == *rows, "{table}");
        }
        portal.clock.forward(AHEAD_SECONDS);
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        assert_eq!(kids(&portal).await.len(), 3);
        follow_each_other(&portal).await;
    }

    async fn a_form_from_before_another_rotation_makes_none(portal: Portal) {
        let mut ada = portal.ada().await;
        for how in ["rotate", "replace"] {
            let kid = ada.get("/settings/signing-keys/replace").await.is(200).field("kid");
            asks_for(&mut ada, "rotate").await.redirects_to("/settings");
            portal.clock.forward(AHEAD_SECONDS);
            let kids_before = kids(&portal).await;
            let page = ada.post(&format!("/settings/signing-keys/{how}"), &[("kid", kid.as_str())]).await.is(409);
            let page = page.says("Another signing key was made since this form was opened.");
            assert_eq!(kids(&portal).await, kids_before);
            assert_eq!(page.field("kid"), kids_before[0], "to press the button again");
        }
    }

    async fn clocks_that_differ_find_one_key_each_and_both_are_published(portal: Portal) {
        let mut ada = portal.ada().await;
        let acme = scope(&portal, "acme").await;
        let at = async |seconds: i64| {
            let now = portal.inner.clock.now().plus_seconds(seconds);
            portal.inner.db.read(move |conn| signing_keys::current(conn, acme, now)).await.expect("a key").kid
        };
        // The organization was just made by another node.
        let first = at(0).await;
        assert_eq!(at(-30).await, first);
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        portal.clock.forward(AHEAD_SECONDS);
        assert_eq!((at(-5).await, at(5).await), (first.clone(), kids(&portal).await[0].clone()));
        assert!(kids(&portal).await.contains(&first));
        // At once means at once, whatever the clocks say.
        asks_for(&mut ada, "replace").await.redirects_to("/settings");
        assert_eq!((at(-5).await, at(5).await), (kids(&portal).await[0].clone(), kids(&portal).await[0].clone()));
    }

    async fn each_rotation_is_in_the_audit_log(portal: Portal) {
        let mut ada = portal.ada().await;
        let first = kids(&portal).await[0].clone();
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        let second = kids(&portal).await[0].clone();
        let events = portal.lines("SELECT target_id || ' ' || before || ' ' || after AS line FROM audit_events WHERE action = 'signing_key.rotated'").await;
        assert_eq!(events.len(), 1);
        assert!(events[0].starts_with(&second) && events[0].contains(&first) && events[0].contains("signs_from") && events[0].contains("key_before_published_until"), "{events:?}");
        ada.get("/audit").await.is(200).says("Rotated the signing keys");
    }
}
