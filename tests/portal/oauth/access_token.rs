//! The access token: what is answered, what it says, and who signed it.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::may_not_be_kept;
use crate::support::{Answer, Key, Portal, on_both};

const DAY: i64 = 86_400;
/// A token is shorter than this.
const LIMIT: usize = 4_096;

on_both! {
    async fn rfc_6749_5_1_the_answer_has_the_token_its_type_and_its_life(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let answer = portal.token_for(&key).await.is(200);
        may_not_be_kept(&answer);
        assert!(answer.header("www-authenticate").is_empty());
        let body = answer.json();
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(300)));
        // No scope where the key holds nothing; and never a refresh token (section 4.4.3).
        let fields: HashSet<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(fields, HashSet::from(["access_token", "token_type", "expires_in"]));
    }

    async fn rfc_9068_2_the_token_says_who_it_is_for_and_what_it_may_do(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.gives(&key, "sender", "organization=acme").await;
        portal.gives(&key, "ci", "organization=acme").await;
        let answer = portal.token_for(&key).await.is(200);
        let header = part(&answer, 0);
        assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
        let mut claims = claims(&answer);
        let jti = claims.as_object_mut().and_then(|claims| claims.remove("jti")).expect("a jti");
        assert_eq!(jti.as_str().map(str::len), Some(22));
        let issuer = format!("{}/acme", portal.origin());
        assert_eq!(
            claims,
            json!({
                "iss": issuer,
                "sub": "client:acme/billing-sync",
                "aud": issuer,
                "client_id": "billing-sync",
                "key_id": key.key_id,
                "token_version": 1,
                "iat": 1_795_444_315,
                "nbf": 1_795_444_315,
                "exp": 1_795_444_620,
                "scope": "invoices:write",
                "grants": [
                    { "resource": "organization=acme", "role": "ci", "permissions": [] },
                    { "resource": "organization=acme", "role": "sender", "permissions": ["invoices:write"] },
                ],
            })
        );
        assert_eq!(answer.json()["scope"], "invoices:write");
    }

    async fn a_server_whose_clock_is_a_little_behind_accepts_a_new_token(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let answer = portal.token_for(&key).await.is(200);
        let (claims, now) = (claims(&answer), portal.inner.clock.now().seconds());
        for claim in ["iat", "nbf"] {
            assert!(claims[claim].as_i64().is_some_and(|from| (now - 10..=now - 3).contains(&from)), "{claim}: {claims}");
        }
        // It ends when the answer says, not earlier.
        assert_eq!(claims["exp"].as_i64().zip(answer.json()["expires_in"].as_i64()).map(|(exp, life)| exp - life), Some(now));
    }

    async fn no_tag_of_a_key_changes_what_its_token_says(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let said = |answer: &Answer| {
            let mut claims = claims(answer);
            claims.as_object_mut().and_then(|claims| claims.remove("jti")).expect("a jti");
            claims
        };
        let before = said(&portal.token_for(&key).await.is(200));
        let names = "iss sub aud exp iat nbf client_id key_id scope grants roles groups entitlements tenant cnf act tags";
        for name in names.split(' ') {
            portal.tags(&key, name, "admin").await;
        }
        assert_eq!(said(&portal.token_for(&key).await.is(200)), before);
    }

    async fn rfc_9068_2_2_each_token_has_an_id_of_its_own(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let mut ids = HashSet::new();
        for _ in 0..20 {
            ids.insert(claims(&portal.token_for(&key).await.is(200))["jti"].to_string());
        }
        assert_eq!(ids.len(), 20);
    }

    async fn rfc_9068_4_the_signature_is_that_of_the_published_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let answer = portal.token_for(&key).await.is(200);
        let issuer = format!("{}/acme", portal.origin());
        let jwk = published(&portal, "acme").await;
        assert_eq!(part(&answer, 0)["kid"], jwk["kid"]);
        assert!(is_signed_by(&answer, &jwk, &issuer));
        assert!(!is_signed_by(&answer, &jwk, "https://api.acme.example"), "another audience");
        let token = answer.access_token();
        let (head, tail) = token.split_once('.').expect("three parts");
        let forged = URL_SAFE_NO_PAD.encode(claims(&answer).to_string().replace("billing-sync", "admin"));
        let signature = tail.split_once('.').expect("three parts").1;
        let forged = Answer { body: json!({ "access_token": format!("{head}.{forged}.{signature}") }).to_string(), ..answer };
        assert!(!is_signed_by(&forged, &jwk, &issuer));
    }

    async fn two_organizations_sign_with_keys_of_their_own(portal: Portal) {
        let mine = portal.ada().await.makes_key("billing-sync").await;
        let theirs = portal.globex().await.makes_key("billing-sync").await;
        let (acme, globex) = (published(&portal, "acme").await, published(&portal, "globex").await);
        assert_ne!(acme["kid"], globex["kid"]);
        let mine = portal.token("acme", "billing-sync", &mine.secret).await.is(200);
        let theirs = portal.token("globex", "billing-sync", &theirs.secret).await.is(200);
        let (at_acme, at_globex) = (format!("{}/acme", portal.origin()), format!("{}/globex", portal.origin()));
        assert!(is_signed_by(&mine, &acme, &at_acme) && is_signed_by(&theirs, &globex, &at_globex));
        assert!(!is_signed_by(&mine, &globex, &at_acme) && !is_signed_by(&theirs, &acme, &at_globex));
        assert_eq!(claims(&theirs)["sub"], "client:globex/billing-sync");
    }

    async fn a_token_does_not_outlive_its_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.clock.forward(90 * DAY - 300);
        assert_eq!(portal.token_for(&key).await.is(200).json()["expires_in"], 300);
        portal.clock.forward(200);
        let answer = portal.token_for(&key).await.is(200);
        assert_eq!(answer.json()["expires_in"], 100);
        let claims = claims(&answer);
        assert_eq!(claims["exp"].as_i64(), Some(1_795_444_320 + 90 * DAY));
        assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(105));
        portal.clock.forward(99);
        assert_eq!(portal.token_for(&key).await.is(200).json()["expires_in"], 1);
        portal.clock.forward(1);
        portal.token_for(&key).await.is(401);
    }

    async fn an_organization_can_choose_the_life_of_its_tokens(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("UPDATE tenants SET access_token_seconds = 60").await;
        let answer = portal.token_for(&key).await.is(200);
        assert_eq!(answer.json()["expires_in"], 60);
        assert_eq!(claims(&answer)["exp"], 1_795_444_380);
    }

    async fn a_token_that_would_be_too_long_leaves_out_permissions_first(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        has_many_grants(&portal, &key, 20, 12).await;
        let answer = portal.token_for(&key).await.is(200);
        let claims = claims(&answer);
        assert!(length(&answer) < LIMIT, "{}", length(&answer));
        let grants = claims["grants"].as_array().expect("grants");
        assert_eq!(grants.len(), 20);
        assert!(grants.iter().all(|grant| grant.get("permissions").is_none() && grant["role"] == "sender"));
        assert!(claims.get("grants_omitted").is_none());
        let scope = claims["scope"].as_str().expect("a scope");
        assert_eq!(scope.split(' ').count(), 12);
        // Of a token that was narrowed a role would say too much.
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
        let narrowed = self::claims(&Answer::of(request.form(&form)).await);
        assert_eq!((&narrowed["narrowed"], &narrowed["grants"], &narrowed["grants_omitted"]), (&json!(true), &Value::Null, &json!(true)));
    }

    async fn a_token_with_two_hundred_grants_says_that_it_leaves_them_out(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        has_many_grants(&portal, &key, 200, 3).await;
        let answer = portal.token_for(&key).await.is(200);
        let claims = claims(&answer);
        assert!(length(&answer) < LIMIT, "{}", length(&answer));
        assert!(claims.get("grants").is_none());
        assert_eq!(claims["grants_omitted"], true);
        assert_eq!(claims["scope"], "noun-1:read noun-2:read noun-3:read");
        // The check endpoint still decides by all of them.
        let verified = portal.verify_with(&json!({ "key": key.secret })).await.is(200).json();
        assert_eq!(verified["grants"].as_array().map(Vec::len), Some(200));
    }

    async fn a_token_that_would_be_too_long_is_refused_with_the_way_out(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        has_many_grants(&portal, &key, 1, 400).await;
        let answer = portal.token_for(&key).await.is(400).json();
        assert_eq!(answer["error"], "invalid_scope");
        assert!(answer["error_description"].as_str().is_some_and(|words| words.contains("Ask for fewer permissions")));
        let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
        let form = [("grant_type", "client_credentials"), ("scope", "noun-1:read noun-400:read")];
        let answer = Answer::of(request.form(&form)).await.is(200);
        assert!(length(&answer) < LIMIT, "{}", length(&answer));
        assert_eq!(answer.json()["scope"], "noun-1:read noun-400:read");
    }
}

