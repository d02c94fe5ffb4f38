//! What the holder of a dead key is told at the token endpoint: the right secret with its own client id, in its own tenant.

use super::refused;
use crate::support::{Answer, Key, Portal, on_both};

const GENERIC: &str = "The client id or the secret is wrong, or the key is no longer valid.";

fn description(answer: &Answer) -> String {
    refused(answer, 401, "invalid_client");
    answer.json()["error_description"].as_str().expect("words").to_owned()
}

/// What the holder is told; everybody else gets the bytes of a client that never was.
async fn told(portal: &Portal, key: &Key) -> String {
    let never = portal.token("acme", "nobody-at-all", &key.wrong_secret()).await;
    assert_eq!(description(&never), GENERIC);
    for (client_id, secret) in [
        (key.client_id.as_str(), key.wrong_secret().as_str()),
        ("another", &key.secret),
        (&key.client_id.to_uppercase(), &key.secret),
    ] {
        let stranger = portal.token("acme", client_id, secret).await;
        assert_eq!(stranger.bare(), never.bare(), "{client_id}");
    }
    let elsewhere = portal.token("globex", &key.client_id, &key.secret).await;
    assert_eq!(elsewhere.bare(), portal.token("globex", "nobody-at-all", &key.wrong_secret()).await.bare());
    description(&portal.token_for(key).await)
}

on_both! {
    async fn each_fate_is_told_to_the_holder_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.globex().await;
        portal.sql("UPDATE tenants SET contact = 'integration@acme.example' WHERE slug = 'acme'").await;
        let (deleted, disabled) = (ada.makes_key("is-deleted").await, ada.makes_key("is-disabled").await);
        ada.post(&deleted.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.post(&disabled.path("disable"), &[("reason", "moving to the “new” server")]).await.redirects_to(&disabled.path(""));
        let ask = "Ask integration@acme.example.";
        assert_eq!(told(&portal, &deleted).await, format!("The key was deleted on 23 Nov 2026 at 14:32 UTC. {ask}"));
        // What the standard has no letters for is replaced.
        let words = "The key was disabled on 23 Nov 2026 at 14:32 UTC: moving to the 'new' server.";
        assert_eq!(told(&portal, &disabled).await, format!("{words} {ask}"));
        let rotated = ada.makes_key("is-rotated").await;
        let version = ada.get(&rotated.path("rotate")).await.is(200).field("version");
        ada.post(&rotated.path("rotate"), &[("version", &version), ("overlap", "0")]).await.is(200);
        assert!(told(&portal, &rotated).await.starts_with("This secret of the key ended on 23 Nov 2026 at 14:32 UTC"));
        let expired = ada.makes_key("is-expired").await;
        portal.clock.forward(90 * 86_400);
        assert_eq!(told(&portal, &expired).await, format!("The key expired on 21 Feb 2027 at 14:32 UTC. {ask}"));
    }

    async fn without_a_contact_nobody_is_to_be_asked(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.globex().await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        assert_eq!(told(&portal, &key).await, "The key was deleted on 23 Nov 2026 at 14:32 UTC.");
    }
}
