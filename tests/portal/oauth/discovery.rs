//! Metadata (RFC 8414) and keys (RFC 7517): what others need to find and check our tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use keystead::access::TenantScope;
use keystead::base::hash;
use keystead::base::keyring::Keyring;
use keystead::signing_keys::{self, Ring, Sealed};
use serde_json::{Value, json};

use crate::support::{Answer, Portal, on_both};

const ADDRESSES: [&str; 4] = [
    "/.well-known/oauth-authorization-server/acme",
    "/acme/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration/acme",
    "/acme/.well-known/openid-configuration",
];

on_both! {
    async fn rfc_8414_3_and_5_and_rfc_9700_2_6_the_metadata_is_at_each_address_and_says_what_works(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let issuer = format!("{}/acme", portal.origin());
        for path in ADDRESSES {
            let answer = get(&portal, path).await.is(200);
            assert!(answer.header("content-type").starts_with("application/json"));
            assert_eq!(
                answer.json(),
                json!({
                    "issuer": issuer,
                    "token_endpoint": format!("{issuer}/oauth2/token"),
                    "introspection_endpoint": format!("{issuer}/oauth2/introspect"),
                    "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                    "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
                    "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                    "jwks_uri": format!("{issuer}/oauth2/jwks"),
                    "grant_types_supported": ["client_credentials"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                    "subject_types_supported": ["public"],
                })
            );
            let members = answer.json();
            let has_elements = |value: &Value| value.as_array().is_none_or(|list| !list.is_empty());
            assert!(members.as_object().is_some_and(|all| all.values().all(has_elements)), "RFC 8414, section 3.2");
        }
        let metadata = get(&portal, ADDRESSES[0]).await.json();
        let ask = portal.client.post(metadata["token_endpoint"].as_str().expect("an address"));
        let token = Answer::of(ask.basic_auth(&key.client_id, Some(&key.secret)).form(&[("grant_type", "client_credentials")])).await.is(200);
        assert_eq!(crate::oauth::access_token::claims(&token)["iss"], metadata["issuer"]);
        Answer::of(portal.client.get(metadata["jwks_uri"].as_str().expect("an address"))).await.is(200);
    }

    async fn rfc_8414_3_3_the_issuer_is_never_what_a_request_says(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let public = portal.restarted(&[("public_url", "https://keys.acme.example"), ("trusted_proxies", "127.0.0.1")]);
        for portal in [&portal, &public] {
            let issuer = format!("{}/acme", portal.inner.settings.public_url);
            for path in ADDRESSES {
                let request = portal.client.get(portal.url(path)).header("host", "evil.example").header("x-forwarded-host", "evil.example");
                let request = request.header("x-forwarded-proto", "https").header("forwarded", "host=evil.example;proto=https");
                let answer = Answer::of(request).await.is(200);
                assert_eq!(answer.json()["issuer"], issuer);
                assert!(!answer.body.contains("evil"));
            }
            let ask = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
            let ask = ask.header("host", "evil.example").header("x-forwarded-host", "evil.example");
            let token = Answer::of(ask.form(&[("grant_type", "client_credentials")])).await.is(200);
            assert_eq!(crate::oauth::access_token::claims(&token)["iss"], issuer);
        }
        assert_eq!(get(&public, ADDRESSES[0]).await.json()["issuer"], "https://keys.acme.example/acme");
    }

    async fn an_unknown_organization_has_neither_metadata_nor_keys(portal: Portal) {
        portal.set_up_acme().await;
        for path in ["/.well-known/oauth-authorization-server/nobody", "/nobody/.well-known/oauth-authorization-server", "/.well-known/openid-configuration/nobody", "/nobody/.well-known/openid-configuration", "/nobody/oauth2/jwks", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
            let answer = get(&portal, path).await.is(404);
            assert_eq!(answer.header("content-type"), "application/problem+json; charset=utf-8", "{path}");
            assert!(!answer.body.contains("jwks_uri"), "{path}");
        }
    }

    async fn rfc_7517_5_the_keys_are_public_halves_alone(portal: Portal) {
        portal.set_up_acme().await;
        let answer = get(&portal, "/acme/oauth2/jwks").await.is(200);
        assert!(answer.header("content-type").starts_with("application/jwk-set+json"));
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let set = answer.json();
        for key in set["keys"].as_array().expect("keys") {
            let mut members: Vec<&str> = key.as_object().expect("an object").keys().map(String::as_str).collect();
            members.sort_unstable();
            assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"], "no d, and nothing else that is private");
            assert_eq!((&key["kty"], &key["crv"], &key["alg"], &key["use"]), (&json!("EC"), &json!("P-256"), &json!("ES256"), &json!("sig")));
            assert_eq!((coordinate(&key["x"]), coordinate(&key["y"])), (32, 32));
            let thumbprint = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":{},\"y\":{}}}", key["x"], key["y"]);
            assert_eq!(key["kid"], URL_SAFE_NO_PAD.encode(hash::sha256(thumbprint.as_bytes())), "RFC 7638, section 3");
        }
        assert_eq!(get(&portal, "/acme/oauth2/jwks").await.body, answer.body);
    }

    async fn a_signing_key_is_stored_sealed_and_opens_with_its_own_secret_and_row_alone(portal: Portal) {
        portal.ada().await;
        portal.globex().await;
        let now = portal.inner.clock.now();
        let mut sealed = Vec::new();
        for tenant in ["acme", "globex"] {
            let id = portal.number(&format!("SELECT id FROM tenants WHERE slug = '{tenant}'")).await;
            let current = move |conn: &mut keystead::db::Conn| signing_keys::current(conn, TenantScope::from_row(id), now);
            sealed.push(portal.inner.db.read(current).await.expect("a key"));
        }
        // The beginning of a P-256 key in PKCS #8 (RFC 5958) is always the same.
        let oid = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        for key in &sealed {
            assert!(!key.private_key_sealed.windows(oid.len()).any(|bytes| bytes == oid));
            assert!(Ring::default().open(&portal.inner.keyring, key).is_ok());
            let another = Keyring::new(&[7; 32]).expect("a keyring");
            assert!(Ring::default().open(&another, key).is_err(), "another installation secret");
        }
        let swapped = Sealed { private_key_sealed: sealed[1].private_key_sealed.clone(), ..sealed[0].clone() };
        assert!(Ring::default().open(&portal.inner.keyring, &swapped).is_err(), "the key of another organization");
        let mut changed = sealed[0].clone();
        changed.private_key_sealed[20] ^= 1;
        assert!(Ring::default().open(&portal.inner.keyring, &changed).is_err());
    }

    async fn a_key_that_is_no_longer_published_checks_no_token(portal: Portal) {
        portal.ada().await;
        portal.globex().await;
        let kid = get(&portal, "/acme/oauth2/jwks").await.json()["keys"][0]["kid"].as_str().expect("a kid").to_owned();
        let now = portal.inner.clock.now();
        let verifying = async |tenant: &str, kid: String, now| {
            let scope = TenantScope::from_row(portal.number(&format!("SELECT id FROM tenants WHERE slug = '{tenant}'")).await);
            portal.inner.db.read(move |conn| signing_keys::verifying(conn, scope, &kid, now)).await.expect("an answer")
        };
        assert_eq!(verifying("acme", kid.clone(), now).await.map(|key| key.algorithm), Some(Algorithm::ES256));
        assert!(verifying("globex", kid.clone(), now).await.is_none(), "the key of another organization");
        for kid in ["", "x", "a\0b", "ä", &format!("{kid}A"), "' OR 1 = 1 --"] {
            assert!(verifying("acme", kid.to_owned(), now).await.is_none(), "{kid:?}");
        }
        portal.sql(&format!("UPDATE signing_keys SET published_until = {}", now.micros() + 1)).await;
        assert!(verifying("acme", kid.clone(), now).await.is_some());
        portal.sql(&format!("UPDATE signing_keys SET published_until = {}", now.micros())).await;
        assert!(verifying("acme", kid, now).await.is_none());
    }

    async fn tokens_are_signed_with_the_same_key_after_a_restart(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let before = get(&portal, "/acme/oauth2/jwks").await.body;
        let again = portal.restarted(&[]);
        assert_eq!(get(&again, "/acme/oauth2/jwks").await.body, before);
        again.token_for(&key).await.is(200);
    }
}

async fn get(portal: &Portal, path: &str) -> Answer {
    Answer::of(portal.client.get(portal.url(path))).await
}

fn coordinate(value: &Value) -> usize {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("text")).expect("base64url").len()
}
