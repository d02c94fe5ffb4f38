//! What the holder of a dead key is told, and nobody else.

use serde_json::{Value, json};

use crate::support::{Key, Portal, on_both};

const CONTACT: &str = "integration@acme.example";
/// 14:32 on the day of the tests.
const NOON: &str = "23 Nov 2026 at 14:32 UTC";
const DAY: i64 = 86_400;

async fn has_a_contact(portal: &Portal, contact: &str) {
    portal.sql(&format!("UPDATE tenants SET contact = '{contact}' WHERE slug = 'acme'")).await;
}

/// The answer for the right secret, once it is held against that for a wrong one.
async fn told(portal: &Portal, key: &Key) -> Value {
    let stranger = portal.verify_with(&json!({ "key": key.wrong_secret() })).await.is(200);
    assert_eq!(stranger.json(), json!({ "valid": false, "code": "UNKNOWN", "message": "No key has this secret." }));
    portal.verify_with(&json!({ "key": key.secret })).await.is(200).json()
}

on_both! {
    async fn a_deleted_key_says_when_and_whom_to_ask(portal: Portal) {
        let mut ada = portal.ada().await;
        has_a_contact(&portal, CONTACT).await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        portal.clock.forward(DAY);
        let expected = json!({
            "valid": false,
            "code": "DELETED",
            "message": format!("The key was deleted on {NOON}. Ask {CONTACT}."),
            "at": "2026-11-23T14:32:00.000000Z",
            "contact": CONTACT,
        });
        assert_eq!(told(&portal, &key).await, expected);
    }

    async fn a_disabled_key_says_why(portal: Portal) {
        let mut ada = portal.ada().await;
        has_a_contact(&portal, CONTACT).await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("disable"), &[("reason", "moving to the new server")]).await.redirects_to(&key.path(""));
        let answer = told(&portal, &key).await;
        assert_eq!(answer["message"], format!("The key was disabled on {NOON}: moving to the new server. Ask {CONTACT}."));
        assert_eq!((&answer["code"], &answer["at"]), (&json!("DISABLED"), &json!("2026-11-23T14:32:00.000000Z")));
        assert_eq!(answer["contact"], CONTACT);
    }

    async fn a_rotated_secret_says_that_another_one_works(portal: Portal) {
        let mut ada = portal.ada().await;
        has_a_contact(&portal, CONTACT).await;
        let key = ada.makes_key("billing-sync").await;
        let version = ada.get(&key.path("rotate")).await.is(200).field("version");
        ada.post(&key.path("rotate"), &[("version", &version), ("overlap", "3600")]).await.is(200);
        portal.clock.forward(3600);
        let answer = told(&portal, &key).await;
        let words = "This secret of the key ended on 23 Nov 2026 at 15:32 UTC, and does not work any more.";
        assert_eq!(answer["message"], format!("{words} Ask {CONTACT}."));
        assert_eq!((&answer["code"], &answer["at"]), (&json!("ROTATED"), &json!("2026-11-23T15:32:00.000000Z")));
    }

    async fn an_expired_key_says_since_when(portal: Portal) {
        let mut ada = portal.ada().await;
        has_a_contact(&portal, "the integration team.").await;
        let key = ada.makes_key("billing-sync").await;
        portal.clock.forward(91 * DAY);
        let answer = told(&portal, &key).await;
        assert_eq!(answer["message"], "The key expired on 21 Feb 2027 at 14:32 UTC. Ask the integration team.");
        assert_eq!((&answer["code"], &answer["at"]), (&json!("EXPIRED"), &json!("2027-02-21T14:32:00.000000Z")));
    }

    async fn without_a_contact_nobody_is_to_be_asked(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        let answer = told(&portal, &key).await;
        assert_eq!(answer["message"], format!("The key was deleted on {NOON}."));
        assert!(answer.get("contact").is_none(), "{answer}");
    }

    async fn the_gravest_fate_is_told(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let now = portal.inner.clock.now().micros();
        for (code, fate) in [
            ("IP_NOT_ALLOWED", "UPDATE api_keys SET allowed_addresses = '198.51.100.0/24'".to_owned()),
            ("EXPIRED", format!("UPDATE api_keys SET expires_at = {now}")),
            ("ROTATED", format!("UPDATE api_key_secrets SET ends_at = {now}")),
            ("DISABLED", format!("UPDATE api_keys SET disabled_at = {now}")),
            ("DELETED", format!("UPDATE api_keys SET deleted_at = {now}")),
        ] {
            portal.sql(&fate).await;
            let ask = json!({ "key": key.secret, "permission": "invoices:read", "ip": "203.0.113.7" });
            assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], code);
        }
    }
}
