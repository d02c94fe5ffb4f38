//! A rotation while it lasts: what its page knows of each secret, and how it ends before its time.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Key, PASSWORD, Portal, Visitor, on_both};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// Rotates the key with a day of overlap; the new secret.
async fn rotates(visitor: &mut Visitor<'_>, key: &Key) -> String {
    let version = visitor.get(&key.path("rotate")).await.is(200).field("version");
    let fields = [("version", version.as_str()), ("overlap", "86400")];
    visitor.post(&key.path("rotate"), &fields).await.is(200).element("secret")
}

/// Opens the overlay and presses its button.
async fn ends(visitor: &mut Visitor<'_>, key: &Key, how: &str) {
    let path = key.path(&format!("rotation/{how}"));
    let version = visitor.get(&path).await.is(200).field("version");
    visitor.post(&path, &[("version", &version)]).await.redirects_to(&key.path(""));
}

/// As if the secrets of a key had been used: the one that was made first, or second.
async fn used(portal: &Portal, key: &Key, nth: usize, seconds_ago: i64, address: &str, calls: i64) {
    let order = if nth == 0 { "MIN" } else { "MAX" };
    let at = portal.inner.clock.now().plus_seconds(-seconds_ago).micros();
    let inserted = portal
        .sql(&format!(
            "INSERT INTO api_key_secret_uses (secret_id, tenant_id, api_key_id, used_at, address, calls) \
             SELECT {order}(s.id), k.tenant_id, k.id, {at}, '{address}', {calls} FROM api_key_secrets s \
             JOIN api_keys k ON k.id = s.api_key_id WHERE k.key_id = '{}' GROUP BY k.tenant_id, k.id",
            key.key_id
        ))
        .await;
    assert_eq!(inserted, 1);
}

/// What the two secrets are worth, the old one first.
async fn worth(portal: &Portal, key: &Key, new: &str) -> (String, String) {
    (portal.verify(&key.secret).await, portal.verify(new).await)
}

fn codes(old: &str, new: &str) -> (String, String) {
    (old.into(), new.into())
}

