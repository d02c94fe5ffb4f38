//! Keys that may be used from some addresses only: the client's address counts, as the connection or a trusted proxy says it.

use super::{bearer, passes_as, refused};
use crate::support::{Portal, on_both};

async fn only_from(portal: &Portal, addresses: &str) {
    portal.sql(&format!("UPDATE api_keys SET allowed_addresses = '{addresses}'")).await;
}

on_both! {
    async fn a_key_and_its_tokens_pass_from_its_addresses_alone(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        // Its own address is in the issuer of its tokens.
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        let token = behind.token_for(&key).await.access_token();
        only_from(&portal, "198.51.100.24/31 2001:db8:7::/48").await;
        for (header, passes) in [
            ("198.51.100.24", true),
            ("203.0.113.9, 198.51.100.25", true),
            ("::ffff:198.51.100.25", true),
            ("2001:db8:7::1", true),
            ("198.51.100.24, 203.0.113.9", false),
            ("198.51.100.26", false),
            ("2001:db8:8::1", false),
            ("", false),
            ("nonsense", false),
        ] {
            for value in [&key.secret, &token] {
                let answer = behind.passes("", &[("x-forwarded-for", header), ("authorization", &bearer(value))]).await;
                if passes {
                    passes_as(&answer, &key);
                } else {
                    refused(&answer, 403, "insufficient_scope");
                    assert!(answer.body.contains("The key may not be used from"), "{header}: {}", answer.body);
                }
            }
        }
    }

    async fn a_header_from_anybody_is_no_address(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        only_from(&portal, "198.51.100.7/32").await;
        for name in ["x-forwarded-for", "x-real-ip", "forwarded", "x-envoy-external-address", "cf-connecting-ip"] {
            let answer = portal.passes("", &[(name, "198.51.100.7"), ("x-api-key", &key.secret)]).await;
            refused(&answer, 403, "insufficient_scope");
        }
        let stranger = portal.passes("", &[("x-api-key", &key.wrong_secret())]).await;
        refused(&stranger, 401, "invalid_token");
        assert!(!stranger.body.contains("127.0.0.1"), "{}", stranger.body);
    }
}
