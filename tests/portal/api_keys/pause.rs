//! Disabling and enabling a key.

use crate::support::{Answer, on_both};

const SALES: &str = "organization=acme:namespace=sales";

on_both! {
    async fn a_disabled_key_is_refused_at_once_and_works_again_when_it_is_enabled(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = portal.number("SELECT token_version FROM api_keys").await;
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        portal.token_for(&key).await.is(401);
        ada.get(&key.path("")).await.says("billing-sync is disabled.").says("Disabled");
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1);
        ada.post(&key.path("enable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        let token: Answer = portal.token_for(&key).await.is(200);
        assert_eq!(token.json()["token_type"], "Bearer");
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1, "no old token is revived");
        // Again, and nothing happens twice.
        ada.post(&key.path("enable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'api_key.enabled'").await, 1);
    }

    async fn whoever_may_not_give_what_a_key_holds_may_stop_it_but_not_start_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_resource("organization=acme:namespace=billing").await;
        portal.has_resource(SALES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.gives(&key, "sender", SALES).await;
        portal.somebody("acme", "bill@acme.example", &[]).await;
        portal.holds("bill@acme.example", "manage-api-credentials", "organization=acme:namespace=billing").await;
        let mut bill = portal.visitor();
        bill.signs_in("bill@acme.example", crate::support::PASSWORD).await;
        let page = bill.get(&key.path("")).await.is(200).says("This key holds more than you may give");
        page.says_nothing_of(&key.path("rotate"));
        bill.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        bill.get(&key.path("")).await.says_nothing_of(&key.path("enable"));
        bill.post(&key.path("enable"), &[]).await.is(403).says(SALES);
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        bill.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
    }
}
