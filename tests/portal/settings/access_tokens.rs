//! The rules for access tokens.

use crate::support::{Answer, Page, Visitor, on_both};

const USUAL: [(&str, &str); 3] = [("token_seconds", "300"), ("algorithm", "ES256"), ("signing_key_days", "90")];

async fn saves(visitor: &mut Visitor<'_>, fields: &[(&str, &str)]) -> Page {
    let version = visitor.get("/settings").await.is(200).field("version");
    let usual = USUAL.iter().filter(|(name, _)| !fields.iter().any(|(given, _)| given == name)).copied();
    let all: Vec<(&str, &str)> = usual.chain(fields.iter().copied()).chain([("version", version.as_str())]).collect();
    visitor.post("/settings/access-tokens", &all).await
}

on_both! {
    async fn tokens_live_as_long_as_the_organization_says_and_the_change_is_audited(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let page = ada.get("/settings").await.is(200);
        assert_eq!((page.field("token_seconds"), page.field("signing_key_days")), ("300".into(), "90".into()));
        saves(&mut ada, &[("token_seconds", "900"), ("signing_key_days", "0"), ("audiences", "https://api.acme.example\r\nurn:acme:orders\r\n")]).await.redirects_to("/settings");
        let page = ada.get("/settings").await.says("The settings are saved.").says("The next one is made when you say so.");
        assert_eq!((page.field("token_seconds"), page.field("signing_key_days")), ("900".into(), "0".into()));
        assert!(page.body.contains("https://api.acme.example\nurn:acme:orders</textarea>"), "{}", page.body);
        assert_eq!(portal.token_for(&key).await.is(200).json()["expires_in"], 900);
        let event = portal.lines("SELECT before || ' ' || after AS line FROM audit_events WHERE action = 'settings.updated'").await;
        assert_eq!(event, [r#"{"access_token_seconds":300,"signing_key_days":90,"allowed_audiences":[]} {"access_token_seconds":900,"signing_key_days":null,"allowed_audiences":["https://api.acme.example","urn:acme:orders"]}"#]);
        // The same once more is no change, and neither form touches what the other says.
        saves(&mut ada, &[("token_seconds", "900"), ("signing_key_days", "0"), ("audiences", "https://api.acme.example\nurn:acme:orders")]).await.redirects_to("/settings");
        let version = ada.get("/settings").await.field("version");
        ada.post("/settings", &[("version", version.as_str()), ("default_days", "30"), ("limit", "none"), ("contact", "Ask Ida.")]).await.redirects_to("/settings");
        saves(&mut ada, &[("algorithm", "EdDSA")]).await.redirects_to("/settings");
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'settings.updated'").await, 3);
        assert_eq!(portal.lines("SELECT contact || signing_algorithm || access_token_seconds || allowed_audiences AS line FROM tenants").await, ["Ask Ida.EdDSA300"]);
        assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, 2);
    }

    async fn rfc_8707_2_a_token_is_only_for_whom_the_organization_lists(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let issuer = format!("{}/acme", portal.origin());
        let asks = async |resource: Option<&str>, secret: &str| {
            let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(secret));
            let form = [("grant_type", "client_credentials"), ("resource", resource.unwrap_or_default())];
            Answer::of(request.form(&form)).await
        };
        asks(Some("https://elsewhere.example"), &key.secret).await.is(200);
        saves(&mut ada, &[("audiences", "https://api.acme.example")]).await.redirects_to("/settings");
        for (resource, status) in [(None, 200), (Some(issuer.as_str()), 200), (Some("https://api.acme.example"), 200), (Some("https://api.acme.example/"), 400), (Some("https://elsewhere.example"), 400)] {
            let answer = asks(resource, &key.secret).await.is(status);
            if status == 400 {
                assert_eq!(answer.json()["error"], "invalid_target");
                assert!(answer.json()["error_description"].as_str().is_some_and(|words| words.contains("does not allow")));
            }
        }
        // A stranger learns nothing of the list.
        let stranger = asks(Some("https://elsewhere.example"), &key.wrong_secret()).await.is(401);
        assert_eq!(stranger.json()["error"], "invalid_client");
        saves(&mut ada, &[]).await.redirects_to("/settings");
        asks(Some("https://elsewhere.example"), &key.secret).await.is(200);
    }

    async fn what_is_wrong_is_said_above_the_form_and_beside_its_field(portal: Portal) {
        let mut ada = portal.ada().await;
        let before = portal.dump().await;
        let many = (0..21).map(|number| format!("urn:acme:{number}\n")).collect::<String>();
        for (fields, field, words) in [
            (&[("token_seconds", "59")][..], "token-seconds", "Life of a token is no number of seconds. Enter one from 60 to 3600."),
            (&[("token_seconds", "3601")], "token-seconds", "Life of a token is no number of seconds."),
            (&[("algorithm", "none")], "algorithm", "Signed with is none of the algorithms."),
            (&[("algorithm", "HS256")], "algorithm", "Signed with is none of the algorithms."),
            (&[("signing_key_days", "-1")], "signing-key-days", "The time between two signing keys is no number of days. Enter one from 0 to 3650."),
            (&[("audiences", "urn:acme:orders\norders")], "audiences", "Line 2 of “Whom tokens may be for” is no absolute URI without a fragment"),
            (&[("audiences", &many)], "audiences", "“Whom tokens may be for” lists 21 URIs. List at most 20."),
        ] {
            let page = saves(&mut ada, fields).await.is(422);
            assert_eq!(page.text().matches(words).count(), 2, "{words}: {}", page.text());
            assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.has_element(&format!("{field}-error")), "{field}");
        }
        let page = saves(&mut ada, &[("token_seconds", "x"), ("audiences", "<b>mine</b>")]).await.is(422).says("There are 2 problems");
        assert!(page.body.contains("&#60;b&#62;mine&#60;/b&#62;</textarea>"), "{}", page.body);
        assert_eq!(portal.dump().await, before);
    }

    async fn a_stale_form_is_answered_with_both_and_nothing_is_lost(portal: Portal) {
        let mut ada = portal.ada().await;
        let version = ada.get("/settings").await.is(200).field("version");
        saves(&mut ada, &[("token_seconds", "600"), ("algorithm", "EdDSA"), ("signing_key_days", "0"), ("audiences", "urn:acme:orders")]).await.redirects_to("/settings");
        let mine = [("token_seconds", "1200"), ("algorithm", "EdDSA"), ("signing_key_days", "30"), ("audiences", "urn:acme:invoices")];
        let page = ada.post("/settings/access-tokens", &[&mine[..], &[("version", version.as_str())]].concat()).await.is(409);
        let page = page.says("Somebody else changed the settings while you did.").says("Now: 600 seconds").says("Now: never").says("Now: urn:acme:orders");
        assert_eq!((page.field("token_seconds"), page.text().matches("Now:").count()), ("1200".into(), 3));
        let fresh = page.field("version");
        ada.post("/settings/access-tokens", &[&mine[..], &[("version", fresh.as_str())]].concat()).await.redirects_to("/settings");
        assert_eq!(portal.lines("SELECT allowed_audiences AS line FROM tenants").await, ["urn:acme:invoices"]);
    }
}
