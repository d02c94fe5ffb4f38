//! How a client says who it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{FORM, refused, request};
use crate::support::{Answer, Portal, on_both};

const GRANT: &str = "grant_type=client_credentials";

on_both! {
    async fn rfc_6749_2_3_1_the_password_may_be_sent_as_http_basic(portal: Portal) {
        let key = portal.ada().await.makes_key("billing.sync_1").await;
        portal.token_for(&key).await.is(200);
        for scheme in ["Basic", "basic", "BASIC"] {
            let header = format!("{scheme} {}", STANDARD.encode(format!("{}:{}", key.client_id, key.secret)));
            Answer::of(request(&portal).header("authorization", header).header("content-type", FORM).body(GRANT)).await.is(200);
        }
    }

    async fn rfc_6749_2_3_1_id_and_secret_are_urlencoded_inside_of_http_basic(portal: Portal) {
        let key = portal.ada().await.makes_key("billing.sync_1").await;
        let encoded = format!("billing%2Esync%5f1:{}", key.secret.replace('_', "%5F"));
        let header = format!("Basic {}", STANDARD.encode(encoded));
        Answer::of(request(&portal).header("authorization", header).header("content-type", FORM).body(GRANT)).await.is(200);
    }

    async fn rfc_6749_2_3_1_id_and_secret_may_be_sent_in_the_body(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        in_body(&portal, &format!("{GRANT}&client_id=billing-sync&client_secret={}", key.secret)).await.is(200);
    }

    async fn rfc_6749_2_3_1_a_secret_in_the_address_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for query in [
            format!("client_id=billing-sync&client_secret={}", key.secret),
            format!("client_secret={}", key.secret),
            "client_secret=".to_owned(),
            format!("apikey={}", key.secret),
            format!("grant_type={}", key.secret),
            "client_assertion=x".to_owned(),
            "password=x".to_owned(),
        ] {
            let request = portal.client.post(portal.url(&format!("/acme/oauth2/token?{query}")));
            let answer = Answer::of(request.basic_auth("billing-sync", Some(&key.secret)).header("content-type", FORM).body(GRANT)).await;
            refused(&answer, 400, "invalid_request");
            assert!(!answer.body.contains(&key.secret[8..]));
        }
    }

    async fn rfc_6749_2_3_1_the_client_id_is_not_taken_from_the_address_either(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (basic, body) in [(false, format!("{GRANT}&client_secret={}", key.secret)), (true, GRANT.to_owned())] {
            let request = portal.client.post(portal.url("/acme/oauth2/token?client_id=billing-sync"));
            let request = if basic { request.basic_auth("billing-sync", Some(&key.secret)) } else { request };
            let answer = Answer::of(request.header("content-type", FORM).body(body)).await;
            refused(&answer, 400, "invalid_request");
        }
    }

    async fn rfc_6749_2_3_more_than_one_way_at_once_is_refused(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let both = request(&portal).basic_auth("billing-sync", Some(&key.secret)).header("content-type", FORM);
        let body = format!("{GRANT}&client_id=billing-sync&client_secret={}", key.secret);
        refused(&Answer::of(both.body(body)).await, 400, "invalid_request");
        let secret_alone = request(&portal).basic_auth("billing-sync", Some(&key.secret)).header("content-type", FORM);
        refused(&Answer::of(secret_alone.body(format!("{GRANT}&client_secret={}", key.secret))).await, 400, "invalid_request");
        let header = format!("Basic {}", STANDARD.encode(format!("billing-sync:{}", key.secret)));
        let twice = request(&portal).header("authorization", &header).header("authorization", &header).header("content-type", FORM);
        refused(&Answer::of(twice.body(GRANT)).await, 400, "invalid_request");
    }

    async fn the_client_id_may_be_repeated_in_the_body_but_not_differ(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (repeated, status) in [("billing-sync", 200), ("another", 400)] {
            let request = request(&portal).basic_auth("billing-sync", Some(&key.secret)).header("content-type", FORM);
            Answer::of(request.body(format!("{GRANT}&client_id={repeated}"))).await.is(status);
        }
    }

    async fn rfc_6749_5_2_no_or_an_unreadable_authentication_is_answered_with_a_challenge(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        refused(&in_body(&portal, GRANT).await, 401, "invalid_client");
        refused(&in_body(&portal, &format!("{GRANT}&client_id=billing-sync")).await, 401, "invalid_client");
        refused(&in_body(&portal, &format!("{GRANT}&client_secret={}", key.secret)).await, 401, "invalid_client");
        let no_colon = format!("Basic {}", STANDARD.encode("billing-sync"));
        let no_text = format!("Basic {}", STANDARD.encode(b"billing-sync:\xff"));
        let nul = format!("Basic {}", STANDARD.encode(b"billing-sync:%00"));
        let bearer = format!("Bearer {}", key.secret);
        for header in ["Basic", "Basic ", "Basic !!!", "Negotiate abc", "", &no_colon, &no_text, &nul, &bearer] {
            let answer = Answer::of(request(&portal).header("authorization", header).header("content-type", FORM).body(GRANT)).await;
            refused(&answer, 401, "invalid_client");
            assert_eq!(answer.header("www-authenticate"), "Basic realm=\"acme\", charset=\"UTF-8\"", "{header:?}");
        }
    }

    async fn rfc_6749_5_2_every_stranger_gets_the_same_bytes(portal: Portal) {
        let mut ada = portal.ada().await;
        let good = ada.makes_key("good").await;
        let dead = ada.makes_key("dead").await;
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let paused = ada.makes_key("paused").await;
        portal.sql("UPDATE api_keys SET disabled_at = 1 WHERE client_id = 'paused'").await;
        let late = ada.makes_key("late").await;
        portal.sql("UPDATE api_keys SET expires_at = 1 WHERE client_id = 'late'").await;
        let theirs = portal.globex().await.makes_key("good").await;
        let wrong = good.wrong_secret();
        let wrong_dead = dead.wrong_secret();
        let cases: [(&str, &str); 11] = [
            ("nobody", &good.secret),
            ("GOOD", &good.secret),
            ("good ", &good.secret),
            ("", &good.secret),
            (&good.key_id, &good.secret),
            ("good", &wrong),
            ("good", &dead.secret),
            ("good", &paused.secret),
            ("good", &late.secret),
            ("dead", &wrong_dead),
            ("good", &theirs.secret),
        ];
        let mut answers = Vec::new();
        for (client_id, secret) in cases {
            let answer = portal.token("acme", client_id, secret).await;
            refused(&answer, 401, "invalid_client");
            answers.push((client_id, answer.bare()));
            if !client_id.is_empty() && !secret.is_empty() {
                let encoded = client_id.replace(' ', "+");
                let answer = in_body(&portal, &format!("{GRANT}&client_id={encoded}&client_secret={secret}")).await;
                answers.push((client_id, answer.bare()));
            }
        }
        for (client_id, answer) in &answers {
            assert_eq!(answer, &answers[0].1, "{client_id}");
        }
        portal.token_for(&good).await.is(200);
        portal.token("globex", "good", &theirs.secret).await.is(200);
    }

    async fn what_cannot_be_a_key_is_told_why(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for (client_id, secret, words) in [
            ("billing-sync", format!("API_KEY={}", key.secret), "the name of a variable"),
            ("billing-sync", format!("<{}>", key.secret), "There are brackets around the key."),
            ("billing-sync", format!("\u{feff}{}", key.secret), "an invisible character"),
            ("billing-sync", key.secret.replace('_', r"\_"), "There are backslashes in the key."),
            ("billing-sync", format!("Bearer {}", key.secret), "The word in front of the key"),
            ("billing-sync", key.secret.replace('_', "%255F"), "The key is percent-encoded"),
            ("billing-sync", "undefined".into(), "This is a placeholder"),
            ("billing-sync", String::new(), "The key is empty."),
            ("billing-sync", key.secret[..69].into(), "It was cut."),
            (&key.secret, String::new(), "The key was sent as the user name."),
        ] {
            let answer = portal.token("acme", client_id, &secret).await;
            refused(&answer, 401, "invalid_client");
            assert!(answer.body.contains(words), "{secret}: {}", answer.body);
            assert!(!answer.body.contains(&key.secret[8..]), "{}", answer.body);
            for endpoint in ["introspect", "revoke"] {
                let request = portal.client.post(portal.url(&format!("/acme/oauth2/{endpoint}"))).form(&[("token", "x")]);
                let answer = Answer::of(request.basic_auth(client_id, Some(&secret))).await;
                refused(&answer, 401, "invalid_client");
                assert!(answer.body.contains(words), "{secret}: {}", answer.body);
            }
        }
        // An issuer that does not exist explains nothing.
        refused(&portal.token("nobody", "billing-sync", "undefined").await, 404, "invalid_request");
    }

    async fn rfc_9110_5_6_1_an_empty_authorization_header_is_no_authentication(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let body = format!("{GRANT}&client_id=billing-sync&client_secret={}", key.secret);
        let beside = |value: &'static str| request(&portal).header("authorization", value).header("content-type", FORM);
        Answer::of(beside("").body(body)).await.is(200);
        let header = format!("Basic {}", STANDARD.encode(format!("billing-sync:{}", key.secret)));
        Answer::of(beside("").header("authorization", header).body(GRANT)).await.is(200);
    }

    async fn whoever_has_an_unknown_organization_is_told_so_in_json(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        for tenant in ["nobody", "ACME", "acme%20"] {
            let answer = portal.token(tenant, "billing-sync", &key.secret).await;
            refused(&answer, 404, "invalid_request");
        }
    }
}

async fn in_body(portal: &Portal, body: &str) -> Answer {
    Answer::of(request(portal).header("content-type", FORM).body(body.to_owned())).await
}
