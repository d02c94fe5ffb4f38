//! The standards line by line, as tables over all endpoints; each test has the section that it holds us to in its name. What has a
//! file of its own beside this one stands there.

use std::collections::BTreeSet;

use keystead::api_keys::client_id::ClientId;
use keystead::users::email::Email;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::access_token::claims;
use super::{FORM, may_not_be_kept, refused};
use crate::support::{Answer, Key, Portal, Visitor, on_both};

const GRANT: &str = "grant_type=client_credentials";
const ENDPOINTS: [&str; 3] = ["token", "introspect", "revoke"];

fn at(portal: &Portal, endpoint: &str) -> String {
    portal.url(&format!("/acme/oauth2/{endpoint}"))
}

/// A request as this key.
fn by(portal: &Portal, endpoint: &str, key: &Key) -> RequestBuilder {
    portal.client.post(at(portal, endpoint)).basic_auth(&key.client_id, Some(&key.secret))
}

async fn sends(request: RequestBuilder, body: &str) -> Answer {
    Answer::of(request.header("content-type", FORM).body(body.to_owned())).await
}

/// A key that may ask about all of Acme's tokens.
async fn checker(portal: &Portal, ada: &mut Visitor<'_>) -> Key {
    let key = ada.makes_key("checker").await;
    portal.gives(&key, "ci", "organization=acme").await;
    key
}

