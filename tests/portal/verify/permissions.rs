//! Whether a key may do something somewhere.

use serde_json::json;

use crate::support::{Key, Portal, on_both};

const INVOICES: &str = "organization=acme:application=invoices";

on_both! {
    async fn a_role_holds_where_it_was_given_and_beneath(portal: Portal) {
        let key = with_sender(&portal, INVOICES).await;
        for (permission, resource, held) in [
            ("invoices:write", INVOICES, true),
            ("invoices:write", "organization=acme:application=invoices:order=7", true),
            ("invoices:write", "organization=acme:application=invoices:order=7:line=1", true),
            ("orders:anything", INVOICES, true),
            ("invoices:delete", INVOICES, false),
            ("invoices:write", "organization=acme", false),
            ("invoices:write", "organization=acme:application=invoices2", false),
            ("invoices:write", "organization=acme:application=orders", false),
            ("invoices:write", "organization=globex:application=invoices", false),
            ("api_keys:read", INVOICES, false),
        ] {
            let answer = portal.verify_with(&json!({ "key": key.secret, "permission": permission, "resource": resource })).await.is(200).json();
            let code = if held { "VALID" } else { "INSUFFICIENT_PERMISSION" };
            assert_eq!((&answer["valid"], &answer["code"]), (&json!(held), &json!(code)), "{permission} on {resource}");
            assert!(held || answer["message"].is_string() && answer.as_object().is_some_and(|fields| fields.len() == 3));
        }
    }

    async fn without_a_resource_the_root_is_asked_for(portal: Portal) {
        let beneath = with_sender(&portal, INVOICES).await;
        let ask = json!({ "key": beneath.secret, "permission": "invoices:write" });
        assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], "INSUFFICIENT_PERMISSION");
        portal.gives(&beneath, "sender", "organization=acme").await;
        assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], "VALID");
    }

    async fn built_in_roles_hold_the_permissions_of_the_portal(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.gives(&key, "ci", "organization=acme").await;
        for (permission, code) in
            [("api_keys:read", "VALID"), ("tokens:introspect", "VALID"), ("api_keys:manage", "INSUFFICIENT_PERMISSION"), ("invoices:read", "INSUFFICIENT_PERMISSION")]
        {
            let answer = portal.verify_with(&json!({ "key": key.secret, "permission": permission })).await.is(200).json();
            assert_eq!(answer["code"], code, "{permission}");
        }
    }

    async fn a_grant_that_is_taken_away_is_gone_with_the_next_question(portal: Portal) {
        let key = with_sender(&portal, "organization=acme").await;
        let ask = json!({ "key": key.secret, "permission": "invoices:write" });
        assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], "VALID");
        portal.sql("DELETE FROM grants WHERE api_key_id IS NOT NULL").await;
        assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], "INSUFFICIENT_PERMISSION");
    }

    async fn what_became_of_a_key_is_said_before_what_it_may_do(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("UPDATE api_keys SET disabled_at = 1").await;
        let answer = portal.verify_with(&json!({ "key": key.secret, "permission": "invoices:write" })).await.is(200).json();
        assert_eq!(answer["code"], "DISABLED");
    }

    async fn a_permission_or_a_resource_that_is_none_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (field, value) in [
            ("permission", "invoices"), ("permission", ""), ("permission", "invoices:*"), ("permission", "*:*"), ("permission", "Invoices:read"),
            ("permission", "api_keys:everything"), ("resource", "acme"), ("resource", ""), ("resource", "organization="), ("resource", "organization=acme:"),
        ] {
            let mut ask = json!({ "key": key.secret, "permission": "invoices:read" });
            ask[field] = json!(value);
            let answer = portal.verify_with(&ask).await.is(400);
            assert!(answer.json()["detail"].as_str().is_some_and(|words| words.starts_with(field)), "{}", answer.body);
            assert!(!answer.body.contains(&key.secret));
        }
        let alone = json!({ "key": key.secret, "resource": "organization=acme" });
        portal.verify_with(&alone).await.is(400);
    }
}

/// A key of Acme that may write invoices and do anything with orders, there.
async fn with_sender(portal: &Portal, path: &str) -> Key {
    let key = portal.ada().await.makes_key("billing-sync").await;
    portal.has_role("sender", &["invoices:write", "orders:*"]).await;
    portal.has_resource(INVOICES).await;
    portal.gives(&key, "sender", path).await;
    key
}
