//! Keys that may be used from some addresses only, at the token endpoint: the client's address counts, as the connection or a
//! trusted proxy says it.

use super::refused;
use crate::support::{Answer, Key, Portal, on_both};

const REFUSED: &str = "The key may not be used from";

async fn only_from(portal: &Portal, addresses: &str) {
    portal.sql(&format!("UPDATE api_keys SET allowed_addresses = '{addresses}'")).await;
}

/// Asks for a token with this `X-Forwarded-For`.
async fn forwarded(portal: &Portal, key: &Key, value: &str) -> Answer {
    let request = portal.client.post(portal.url("/acme/oauth2/token")).header("x-forwarded-for", value);
    let request = request.basic_auth(&key.client_id, Some(&key.secret));
    Answer::of(request.form(&[("grant_type", "client_credentials")])).await
}

on_both! {
    async fn an_address_that_is_not_allowed_gets_no_token_and_is_told_why(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.token_for(&key).await.is(200);
        only_from(&portal, "198.51.100.0/24").await;
        portal.sql("UPDATE tenants SET contact = 'ops@acme.example' WHERE slug = 'acme'").await;
        let answer = portal.token_for(&key).await;
        refused(&answer, 401, "invalid_client");
        assert_eq!(answer.json()["error_description"], format!("{REFUSED} 127.0.0.1. Ask ops@acme.example."));
        let stranger = portal.token("acme", "billing-sync", &key.wrong_secret()).await;
        assert!(!stranger.body.contains("127.0.0.1"), "{}", stranger.body);
        only_from(&portal, "127.0.0.0/8").await;
        portal.token_for(&key).await.is(200);
    }

    async fn a_header_from_anybody_is_no_address(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        only_from(&portal, "198.51.100.7/32").await;
        for header in ["198.51.100.7", "127.0.0.1, 198.51.100.7", "198.51.100.7, 127.0.0.1"] {
            let answer = forwarded(&portal, &key, header).await;
            refused(&answer, 401, "invalid_client");
            assert!(answer.body.contains(&format!("{REFUSED} 127.0.0.1.")), "{header}: {}", answer.body);
        }
        only_from(&portal, "127.0.0.1/32").await;
        forwarded(&portal, &key, "203.0.113.9").await.is(200);
    }

    async fn behind_a_trusted_proxy_the_nearest_hop_that_is_not_ours_counts(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        only_from(&portal, "198.51.100.7/32").await;
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        for (header, status) in [
            ("198.51.100.7", 200),
            ("::ffff:198.51.100.7", 200),
            ("203.0.113.9, 198.51.100.7", 200),
            ("198.51.100.7, 203.0.113.9", 401),
            ("198.51.100.8", 401),
            ("", 401),
            ("nonsense", 401),
        ] {
            let answer = forwarded(&behind, &key, header).await;
            assert_eq!(answer.status.as_u16(), status, "{header}: {}", answer.body);
        }
    }
}
