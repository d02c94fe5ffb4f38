//! ES256, EdDSA and RS256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::decode_header;
use keystead::base::hash;
use keystead::signing_keys::AHEAD_SECONDS;
use serde_json::{Value, json};

use super::{chooses, jwks, kids, signer, verifies_elsewhere, verifies_here};
use crate::support::on_both;

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("text")).expect("base64url")
}

fn members(key: &Value) -> Vec<&str> {
    let mut members: Vec<&str> = key.as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    members
}

on_both! {
    async fn rfc_7515_5_2_a_token_of_each_algorithm_verifies_with_the_published_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        for algorithm in ["EdDSA", "RS256", "ES256"] {
            chooses(&mut ada, algorithm).await.redirects_to("/settings");
            ada.get("/settings").await.says(&format!("A new {algorithm} key begins to sign on"));
            portal.clock.forward(AHEAD_SECONDS);
            let token = portal.token_for(&key).await.access_token();
            let head = decode_header(&token).expect("a head");
            assert_eq!(format!("{:?}", head.alg), algorithm);
            assert_eq!(head.kid, kids(&portal).await.into_iter().next());
            assert!(verifies_elsewhere(&portal, &token).await && verifies_here(&portal, &token).await, "{algorithm}");
            // A letter in the middle of what is signed.
            let mut changed = token.into_bytes();
            changed[200] = if changed[200] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("text");
            assert!(!verifies_elsewhere(&portal, &changed).await && !verifies_here(&portal, &changed).await, "{algorithm}");
        }
        let again = portal.restarted(&[]);
        assert_eq!(signer(&again, &key).await, signer(&portal, &key).await);
    }

    async fn rfc_8037_2_an_ed25519_key_is_an_octet_key_pair_without_its_private_half(portal: Portal) {
        let mut ada = portal.ada().await;
        chooses(&mut ada, "EdDSA").await.redirects_to("/settings");
        let key = jwks(&portal).await.remove(0);
        assert_eq!(members(&key), ["alg", "crv", "kid", "kty", "use", "x"], "no d");
        assert_eq!((&key["kty"], &key["crv"], &key["alg"], &key["use"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"), &json!("sig")));
        assert_eq!(bytes(&key["x"]).len(), 32);
        let thumbprint = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":{}}}", key["x"]);
        assert_eq!(bytes(&key["kid"]), hash::sha256(thumbprint.as_bytes()), "RFC 7638, section 3; RFC 8037, section 2");
    }

    async fn rfc_7518_6_3_1_an_rsa_key_is_its_modulus_and_exponent_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        chooses(&mut ada, "RS256").await.redirects_to("/settings");
        let key = jwks(&portal).await.remove(0);
        assert_eq!(members(&key), ["alg", "e", "kid", "kty", "n", "use"], "none of d, p, q, dp, dq, qi");
        assert_eq!((&key["kty"], &key["alg"], &key["use"], &key["e"]), (&json!("RSA"), &json!("RS256"), &json!("sig"), &json!("AQAB")));
        let modulus = bytes(&key["n"]);
        assert!(modulus.len() == 256 && modulus[0] >= 0x80, "2048 bits, without a leading zero");
        let thumbprint = format!("{{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":{}}}", key["n"]);
        assert_eq!(bytes(&key["kid"]), hash::sha256(thumbprint.as_bytes()), "RFC 7638, section 3");
    }

    async fn a_new_organization_signs_with_es256(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let head = decode_header(portal.token_for(&key).await.access_token()).expect("a head");
        assert_eq!(format!("{:?}", head.alg), "ES256");
        ada.get("/settings").await.says("ES256").says("Signs").says("The next one is made on");
        // The same algorithm once more needs no new key.
        chooses(&mut ada, "ES256").await.redirects_to("/settings");
        assert_eq!(kids(&portal).await.len(), 1);
    }
}
