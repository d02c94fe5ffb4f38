//! The keys that sign access tokens: their algorithms, and how they follow each other.

mod algorithms;
mod at_once;
mod rotation;
mod schedule;
mod together;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use keystead::access::TenantScope;
use keystead::signing_keys::{self, VerifyingKey};
use serde_json::Value;

use crate::support::{Answer, Key, Page, Portal, Visitor};

/// What the page of settings sends for access tokens that live five minutes, with this algorithm.
async fn chooses(visitor: &mut Visitor<'_>, algorithm: &str) -> Page {
    let version = visitor.get("/settings").await.is(200).field("version");
    let fields =
        [("version", version.as_str()), ("token_seconds", "300"), ("algorithm", algorithm), ("signing_key_days", "90")];
    visitor.post("/settings/access-tokens", &fields).await
}

/// "Rotate" or "Replace at once", as the overlay sends it.
async fn asks_for(visitor: &mut Visitor<'_>, how: &str) -> Page {
    let kid = visitor.get("/settings/signing-keys/replace").await.is(200).field("kid");
    visitor.post(&format!("/settings/signing-keys/{how}"), &[("kid", kid.as_str())]).await
}

/// The published keys, newest first.
async fn jwks(portal: &Portal) -> Vec<Value> {
    let set = Answer::of(portal.client.get(portal.url("/acme/oauth2/jwks"))).await.is(200).json();
    set["keys"].as_array().expect("keys").clone()
}

/// Their ids.
async fn kids(portal: &Portal) -> Vec<String> {
    jwks(portal).await.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

/// The id of the key that signs, as a new token says.
async fn signer(portal: &Portal, key: &Key) -> String {
    decode_header(portal.token_for(key).await.access_token()).expect("a head").kid.expect("a kid")
}

/// Whether somebody who fetches the keys now accepts the signature of the token. When it ends is another question.
async fn verifies_elsewhere(portal: &Portal, token: &str) -> bool {
    let head = decode_header(token).expect("a head");
    let Some(jwk) = jwks(portal).await.into_iter().find(|key| key["kid"].as_str() == head.kid.as_deref()) else {
        return false;
    };
    let algorithm = jwk["alg"].as_str().and_then(|name| name.parse().ok()).expect("an algorithm");
    let jwk: Jwk = serde_json::from_value(jwk).expect("a JWK");
    is_signed_by(token, &VerifyingKey { algorithm, decoding: DecodingKey::from_jwk(&jwk).expect("a key") })
}

/// Whether we accept it.
async fn verifies_here(portal: &Portal, token: &str) -> bool {
    let kid = decode_header(token).expect("a head").kid.expect("a kid");
    let (now, acme) = (portal.inner.clock.now(), scope(portal, "acme").await);
    let found = portal.inner.db.read(move |conn| signing_keys::verifying(conn, acme, &kid, now)).await;
    found.expect("an answer").is_some_and(|key| is_signed_by(token, &key))
}

fn is_signed_by(token: &str, key: &VerifyingKey) -> bool {
    let mut validation = Validation::new(key.algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    decode::<Value>(token, &key.decoding, &validation).is_ok()
}

async fn scope(portal: &Portal, tenant: &str) -> TenantScope {
    TenantScope::from_row(portal.number(&format!("SELECT id FROM tenants WHERE slug = '{tenant}'")).await)
}

/// However the clocks stand: the keys of Acme follow each other without gap or overlap, and the last one has no end.
async fn follow_each_other(portal: &Portal) {
    let times = portal
        .lines("SELECT signs_from || ' ' || signs_until AS line FROM signing_keys WHERE tenant_id = (SELECT id FROM tenants WHERE slug = 'acme') ORDER BY id")
        .await;
    let times: Vec<(&str, &str)> = times.iter().map(|line| line.split_once(' ').expect("two times")).collect();
    for pair in times.windows(2) {
        assert_eq!(pair[0].1, pair[1].0, "{times:?}");
    }
    let end = i64::MAX.to_string();
    assert_eq!(times.iter().filter(|(_, until)| *until == end).count(), 1, "{times:?}");
    assert_eq!(times.last().map(|(_, until)| *until), Some(end.as_str()), "{times:?}");
}