on_both! {
    async fn rfc_6749_4_4_3_no_answer_holds_a_refresh_token(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.gives(&key, "sender", "organization=acme").await;
        for more in ["", "&scope=invoices:write", "&resource=urn:acme:invoices", "&access_type=offline", "&refresh_token=x"] {
            let answer = sends(by(&portal, "token", &key), &format!("{GRANT}{more}")).await.is(200);
            let fields: BTreeSet<String> = answer.json().as_object().expect("an object").keys().cloned().collect();
            assert_eq!(fields, ["access_token", "expires_in", "scope", "token_type"].map(String::from).into(), "{more}");
        }
        sends(by(&portal, "token", &key), &format!("{GRANT}&scope=offline_access")).await.is(400);
    }

    async fn rfc_6749_5_1_no_answer_of_any_endpoint_may_be_kept(portal: Portal) {
        let key = checker(&portal, &mut portal.ada().await).await;
        let token = portal.token_for(&key).await.access_token();
        let stranger = Key { secret: key.wrong_secret(), ..key.clone() };
        let large = "x".repeat(16_385);
        for (endpoint, good) in ENDPOINTS.into_iter().zip([GRANT.to_owned(), format!("token={token}"), format!("token={token}")]) {
            for (status, answer) in [
                (200, sends(by(&portal, endpoint, &key), &good).await),
                (400, sends(by(&portal, endpoint, &key), "x=1").await),
                (401, sends(by(&portal, endpoint, &stranger), &good).await),
                (405, Answer::of(portal.client.get(at(&portal, endpoint))).await),
                (413, sends(by(&portal, endpoint, &key), &large).await),
                (415, Answer::of(by(&portal, endpoint, &key).header("content-type", "application/json").body("{}")).await),
            ] {
                assert_eq!(answer.status, status, "{endpoint}: {}", answer.body);
                assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"), "{endpoint}: {status}");
                // Clients read each answer as JSON, also that of a revocation, for which RFC 7009 asks for no body.
                assert_eq!(answer.header("content-type"), "application/json; charset=utf-8", "{endpoint}: {status}");
                assert!(answer.json().is_object(), "{endpoint}: {status}");
            }
        }
    }

    async fn rfc_6749_5_2_each_fault_has_its_code_at_each_endpoint(portal: Portal) {
        let key = checker(&portal, &mut portal.ada().await).await;
        let secret = &key.secret;
        for (endpoint, body, status, code) in [
            ("token", "", 400, "invalid_request"),
            ("token", "grant_type=password&username=a&x=b", 400, "unsupported_grant_type"),
            ("token", "grant_type=client_credentials&scope=a%22b", 400, "invalid_scope"),
            ("token", "grant_type=client_credentials&resource=x", 400, "invalid_target"),
            ("token", "grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
            ("introspect", "", 400, "invalid_request"),
            ("introspect", "token=a&token=b", 400, "invalid_request"),
            ("introspect", &format!("token=a&client_secret={secret}"), 400, "invalid_request"),
            ("revoke", "", 400, "invalid_request"),
            ("revoke", "token=a&token=b", 400, "invalid_request"),
            ("revoke", &format!("token=a&client_secret={secret}"), 400, "invalid_request"),
        ] {
            refused(&sends(by(&portal, endpoint, &key), body).await, status, code);
        }
        for endpoint in ENDPOINTS {
            refused(&sends(portal.client.post(at(&portal, endpoint)), &format!("{GRANT}&token=a")).await, 401, "invalid_client");
        }
    }

    async fn rfc_6750_2_3_a_token_in_the_address_or_in_the_body_counts_nowhere(portal: Portal) {
        let key = checker(&portal, &mut portal.ada().await).await;
        for text in [portal.token_for(&key).await.access_token(), key.secret.clone()] {
            let named = format!("access_token={text}");
            // The gateway asked for what there is not: its fault, and nobody passes.
            let answer = portal.passes(&format!("?{named}"), &[]).await.is(500);
            assert!(!answer.body.contains(&text) && answer.header("x-keystead-client-id").is_empty());
            let posted = portal.client.post(portal.url("/acme/gateway/auth"));
            sends(posted, &named).await.is(401);
            for endpoint in ["introspect", "revoke"] {
                let answer = sends(portal.client.post(format!("{}?{named}", at(&portal, endpoint))), "token=a").await;
                assert!(answer.status.is_client_error() && !answer.body.contains(&text), "{endpoint}: {}", answer.status);
                refused(&sends(portal.client.post(at(&portal, endpoint)), &format!("token=a&{named}")).await, 401, "invalid_client");
            }
        }
    }

    async fn rfc_6750_3_1_each_refusal_has_its_challenge(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        let asked = async |endpoint: &str, bearer: &str| {
            sends(portal.client.post(at(&portal, endpoint)).bearer_auth(bearer), "token=a").await
        };
        let scope = "Bearer realm=\"acme\", error=\"insufficient_scope\", scope=\"tokens:introspect\"";
        for good in [&token, &key.secret] {
            assert_eq!(asked("introspect", good).await.is(403).header("www-authenticate"), scope);
        }
        let invalid = "Bearer realm=\"acme\", error=\"invalid_token\"";
        let short = &token[..token.len() - 1];
        for bad in ["a", "a.b.c", short, &key.wrong_secret()] {
            for endpoint in ["introspect", "revoke"] {
                assert_eq!(asked(endpoint, bad).await.is(401).header("www-authenticate"), invalid, "{endpoint}: {bad}");
            }
        }
        assert_eq!(portal.passes("", &[]).await.is(401).header("www-authenticate"), "Bearer realm=\"acme\"");
        let answer = portal.passes("?permission=invoices:read", &[("authorization", &format!("Bearer {token}"))]).await.is(403);
        assert!(answer.header("www-authenticate").contains("error=\"insufficient_scope\""), "{:?}", answer.headers);
        assert!(answer.header("www-authenticate").contains("scope=\"invoices:read\""), "{:?}", answer.headers);
    }

    async fn rfc_7009_2_1_and_rfc_7662_2_1_a_hint_is_only_a_hint(portal: Portal) {
        let key = checker(&portal, &mut portal.ada().await).await;
        for hint in ["access_token", "refresh_token", "api_key", "nonsense", "%C3%BC", ""] {
            let body = format!("token={}&token_type_hint={hint}", portal.token_for(&key).await.access_token());
            assert_eq!(sends(by(&portal, "introspect", &key), &body).await.is(200).json()["active"], true, "{hint}");
            sends(by(&portal, "revoke", &key), &body).await.is(200);
            assert_eq!(sends(by(&portal, "introspect", &key), &body).await.is(200).json(), json!({ "active": false }), "{hint}");
        }
    }

    async fn rfc_7009_2_1_what_another_client_may_not_end_goes_on(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = checker(&portal, &mut ada).await;
        let other = ada.makes_key("other").await;
        let body = format!("token={}", portal.token_for(&other).await.access_token());
        sends(by(&portal, "revoke", &key), &body).await.is(400);
        assert_eq!(sends(by(&portal, "introspect", &key), &body).await.is(200).json()["active"], true);
        sends(by(&portal, "revoke", &other), &body).await.is(200);
        assert_eq!(sends(by(&portal, "introspect", &key), &body).await.is(200).json(), json!({ "active": false }));
    }

    async fn rfc_7009_2_2_1_there_is_no_kind_of_token_that_is_given_and_cannot_be_ended(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for text in [portal.token_for(&key).await.access_token(), key.secret.clone()] {
            let passes = async || portal.passes("", &[("authorization", &format!("Bearer {text}"))]).await.status;
            assert_eq!(passes().await, 204);
            sends(by(&portal, "revoke", &key), &format!("token={text}")).await.is(200);
            assert_eq!(passes().await, 401);
        }
    }

    async fn rfc_7523_2_2_an_assertion_is_no_authentication_and_none_is_promised(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let assertion = format!(
            "client_id={}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={}",
            key.client_id,
            portal.token_for(&key).await.access_token()
        );
        for endpoint in ENDPOINTS {
            let body = format!("{GRANT}&token=a&{assertion}");
            refused(&sends(portal.client.post(at(&portal, endpoint)), &body).await, 401, "invalid_client");
        }
        let found = Answer::of(portal.client.get(portal.url("/acme/.well-known/oauth-authorization-server"))).await.is(200).json();
        let ways = json!(["client_secret_basic", "client_secret_post"]);
        for endpoint in ["token", "introspection", "revocation"] {
            assert_eq!(found[format!("{endpoint}_endpoint_auth_methods_supported")], ways, "{endpoint}");
        }
    }

    async fn rfc_8414_2_the_issuer_is_an_address_without_query_and_fragment_and_everything_is_beneath_it(portal: Portal) {
        portal.set_up_acme().await;
        let public = portal.restarted(&[("public_url", "https://keys.acme.example"), ("trusted_proxies", "127.0.0.1")]);
        for portal in [&portal, &public] {
            let found = Answer::of(portal.client.get(portal.url("/.well-known/oauth-authorization-server/acme"))).await.is(200).json();
            let issuer = found["issuer"].as_str().expect("an issuer");
            assert!(!issuer.contains(['?', '#']) && issuer.ends_with("/acme"), "{issuer}");
            for (name, value) in found.as_object().expect("an object") {
                let is_address = name.ends_with("_endpoint") || name.ends_with("_uri");
                assert!(!is_address || value.as_str().is_some_and(|value| value.starts_with(&format!("{issuer}/"))), "{name}: {value}");
            }
        }
        assert!(public.inner.settings.public_url.to_string().starts_with("https://"));
    }

    async fn rfc_9068_2_2_each_claim_that_has_to_be_there_is(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let said = claims(&portal.token_for(&key).await.is(200));
        for name in ["iss", "aud", "sub", "client_id", "jti"] {
            assert!(said[name].as_str().is_some_and(|value| !value.is_empty()), "{name}: {said}");
        }
        for name in ["exp", "iat"] {
            assert!(said[name].is_i64(), "{name}: {said}");
        }
    }

    async fn rfc_9068_5_the_subject_of_a_client_is_never_that_of_a_person(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let said = claims(&portal.token_for(&key).await.is(200));
        assert_eq!(said["sub"], "client:acme/billing-sync");
        // No address of a person is like that, and no client can be called like a person, or like the subject of another.
        assert!(Email::parse("client:acme/billing-sync").is_err());
        for id in ["ada@acme.example", "client:acme/billing-sync", "acme/billing-sync"] {
            assert!(ClientId::parse(id).is_err(), "{id}");
        }
    }

    async fn rfc_9449_5_a_proof_binds_no_token_and_none_is_promised(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let token = sends(by(&portal, "token", &key).header("dpop", "a.b.c"), GRANT).await.is(200);
        assert_eq!((&token.json()["token_type"], &claims(&token)["cnf"]), (&json!("Bearer"), &Value::Null));
        let answer = portal.passes("", &[("authorization", &format!("DPoP {}", token.access_token())), ("dpop", "a.b.c")]).await.is(401);
        assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{:?}", answer.headers);
        let found = Answer::of(portal.client.get(portal.url("/acme/.well-known/oauth-authorization-server"))).await.is(200);
        assert!(!found.body.contains("dpop"), "{}", found.body);
    }

    async fn rfc_9700_2_4_no_other_grant_is_known(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let found = Answer::of(portal.client.get(portal.url("/acme/.well-known/oauth-authorization-server"))).await.is(200).json();
        assert_eq!((&found["grant_types_supported"], &found["response_types_supported"]), (&json!(["client_credentials"]), &Value::Null));
        for grant in ["password", "implicit", "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"] {
            let body = format!("grant_type={grant}&username=ada@acme.example&code=x&refresh_token=x&device_code=x&subject_token=x");
            refused(&sends(by(&portal, "token", &key), &body).await, 400, "unsupported_grant_type");
        }
    }

    async fn rfc_9110_15_5_6_what_is_not_answered_names_what_is(portal: Portal) {
        portal.set_up_acme().await;
        let table: [(&str, &str, &[Method]); 6] = [
            ("/acme/oauth2/token", "POST", &[Method::GET, Method::PUT, Method::PATCH, Method::DELETE]),
            ("/acme/oauth2/introspect", "POST", &[Method::GET, Method::PUT, Method::PATCH, Method::DELETE]),
            ("/acme/oauth2/revoke", "POST", &[Method::GET, Method::PUT, Method::PATCH, Method::DELETE]),
            ("/acme/oauth2/jwks", "GET, HEAD", &[Method::PUT, Method::PATCH, Method::DELETE]),
            ("/acme/.well-known/oauth-authorization-server", "GET, HEAD", &[Method::PUT, Method::PATCH, Method::DELETE]),
            ("/acme/.well-known/openid-configuration", "GET, HEAD", &[Method::PUT, Method::PATCH, Method::DELETE]),
        ];
        for (path, allowed, methods) in table {
            for method in methods {
                let answer = Answer::of(portal.client.request(method.clone(), portal.url(path)).header("sec-fetch-site", "none")).await.is(405);
                let named: BTreeSet<&str> = answer.header("allow").split(", ").collect();
                assert_eq!(named, allowed.split(", ").collect(), "{method} {path}");
            }
        }
    }

    async fn rfc_9110_15_5_2_no_401_is_without_a_challenge(portal: Portal) {
        portal.set_up_acme().await;
        for (path, header) in [
            ("/acme/oauth2/token", ""),
            ("/acme/oauth2/token", "Basic YTpi"),
            ("/acme/oauth2/introspect", "Basic YTpi"),
            ("/acme/oauth2/introspect", "Bearer a.b.c"),
            ("/acme/oauth2/revoke", "Bearer ks_live_x"),
            ("/acme/oauth2/revoke", "Digest x"),
            ("/acme/gateway/auth", ""),
            ("/acme/gateway/auth", "Bearer a.b.c"),
            ("/acme/gateway/auth", "Basic YTpi"),
            ("/nowhere/gateway/auth", "Bearer a.b.c"),
        ] {
            let request = portal.client.post(portal.url(path));
            let request = if header.is_empty() { request } else { request.header("authorization", header) };
            let answer = sends(request, &format!("{GRANT}&token=a")).await.is(401);
            let scheme = answer.header("www-authenticate").split(' ').next().unwrap_or_default();
            // Of the scheme that was used, where it is one that is taken.
            let expected = if header.starts_with("Bearer") || path.ends_with("/auth") { "Bearer" } else { "Basic" };
            assert_eq!(scheme, expected, "{path} with {header:?}");
        }
    }

    async fn rfc_9457_3_problems_are_for_our_own_interface_and_not_for_oauth(portal: Portal) {
        portal.set_up_acme().await;
        for path in ["/api/v1/verify", "/acme/gateway/auth"] {
            let answer = Answer::of(portal.client.post(portal.url(path)).header("content-type", "application/json").body("{")).await;
            assert!(answer.header("content-type").starts_with("application/problem+json"), "{path}: {:?}", answer.headers);
            let problem = answer.json();
            assert_eq!(problem["status"], answer.status.as_u16(), "{path}");
            for name in ["type", "title", "detail"] {
                assert!(problem[name].as_str().is_some_and(|words| !words.is_empty()), "{path}: {name}: {problem}");
            }
            let words = problem.to_string();
            assert!(["SELECT", "src/", "panicked", "/work"].iter().all(|word| !words.contains(word)), "{problem}");
        }
        for endpoint in ENDPOINTS {
            let answer = sends(portal.client.post(at(&portal, endpoint)), "x=1").await;
            may_not_be_kept(&answer);
            let fields: BTreeSet<String> = answer.json().as_object().expect("an object").keys().cloned().collect();
            assert_eq!(fields, ["error", "error_description"].map(String::from).into(), "{endpoint}");
            assert_eq!(answer.json().get("status"), None::<&Value>);
        }
    }
}
