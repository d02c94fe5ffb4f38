//! Rotating a key: a new secret, shown once, while the old one goes on for a while.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Key, Visitor, on_both};

const HOUR: i64 = 60 * 60;

/// Rotates the key; the new secret.
async fn rotates(visitor: &mut Visitor<'_>, key: &Key, overlap: i64) -> String {
    let version = visitor.get(&key.path("rotate")).await.is(200).field("version");
    let fields = [("version", version.as_str()), ("overlap", &overlap.to_string())];
    visitor
        .post(&key.path("rotate"), &fields)
        .await
        .is(200)
        .says("This is the only time the key is shown.")
        .element("secret")
}

on_both! {
    async fn both_secrets_work_during_the_overlap_and_the_old_one_ends_by_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let new = rotates(&mut ada, &key, HOUR).await;
        assert_ne!(new, key.secret);
        assert_eq!(new.split('_').nth(2), Some(key.key_id.as_str()), "the key id stays");
        ada.post(&key.path("credential"), &[("saved", "on"), ("rotated", "yes")]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("billing-sync is rotated.");
        portal.stores_nothing_of(&new).await;
        ada.get(&key.path("")).await.says("Stops in 1 h").says("Current");
        portal.clock.forward(HOUR - 1);
        assert_eq!((portal.verify(&key.secret).await, portal.verify(&new).await), ("VALID".into(), "VALID".into()));
        portal.clock.forward(1);
        assert_eq!((portal.verify(&key.secret).await, portal.verify(&new).await), ("ROTATED".into(), "VALID".into()));
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
        ada.get(&key.path("")).await.says("Ended");
    }

    async fn now_means_now_and_tokens_of_before_are_of_an_older_version(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = portal.number("SELECT token_version FROM api_keys").await;
        let new = rotates(&mut ada, &key, 0).await;
        assert_eq!((portal.verify(&key.secret).await, portal.verify(&new).await), ("ROTATED".into(), "VALID".into()));
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1);
    }

    async fn there_are_never_more_than_two(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let second = rotates(&mut ada, &key, 24 * HOUR).await;
        let version = portal.number("SELECT token_version FROM api_keys").await;
        let third = rotates(&mut ada, &key, 24 * HOUR).await;
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1, "a secret ended now");
        let codes = [portal.verify(&key.secret).await, portal.verify(&second).await, portal.verify(&third).await];
        assert_eq!(codes, ["ROTATED", "VALID", "VALID"]);
    }

    async fn a_key_that_does_not_work_is_not_said_to(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for (change, words) in [
            ("disabled_at = 1".to_owned(), "Works Not while billing-sync is disabled."),
            (format!("disabled_at = NULL, expires_at = {}", portal.inner.clock.now().micros()), "Works Not any more: billing-sync has expired."),
        ] {
            portal.sql(&format!("UPDATE api_keys SET {change}")).await;
            let version = ada.get(&key.path("rotate")).await.is(200).field("version");
            let fields = [("version", version.as_str()), ("overlap", "0")];
            ada.post(&key.path("rotate"), &fields).await.is(200).says(words).says_nothing_of("At once.");
            ada.get(&key.path("")).await.is(200).says_nothing_of("Waiting for the first call");
        }
    }

    async fn whoever_rotates_again_is_told_which_secret_stops_at_once_and_how_it_was_used(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("rotate")).await.is(200).says_nothing_of("stops now.");
        let second = rotates(&mut ada, &key, HOUR).await;
        let old = format!("ks_live_{}…{} stops now.", &key.key_id[..4], &key.secret[66..]);
        ada.get(&key.path("rotate")).await.is(200).says(&old).says("It was never used, as of 23 Nov 2026, 14:32 UTC.");
        for _ in 0..2 {
            portal.verify_with(&json!({ "key": key.secret, "ip": "203.0.113.7" })).await.is(200);
        }
        portal.verify(&second).await;
        portal.clock.forward(180);
        let words = "It was used 3 minutes ago from 203.0.113.7, and 2 times since it was made, as of 23 Nov 2026, 14:35 UTC.";
        ada.get(&key.path("rotate")).await.is(200).says(&old).says(words);
        let fields = [("version", "0"), ("overlap", "3600")];
        ada.post(&key.path("rotate"), &fields).await.is(409).says(&old).says(words);
        portal.clock.forward(HOUR - 181);
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
        ada.get(&key.path("rotate")).await.is(200).says(&old);
        portal.clock.forward(1);
        ada.get(&key.path("rotate")).await.is(200).says_nothing_of("stops now.");
    }

    async fn the_same_form_rotates_once_also_fifty_times_at_once(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = ada.get(&key.path("rotate")).await.is(200).field("version");
        let pages = join_all((0..50).map(|_| {
            let (mut ada, version, path) = (ada.clone(), version.clone(), key.path("rotate"));
            async move { ada.post(&path, &[("version", version.as_str()), ("overlap", "3600")]).await }
        }))
        .await;
        let shown = pages.iter().filter(|page| page.status.as_u16() == 200).count();
        let late = pages.iter().filter(|page| page.status.as_u16() == 409).count();
        assert_eq!((shown, late), (1, 49));
        assert!(pages.iter().filter(|page| page.status.as_u16() == 409).all(|page| !page.has_element("secret")));
        assert_eq!(portal.number("SELECT count(*) FROM api_key_secrets").await, 2);
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'api_key.rotated'").await, 1);
    }

    async fn whoever_may_not_give_what_a_key_holds_gets_no_secret_of_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_resource("organization=acme:namespace=billing").await;
        portal.gives(&key, "auditor", "organization=acme").await;
        portal.somebody("acme", "bill@acme.example", &["manage-api-credentials"]).await;
        let mut bill = portal.visitor();
        bill.signs_in("bill@acme.example", crate::support::PASSWORD).await;
        bill.get(&key.path("rotate")).await.is(403).says("The role “Auditor” contains");
        let version = bill.get(&key.path("edit")).await.is(200).field("version");
        let before = portal.dump().await;
        bill.post(&key.path("rotate"), &[("version", &version), ("overlap", "0")]).await.is(403).says("The role “Auditor” contains");
        assert_eq!(portal.dump().await, before);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn the_mark_for_user_managers_opens_no_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_resource("organization=acme:namespace=billing").await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.sql("UPDATE roles SET assignable_by_user_managers = TRUE WHERE slug = 'sender'").await;
        portal.gives(&key, "sender", "organization=acme").await;
        portal.gives(&key, "sender", "organization=acme:namespace=billing").await;
        portal.somebody("acme", "bill@acme.example", &["manage-users"]).await;
        portal.holds("bill@acme.example", "manage-api-credentials", "organization=acme:namespace=billing").await;
        let mut bill = portal.visitor();
        bill.signs_in("bill@acme.example", crate::support::PASSWORD).await;
        bill.get(&key.path("")).await.is(200);
        bill.post(&key.path("rotate"), &[("version", "1"), ("overlap", "0")]).await.is(403);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn an_overlap_that_is_not_offered_is_refused(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = ada.get(&key.path("rotate")).await.is(200).field("version");
        for overlap in ["", "-1", "3601", "99999999999999999999", "now"] {
            ada.post(&key.path("rotate"), &[("version", &version), ("overlap", overlap)]).await.is(400);
        }
        assert_eq!(portal.number("SELECT count(*) FROM api_key_secrets").await, 1);
    }
}