on_both! {
    async fn the_page_shows_for_each_secret_when_how_often_and_from_where_it_was_used(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("")).await.says("Last used Never").says_nothing_of("Accepted 1");
        rotates(&mut ada, &key).await;
        portal.clock.forward(3 * HOUR);
        ada.signs_in("ada@acme.example", PASSWORD).await;
        used(&portal, &key, 0, 2 * HOUR, "198.51.100.25", 4_812).await;
        used(&portal, &key, 1, 180, "198.51.100.24", 1).await;
        let page = ada.get(&key.path("")).await.is(200);
        let page = page.says("2 hours ago from 198.51.100.25 Accepted 4,812 times");
        let page = page.says("3 minutes ago from 198.51.100.24 Accepted 1 time");
        page.says("Stops in 21 h").says("Ends 24 Nov 2026, 14:32 UTC").says("At least one system still uses the old key.");
    }

    async fn an_old_secret_is_not_called_quiet_before_its_usual_time_has_passed(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("weekly-report").await;
        for days_ago in [9, 2] {
            portal.was_called(&key, days_ago * DAY, "VALID", &["203.0.113.7"]).await;
        }
        let version = ada.get(&key.path("rotate")).await.is(200).field("version");
        ada.post(&key.path("rotate"), &[("version", &version), ("overlap", "2592000")]).await.is(200);
        portal.clock.forward(54);
        ada.get(&key.path("")).await.says("Not called since the rotation 54 seconds ago.").says_nothing_of("been quiet");
        portal.clock.forward(7 * DAY - 55);
        ada.signs_in("ada@acme.example", PASSWORD).await;
        ada.get(&key.path("")).await.says("Not called since the rotation 6 days ago.").says_nothing_of("been quiet");
        portal.clock.forward(1);
        ada.get(&key.path("")).await.says("The old key has been quiet since 23 Nov 2026, 14:32 UTC.");
    }

    async fn the_page_says_since_when_the_old_secret_is_quiet(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        used(&portal, &key, 0, 0, "198.51.100.25", 3).await;
        portal.clock.forward(60);
        let version = ada.get(&key.path("rotate")).await.is(200).field("version");
        ada.post(&key.path("rotate"), &[("version", &version), ("overlap", "604800")]).await.is(200);
        ada.get(&key.path("")).await.says("Not called since the rotation just now.").says("Stops in 7 days");
        portal.clock.forward(HOUR);
        portal.sql(&format!("UPDATE api_key_secret_uses SET used_at = {}", portal.inner.clock.now().micros())).await;
        portal.clock.forward(DAY - 1);
        ada.signs_in("ada@acme.example", PASSWORD).await;
        ada.get(&key.path("")).await.says("At least one system still uses the old key.").says_nothing_of("been quiet");
        portal.clock.forward(1);
        ada.get(&key.path("")).await.says("The old key has been quiet since 23 Nov 2026, 15:33 UTC.").says_nothing_of("still uses");
    }

    async fn finishing_ends_the_old_secret_at_once_and_the_tokens_of_the_client(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let new = rotates(&mut ada, &key).await;
        let version = portal.number("SELECT token_version FROM api_keys").await;
        portal.clock.forward(2 * HOUR);
        ada.signs_in("ada@acme.example", PASSWORD).await;
        used(&portal, &key, 0, HOUR, "198.51.100.25", 12).await;
        let page = ada.get(&key.path("rotation/finish")).await.is(200).says("instead of in 22 h").says("1 hour ago from 198.51.100.25");
        page.says("The old key was used within the last 24 hours.").says("12 times").says("within 5 minutes").says("This cannot be undone.");
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "VALID"));
        ends(&mut ada, &key, "finish").await;
        assert_eq!(worth(&portal, &key, &new).await, codes("ROTATED", "VALID"));
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1);
        let page = ada.get(&key.path("")).await.says("billing-sync: The rotation is finished.").says("Ended 23 Nov 2026, 16:32 UTC");
        page.says_nothing_of("/rotation/").says_nothing_of("Stops in").says("Finished the rotation of the key");
        assert_eq!(portal.token("acme", "billing-sync", &new).await.status, 200);
    }

    async fn cancelling_withdraws_the_new_secret_and_the_old_one_has_no_end_any_more(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let before = portal.lines("SELECT hint || ' ' || token_version AS line FROM api_keys").await;
        let words = portal.lines("SELECT word AS line FROM api_key_words ORDER BY word").await;
        let new = rotates(&mut ada, &key).await;
        used(&portal, &key, 1, 60, "198.51.100.24", 2).await;
        let page = ada.get(&key.path("rotation/cancel")).await.is(200).says("1 minute ago from 198.51.100.24").says("2 times");
        page.says(&new[66..]).says("will no longer be able to send data").says("within 5 minutes");
        ends(&mut ada, &key, "cancel").await;
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "ROTATED"));
        // Whoever has the withdrawn one is not sent to a newer one.
        let told = portal.verify_with(&serde_json::json!({ "key": new })).await.is(200).json();
        assert!(told["message"].as_str().is_some_and(|words| words.ends_with("and does not work any more.")), "{told}");
        let now = portal.lines("SELECT hint || ' ' || (token_version - 1) AS line FROM api_keys").await;
        assert_eq!(now, before, "the hint is back, and tokens of before are dead");
        assert_eq!(portal.lines("SELECT word AS line FROM api_key_words ORDER BY word").await, words);
        ada.get(&key.path("")).await.says("billing-sync: The rotation is cancelled.").says("Current").says_nothing_of("Stops in");
        portal.clock.forward(2 * DAY);
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "ROTATED"), "it has no end");
    }

    async fn after_a_cancelled_rotation_the_next_one_has_its_overlap(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let withdrawn = rotates(&mut ada, &key).await;
        ends(&mut ada, &key, "cancel").await;
        let new = rotates(&mut ada, &key).await;
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "VALID"));
        assert_eq!(portal.verify(&withdrawn).await, "ROTATED");
        ada.get(&key.path("")).await.says("Stops in 1 day");
        ends(&mut ada, &key, "cancel").await;
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "ROTATED"));
    }

    async fn a_third_secret_can_be_cancelled_but_the_first_stays_dead(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let second = rotates(&mut ada, &key).await;
        let third = rotates(&mut ada, &key).await;
        ends(&mut ada, &key, "cancel").await;
        assert_eq!(worth(&portal, &key, &second).await, codes("ROTATED", "VALID"));
        assert_eq!(portal.verify(&third).await, "ROTATED");
    }

    async fn an_overlap_that_is_over_can_be_neither_finished_nor_cancelled(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for how in ["finish", "cancel"] {
            ada.get(&key.path(&format!("rotation/{how}"))).await.redirects_to(&key.path(""));
            ada.get(&key.path("")).await.says("billing-sync: No rotation is going on, so nothing was changed.");
        }
        let new = rotates(&mut ada, &key).await;
        let version = ada.get(&key.path("rotation/cancel")).await.is(200).field("version");
        portal.clock.forward(DAY);
        ada.signs_in("ada@acme.example", PASSWORD).await;
        ada.get("/api-keys").await.is(200);
        let before = portal.dump().await;
        for how in ["finish", "cancel"] {
            ada.post(&key.path(&format!("rotation/{how}")), &[("version", &version)]).await.redirects_to(&key.path(""));
            ada.get(&key.path("")).await.says("billing-sync: No rotation is going on, so nothing was changed.");
        }
        assert_eq!(portal.dump().await, before);
        assert_eq!(worth(&portal, &key, &new).await, codes("ROTATED", "VALID"));
    }

    async fn the_overlays_count_what_this_node_has_not_written_yet(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let new = rotates(&mut ada, &key).await;
        let calls = async |secret: &str| portal.verify_with(&json!({ "key": secret, "ip": "203.0.113.7" })).await.is(200);
        portal.clock.forward(60);
        calls(&key.secret).await;
        portal.clock.forward(180);
        let page = ada.get(&key.path("rotation/finish")).await.is(200).says("The old key was used within the last 24 hours.");
        page.says("3 minutes ago from 203.0.113.7 Accepted 1 time").says("As of 23 Nov 2026, 14:36 UTC");
        calls(&key.secret).await;
        let page = ada.post(&key.path("rotation/finish"), &[("version", "0")]).await.is(409);
        page.says("just now from 203.0.113.7 Accepted 2 times").says("As of 23 Nov 2026, 14:36 UTC");
        ada.get(&key.path("rotation/cancel")).await.is(200).says("Last used Never As of 23 Nov 2026, 14:36 UTC");
        calls(&new).await;
        let page = ada.post(&key.path("rotation/cancel"), &[("version", "0")]).await.is(409);
        page.says("just now from 203.0.113.7 Accepted 1 time").says("As of 23 Nov 2026, 14:36 UTC");
    }

    async fn a_form_from_before_another_change_changes_nothing_and_says_so(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let first = ada.get(&key.path("rotate")).await.is(200).field("version");
        let new = rotates(&mut ada, &key).await;
        for how in ["finish", "cancel"] {
            let path = key.path(&format!("rotation/{how}"));
            ada.post(&path, &[("version", &first)]).await.is(409).says("Nothing was changed").says("The key was changed since this form was opened.");
            ada.post(&path, &[("version", "x")]).await.is(400);
            ada.post(&path, &[]).await.is(400);
        }
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "VALID"));
    }

    async fn of_fifty_who_finish_and_cancel_at_once_one_wins(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let new = rotates(&mut ada, &key).await;
        let version = ada.get(&key.path("rotation/finish")).await.is(200).field("version");
        let pages = join_all((0..50).map(|number| {
            let (mut ada, version) = (ada.clone(), version.clone());
            let path = key.path(if number % 2 == 0 { "rotation/finish" } else { "rotation/cancel" });
            async move { ada.follow(ada.clone().post(&path, &[("version", version.as_str())]).await).await }
        }))
        .await;
        assert!(pages.iter().all(|page| page.status.as_u16() == 200));
        let won = "SELECT action AS line FROM audit_events WHERE action LIKE 'api_key.rotation%'";
        let won = portal.lines(won).await;
        assert_eq!(won.len(), 1, "{won:?}");
        let expected = if won[0].ends_with("finished") { codes("ROTATED", "VALID") } else { codes("VALID", "ROTATED") };
        assert_eq!(worth(&portal, &key, &new).await, expected);
    }

    async fn whoever_may_not_give_what_a_key_holds_may_finish_but_not_cancel(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.gives(&key, "auditor", "organization=acme").await;
        let new = rotates(&mut ada, &key).await;
        let mut bill = portal.somebody("acme", "bill@acme.example", &["manage-api-credentials"]).await;
        let page = bill.get(&key.path("")).await.is(200);
        page.says("Finish now").says_nothing_of("rotation/cancel");
        bill.get(&key.path("rotation/cancel")).await.is(403).says("The role “Auditor” contains");
        let version = bill.get(&key.path("rotation/finish")).await.is(200).field("version");
        bill.post(&key.path("rotation/cancel"), &[("version", &version)]).await.is(403).says("The role “Auditor” contains");
        assert_eq!(worth(&portal, &key, &new).await, codes("VALID", "VALID"));
        ends(&mut bill, &key, "finish").await;
        assert_eq!(worth(&portal, &key, &new).await, codes("ROTATED", "VALID"));
    }

    async fn whoever_only_looks_sees_the_rotation_and_no_button(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        rotates(&mut ada, &key).await;
        let mut vic = portal.somebody("acme", "vic@acme.example", &["developer"]).await;
        vic.get(&key.path("")).await.is(200).says("Stops in").says_nothing_of("/rotation/").says_nothing_of("/disable");
    }

    async fn the_events_have_before_and_after(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let old = format!("ks_live_{}…{}", &key.key_id[..4], &key.secret[66..]);
        let new = rotates(&mut ada, &key).await;
        let new = format!("ks_live_{}…{}", &key.key_id[..4], &new[66..]);
        ends(&mut ada, &key, "cancel").await;
        ada.get(&key.path("")).await.says("Cancelled the rotation of the key").says(&format!("hint {new} became {old}"));
        rotates(&mut ada, &key).await;
        ends(&mut ada, &key, "finish").await;
        ada.get("/audit").await.says("Finished the rotation of the key").says("old ends at 2026-11-24T14:32:00.000000Z became 2026-11-23T14:32:00.000000Z");
    }
}