/// The claims of the token in this answer.
pub fn claims(answer: &Answer) -> Value {
    part(answer, 1)
}

fn part(answer: &Answer, index: usize) -> Value {
    let token = answer.access_token();
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).expect("three parts")).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn length(answer: &Answer) -> usize {
    answer.access_token().len()
}

/// The one key that the organization publishes.
async fn published(portal: &Portal, tenant: &str) -> Value {
    let keys = Answer::of(portal.client.get(portal.url(&format!("/{tenant}/oauth2/jwks")))).await.is(200).json();
    let keys = keys["keys"].as_array().expect("keys").clone();
    assert_eq!(keys.len(), 1);
    keys[0].clone()
}

/// Checks the token as a resource server does. Not its time: that is the test's.
fn is_signed_by(answer: &Answer, jwk: &Value, audience: &str) -> bool {
    let jwk: Jwk = serde_json::from_value(jwk.clone()).expect("a JWK");
    let mut rules = Validation::new(Algorithm::ES256);
    (rules.validate_exp, rules.validate_nbf) = (false, false);
    rules.set_audience(&[audience]);
    let token = answer.access_token();
    jsonwebtoken::decode::<Value>(&token, &DecodingKey::from_jwk(&jwk).expect("a usable key"), &rules).is_ok()
}

/// Gives the key one role of so many permissions on so many resources.
async fn has_many_grants(portal: &Portal, key: &Key, resources: usize, permissions: usize) {
    portal.has_role("sender", &[]).await;
    let numbers =
        |most: usize| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})");
    portal
        .sql(&format!(
            "{} INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
             SELECT tenant_id, id, 'application', 'noun-' || i || ':read' FROM n, roles WHERE slug = 'sender'",
            numbers(permissions)
        ))
        .await;
    portal
        .sql(&format!(
            "{} INSERT INTO resources (tenant_id, parent_id, kind, name, path, created_at, version) \
             SELECT tenant_id, id, 'application', 'app-' || i, path || ':application=app-' || i, 0, 1 FROM n, resources \
             WHERE path = 'organization=acme'",
            numbers(resources)
        ))
        .await;
    portal
        .sql(&format!(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) \
             SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' FROM api_keys k, roles r, resources n \
             WHERE k.key_id = '{}' AND r.slug = 'sender' AND n.parent_id IS NOT NULL",
            key.key_id
        ))
        .await;
}
