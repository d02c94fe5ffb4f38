//! Keys that may be used from some addresses only: the one in the question counts, and no other.

use serde_json::{Value, json};

use crate::support::{Answer, Key, Portal, on_both};

async fn only_from(portal: &Portal, key: &Key, addresses: &str) {
    portal.sql(&format!("UPDATE api_keys SET allowed_addresses = '{addresses}' WHERE key_id = '{}'", key.key_id)).await;
}

async fn from(portal: &Portal, key: &Key, ip: &str) -> Value {
    portal.verify_with(&json!({ "key": key.secret, "ip": ip })).await.is(200).json()
}

on_both! {
    async fn a_key_is_good_from_its_addresses_alone(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        only_from(&portal, &key, "198.51.100.24/31 2001:db8:7::/48").await;
        for (ip, code) in [
            ("198.51.100.24", "VALID"),
            ("198.51.100.25", "VALID"),
            ("::ffff:198.51.100.25", "VALID"),
            ("2001:db8:7::1", "VALID"),
            ("198.51.100.23", "IP_NOT_ALLOWED"),
            ("198.51.100.26", "IP_NOT_ALLOWED"),
            ("::ffff:198.51.100.26", "IP_NOT_ALLOWED"),
            ("2001:db8:8::1", "IP_NOT_ALLOWED"),
            ("127.0.0.1", "IP_NOT_ALLOWED"),
            // As proxies write addresses in X-Forwarded-For.
            ("198.51.100.25:4711", "VALID"),
            ("[2001:db8:7::1]", "VALID"),
            ("[2001:db8:7::1]:4711", "VALID"),
            (" 198.51.100.25 ", "VALID"),
            ("198.51.100.26:4711", "IP_NOT_ALLOWED"),
            ("[2001:db8:8::1]:4711", "IP_NOT_ALLOWED"),
        ] {
            assert_eq!(from(&portal, &key, ip).await["code"], code, "{ip}");
        }
    }

    async fn a_refused_address_is_named_to_the_holder_with_whom_to_ask(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        only_from(&portal, &key, "198.51.100.0/24").await;
        portal.sql("UPDATE tenants SET contact = 'ops@acme.example' WHERE slug = 'acme'").await;
        let expected = json!({
            "valid": false,
            "code": "IP_NOT_ALLOWED",
            "message": "The key may not be used from 203.0.113.7. Ask ops@acme.example.",
            "contact": "ops@acme.example",
        });
        assert_eq!(from(&portal, &key, "::ffff:203.0.113.7").await, expected);
        let stranger = portal.verify_with(&json!({ "key": key.wrong_secret(), "ip": "203.0.113.7" })).await.is(200).json();
        assert_eq!(stranger, json!({ "valid": false, "code": "UNKNOWN", "message": "No key has this secret." }));
    }

    async fn without_ip_the_question_cannot_be_answered_with_yes(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        // Also where the caller itself comes from an address that is allowed.
        only_from(&portal, &key, "127.0.0.0/8 ::1/128").await;
        let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200).json();
        assert_eq!(answer["code"], "IP_NOT_ALLOWED");
        assert!(answer["message"].as_str().is_some_and(|words| words.contains("send ip")), "{answer}");
        let behind = portal.restarted(&[("trusted_proxies", "127.0.0.1")]);
        let request = behind.client.post(behind.url("/api/v1/verify")).header("content-type", "application/json");
        let request = request.header("x-forwarded-for", "127.0.0.1").body(json!({ "key": key.secret }).to_string());
        assert_eq!(Answer::of(request).await.is(200).json()["code"], "IP_NOT_ALLOWED");
    }

    async fn the_address_is_asked_before_the_permission_and_a_key_without_any_may_come_from_anywhere(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        assert_eq!(from(&portal, &key, "203.0.113.7").await["code"], "VALID");
        only_from(&portal, &key, "198.51.100.0/24").await;
        for (ip, code) in [("203.0.113.7", "IP_NOT_ALLOWED"), ("198.51.100.7", "INSUFFICIENT_PERMISSION")] {
            let ask = json!({ "key": key.secret, "permission": "invoices:read", "ip": ip });
            assert_eq!(portal.verify_with(&ask).await.is(200).json()["code"], code);
        }
    }
}
