//! The header of a token (RFC 7515, section 4): what a token says of how it is to be read is understood, or the token is refused,
//! also where the organization's own key signed it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use keystead::access::TenantScope;
use keystead::signing_keys::{self, Ring};
use serde_json::{Value, json};

use crate::support::{Answer, Key, Portal, on_both};

/// The token again, with these members put into its header, signed with the key that signed it.
async fn with_header(portal: &Portal, token: &str, more: &Value) -> String {
    let acme = portal.number("SELECT id FROM tenants WHERE slug = 'acme'").await;
    let now = portal.inner.clock.now();
    let sealed = portal.inner.db.read(move |conn| signing_keys::current(conn, TenantScope::from_row(acme), now)).await;
    let key = Ring::default().open(&portal.inner.keyring, &sealed.expect("a key")).expect("its own secret");
    let mut parts = token.split('.');
    let header = URL_SAFE_NO_PAD.decode(parts.next().expect("a header")).expect("base64url");
    let mut header: Value = serde_json::from_slice(&header).expect("JSON");
    for (name, value) in more.as_object().expect("members") {
        header[name] = value.clone();
    }
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), parts.next().expect("claims"));
    let signature = crypto::sign(message.as_bytes(), &key.encoding, Algorithm::ES256).expect("a signature");
    format!("{message}.{signature}")
}

async fn about(portal: &Portal, endpoint: &str, caller: &Key, token: &str) -> Answer {
    let request = portal.client.post(portal.url(&format!("/acme/oauth2/{endpoint}")));
    Answer::of(request.basic_auth(&caller.client_id, Some(&caller.secret)).form(&[("token", token)])).await
}

async fn passes(portal: &Portal, token: &str) -> u16 {
    portal.passes("", &[("authorization", &format!("Bearer {token}"))]).await.status.as_u16()
}

/// The status for whoever presents this token to act with it: where tokens are asked about, and where keys are managed.
async fn acts(portal: &Portal, key: &Key, token: &str) -> [u16; 2] {
    let introspects = portal.client.post(portal.url("/acme/oauth2/introspect")).form(&[("token", &key.secret)]);
    let manages = portal.client.get(portal.url("/compat/nullplatform/api_key/1"));
    let status = async |request: reqwest::RequestBuilder| Answer::of(request.bearer_auth(token)).await.status.as_u16();
    [status(introspects).await, status(manages).await]
}

on_both! {
    async fn rfc_7515_4_1_11_a_token_with_a_critical_extension_is_refused_everywhere(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.gives(&key, "ci", "organization=acme").await;
        let good = portal.token_for(&key).await.access_token();
        let same = with_header(&portal, &good, &json!({})).await;
        for token in [&good, &same] {
            assert_eq!(about(&portal, "introspect", &key, token).await.json()["active"], true);
            assert_eq!((passes(&portal, token).await, acts(&portal, &key, token).await), (204, [200, 200]));
        }
        for more in [
            json!({ "crit": ["exp"] }),
            json!({ "crit": ["urn:acme:once"], "urn:acme:once": true }),
            json!({ "crit": ["b64"], "b64": false }),
            json!({ "crit": ["b64"], "b64": true }),
            json!({ "crit": [] }),
            json!({ "crit": null }),
            json!({ "b64": false }),
            json!({ "zip": "DEF" }),
            json!({ "cty": "JWT" }),
            json!({ "jku": "https://evil.example/keys" }),
            json!({ "typ": "JWT" }),
        ] {
            let bad = with_header(&portal, &good, &more).await;
            assert_eq!(about(&portal, "introspect", &key, &bad).await.is(200).body, "{\"active\":false}", "{more}");
            assert_eq!((passes(&portal, &bad).await, acts(&portal, &key, &bad).await), (401, [401, 401]), "{more}");
            // It is no token, so there is nothing to revoke: the real one goes on.
            about(&portal, "revoke", &key, &bad).await.is(200);
            assert_eq!(passes(&portal, &good).await, 204, "{more}");
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM revoked_tokens").await, 0);
    }
}
