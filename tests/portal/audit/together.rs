//! No record, no change: an event is written in the transaction of what it records.

use keystead::web::cookies::Name;

use crate::support::{PASSWORD, on_both};

on_both! {
    async fn what_cannot_be_recorded_does_not_happen(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let intent = ada.intent();
        portal.tags(&key, "env", "prod").await;
        let mut second = portal.visitor();
        second.get("/login").await;
        portal.sql("ALTER TABLE audit_events RENAME TO audit_events_gone").await;
        let before = portal.dump().await;

        let page = ada.posts_key(&intent, "another").await;
        assert!(page.status.is_server_error(), "{}", page.text());
        assert!(!page.has_element("secret") && !page.body.contains("ks_live_"));
        for path in [key.path("delete"), "/logout".to_owned()] {
            let page = ada.post(&path, &[]).await;
            assert!(page.status.is_server_error(), "{path}: {}", page.text());
            assert!(!page.body.contains("audit_events"));
        }
        let page = second.post("/login", &[("email", "ada@acme.example"), ("password", PASSWORD), ("next", "")]).await;
        assert!(page.status.is_server_error(), "{}", page.text());
        assert!(second.cookie(Name::Session).is_none());
        assert_eq!(portal.dump().await, before);
        assert_eq!(portal.verify(&key.secret).await, "VALID");

        portal.sql("ALTER TABLE audit_events_gone RENAME TO audit_events").await;
        ada.posts_key(&intent, "another").await.is(200);
        ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
    }

    async fn what_cannot_be_added_to_the_chain_does_not_happen_either(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        // Somebody put an event where the next one belongs.
        portal.sql("UPDATE audit_heads SET seq = seq - 1 WHERE chain_id <> 0").await;
        let before = portal.dump().await;
        let page = ada.post(&key.path("delete"), &[]).await;
        assert!(page.status.is_server_error(), "{}", page.text());
        assert_eq!(portal.dump().await, before);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }
}
