//! A token for several resources (RFC 8707, section 2).

use serde_json::{Value, json};

use super::access_token::claims;
use super::{FORM, refused};
use crate::support::{Answer, Key, Portal, on_both};

const GRANT: &str = "grant_type=client_credentials";
const INVOICES: &str = "https://invoices.acme.example";
const ORDERS: &str = "urn:acme:orders";

async fn asks(portal: &Portal, key: &Key, query: &str, body: &str) -> Answer {
    let request = portal.client.post(portal.url(&format!("/acme/oauth2/token{query}"))).header("content-type", FORM);
    Answer::of(request.basic_auth(&key.client_id, Some(&key.secret)).body(body.to_owned())).await
}

/// The body of a request for these resources.
fn body(resources: &[&str]) -> String {
    let resources = resources.iter().map(|resource| ("resource", *resource));
    let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(resources).finish();
    format!("{GRANT}&{encoded}")
}

async fn token(portal: &Portal, key: &Key, resources: &[&str]) -> Answer {
    asks(portal, key, "", &body(resources)).await
}

/// What a gateway that names this audience answers.
async fn passes(portal: &Portal, audience: &str, token: &Answer) -> u16 {
    let bearer = format!("Bearer {}", token.access_token());
    portal.passes(&format!("?audience={audience}"), &[("authorization", &bearer)]).await.status.as_u16()
}

on_both! {
    async fn rfc_8707_2_a_token_may_be_for_several_resources(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let both = token(&portal, &key, &[INVOICES, ORDERS]).await.is(200);
        assert_eq!(claims(&both)["aud"], json!([INVOICES, ORDERS]));
        assert_eq!(claims(&token(&portal, &key, &[ORDERS, INVOICES, ORDERS]).await)["aud"], json!([ORDERS, INVOICES]));
        assert_eq!(claims(&token(&portal, &key, &[ORDERS, ORDERS]).await)["aud"], ORDERS, "one is a string");
        let in_both_places = asks(&portal, &key, &format!("?resource={ORDERS}"), &body(&[INVOICES])).await;
        assert_eq!(claims(&in_both_places)["aud"], json!([ORDERS, INVOICES]));
        let empty = asks(&portal, &key, "", &format!("{}&resource=&resource=", body(&[ORDERS]))).await;
        assert_eq!(claims(&empty)["aud"], ORDERS, "RFC 6749, section 3.2");

        for (audience, status) in [(INVOICES, 204), (ORDERS, 204), ("urn:acme", 403), ("urn:acme:stock", 403)] {
            assert_eq!(passes(&portal, audience, &both).await, status, "{audience}");
        }
        portal.gives(&key, "ci", "organization=acme").await;
        let introspects = portal.client.post(portal.url("/acme/oauth2/introspect"));
        let introspects = introspects.basic_auth(&key.client_id, Some(&key.secret));
        let said = Answer::of(introspects.form(&[("token", both.access_token())])).await.is(200).json();
        assert_eq!((&said["active"], &said["aud"]), (&json!(true), &json!([INVOICES, ORDERS])));
        let revokes = portal.client.post(portal.url("/acme/oauth2/revoke")).basic_auth(&key.client_id, Some(&key.secret));
        Answer::of(revokes.form(&[("token", both.access_token())])).await.is(200);
        assert_eq!(passes(&portal, ORDERS, &both).await, 401);
    }

    async fn rfc_8707_2_each_resource_has_to_be_one_that_the_organization_allows(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let stored = format!("{INVOICES}\n{ORDERS}");
        portal.sql(&format!("UPDATE tenants SET allowed_audiences = '{stored}' WHERE slug = 'acme'")).await;
        token(&portal, &key, &[INVOICES, ORDERS]).await.is(200);
        for bad in [&[INVOICES, "urn:acme:stock"][..], &["urn:acme:stock", INVOICES], &[INVOICES, "orders"], &[INVOICES, "urn:a#b"]] {
            refused(&token(&portal, &key, bad).await, 400, "invalid_target");
        }
    }

    async fn rfc_9068_5_a_token_for_the_issuer_is_for_nobody_else(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.gives(&key, "ci", "organization=acme").await;
        let issuer = portal.url("/acme");
        let introspects = async |token: &Answer| {
            let request = portal.client.post(portal.url("/acme/oauth2/introspect")).bearer_auth(token.access_token());
            Answer::of(request.form(&[("token", &key.secret)])).await.status.as_u16()
        };
        let own = token(&portal, &key, &[&issuer, &issuer]).await.is(200);
        assert_eq!((&claims(&own)["aud"], introspects(&own).await), (&json!(issuer), 200));
        // The other one could act here with it, in the name of the client.
        refused(&token(&portal, &key, &[&issuer, ORDERS]).await, 400, "invalid_target");
        assert_eq!(introspects(&token(&portal, &key, &[INVOICES, ORDERS]).await).await, 401);
    }

    async fn a_token_for_many_resources_still_fits_into_a_header(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let uris = |count: usize, length: usize| -> Vec<String> {
            (0..count).map(|number| format!("urn:{number:02}:{}", "x".repeat(length - 7))).collect()
        };
        let asked = async |uris: Vec<String>| {
            let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
            token(&portal, &key, &uris).await
        };
        let most = asked(uris(10, 102)).await.is(200);
        assert_eq!(claims(&most)["aud"].as_array().map(Vec::len), Some(10));
        assert!(most.access_token().len() < 4_096);
        for too_many in [uris(11, 10), uris(2, 600), uris(100, 20)] {
            refused(&asked(too_many).await, 400, "invalid_target");
        }
    }

    async fn rfc_6749_3_2_every_other_parameter_is_given_once(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for more in ["scope=a&scope=a", "audience=a&audience=b", "client_id=a&client_id=a", "resource[]=a&resource[]=b"] {
            let answer = asks(&portal, &key, "", &format!("{}&{more}", body(&[INVOICES, ORDERS]))).await;
            refused(&answer, 400, "invalid_request");
        }
        let revokes = portal.client.post(portal.url("/acme/oauth2/revoke")).basic_auth(&key.client_id, Some(&key.secret));
        let twice = [("token", "a"), ("resource", ORDERS), ("token", "b"), ("resource", INVOICES)];
        refused(&Answer::of(revokes.form(&twice)).await, 400, "invalid_request");
        assert_eq!(claims(&asks(&portal, &key, "", GRANT).await)["aud"], Value::from(portal.url("/acme")));
    }
}
