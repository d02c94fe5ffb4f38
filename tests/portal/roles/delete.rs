//! Deleting a role: says who loses it, takes it from all of them, and brings it back to nobody.

use serde_json::{Value, json};

use crate::support::on_both;

use super::{Filled, event, gives, stored};

on_both! {
    async fn the_question_says_who_loses_it(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read"]).await;
        let page = ada.get("/roles/clerk").await.is(200);
        assert!(page.attributes("href").contains(&"/roles/clerk/delete".into()));
        let page = ada.get("/roles/clerk/delete").await.is(200).says("Delete The clerk?").says("nobody loses anything. This cannot be undone.");
        let close = page.body.split("<a ").find(|link| link.contains(">Close</a>")).expect("Close is a link");
        assert!(close.contains("href=\"/roles\""), "{close}");
        assert_eq!(page.attributes("action"), ["/logout", "/roles/clerk/delete"]);
        assert_eq!(page.attributes("data-role").len(), 9, "the list is behind it");
        let key = ada.makes_key("billing-sync").await;
        portal.gives(&key, "clerk", "organization=acme").await;
        for number in 10..22 {
            portal.has_user(&format!("u{number}@acme.example"), "U", keystead::access::BuiltIn::Member).await;
            gives(&portal, &format!("u{number}@acme.example"), "clerk", "organization=acme").await;
        }
        let page = ada.get("/roles/clerk/delete").await.is(200).says("12 users and 1 API key lose this role").says("billing-sync");
        page.says("u10@acme.example").says("u19@acme.example, and more").says_nothing_of("u20@acme.example");
    }

    async fn looking_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read"]).await;
        let before = portal.dump().await;
        for path in ["/roles", "/roles/new", "/roles/new?copy=clerk", "/roles/clerk", "/roles/clerk/delete", "/roles/admin"] {
            ada.get(path).await.is(200);
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn everybody_loses_it_at_once_and_a_role_of_the_same_slug_revives_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
        portal.has_role("watcher", &["audit:read", "invoices:*"]).await;
        portal.has_resource("organization=acme:application=invoices").await;
        let mut wim = portal.somebody("acme", "wim@acme.example", &["watcher"]).await;
        gives(&portal, "wim@acme.example", "watcher", "organization=acme:application=invoices").await;
        portal.gives(&key, "watcher", "organization=acme").await;
        portal.gives(&other, "ci", "organization=acme").await;
        wim.get("/audit").await.is(200);
        ada.get("/roles").await;
        ada.post("/roles/watcher/delete", &[]).await.redirects_to("/roles");
        let page = ada.get("/roles").await.says("The watcher is deleted.");
        assert!(!page.attributes("data-role").contains(&"watcher".into()));
        wim.get("/audit").await.is(403);
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants").await, 2, "Ada's, and that of the other key");
        assert_eq!(stored(&portal, "watcher").await, Vec::<String>::new());
        let versions = portal.lines("SELECT client_id || ' ' || token_version AS line FROM api_keys ORDER BY 1").await;
        assert_eq!(versions, ["billing-sync 2", "other 1"]);
        let before = json!({
            "name": "The watcher", "description": "", "permissions": ["audit:read", "invoices:*"], "assignable": false,
            "users": 1, "api_keys": 1, "holders": ["wim@acme.example", "billing-sync"],
        });
        assert_eq!(event(&portal, "role.deleted").await, (before, Value::Null));

        Filled::named("Watcher").ticking(&["audit:read"]).adds(&mut ada).await.redirects_to("/roles");
        wim.get("/audit").await.is(403);
        ada.get("/roles/watcher").await.is(200).says("No users and no API keys hold this role.");
        assert_eq!(portal.number("SELECT COUNT(*) FROM grants").await, 2);
    }

    async fn a_second_click_finds_nothing_and_is_no_second_event(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &[]).await;
        ada.post("/roles/clerk/delete", &[]).await.redirects_to("/roles");
        // What the first click did is said on the page that the second one leads to.
        ada.post("/roles/clerk/delete", &[]).await.is(404).says("The clerk is deleted.");
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'role.deleted'").await, 1);
    }
}
