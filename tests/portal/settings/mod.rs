//! The settings of an organization.

mod access_tokens;

use keystead::access::BuiltIn;

use crate::support::{Page, Visitor, on_both};

type Fields<'a> = &'a [(&'a str, &'a str)];

async fn saves(visitor: &mut Visitor<'_>, fields: Fields<'_>) -> Page {
    let version = visitor.get("/settings").await.is(200).field("version");
    visitor.post("/settings", &[&[("version", version.as_str())], fields].concat()).await
}

on_both! {
    async fn the_default_is_chosen_in_the_wizard_and_the_longest_life_limits_it(portal: Portal) {
        let mut ada = portal.ada().await;
        saves(&mut ada, &[("default_days", "45"), ("limit", "days"), ("longest_days", "100"), ("contact", " Ask integration@acme.example ")]).await.redirects_to("/settings");
        let page = ada.get("/settings").await.says("The settings are saved.");
        assert_eq!((page.field("default_days"), page.field("longest_days"), page.field("contact")), ("45".into(), "100".into(), "Ask integration@acme.example".into()));
        let page = ada.get("/api-keys/new").await.is(200).says("30 days").says("45 days").says("90 days").says_nothing_of("180 days").says_nothing_of("expiry-never");
        assert!(page.body.contains("id=\"expiry-45\" name=\"expiry\" value=\"45\" required checked"));
        let event = portal.lines("SELECT before || ' ' || after AS line FROM audit_events WHERE action = 'settings.updated'").await;
        assert_eq!(event, [r#"{"default_key_days":90,"longest_key_days":null,"contact":""} {"default_key_days":45,"longest_key_days":100,"contact":"Ask integration@acme.example"}"#]);
        // The same once more is no change.
        saves(&mut ada, &[("default_days", "45"), ("limit", "days"), ("longest_days", "100"), ("contact", "Ask integration@acme.example")]).await.redirects_to("/settings");
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'settings.updated'").await, 1);
        saves(&mut ada, &[("default_days", "45"), ("limit", "none"), ("longest_days", "100"), ("shown_longest_days", "100")]).await.redirects_to("/settings");
        assert_eq!(portal.number("SELECT COUNT(*) FROM tenants WHERE longest_key_days IS NULL AND contact = ''").await, 1);
        ada.get("/api-keys/new").await.is(200).says("No expiry");
    }

    async fn keys_that_are_there_keep_what_they_have_and_are_counted(portal: Portal) {
        let mut ada = portal.ada().await;
        for client_id in ["one", "two", "gone"] {
            ada.makes_key(client_id).await;
        }
        portal.sql("UPDATE api_keys SET expires_at = 9223372036854775807 WHERE client_id = 'two'").await;
        portal.sql("UPDATE api_keys SET deleted_at = 1 WHERE client_id = 'gone'").await;
        ada.get("/settings").await.says("There is no limit today. 1 of 2 keys has no end.");
        let before = portal.lines("SELECT client_id || expires_at AS line FROM api_keys ORDER BY 1").await;
        saves(&mut ada, &[("default_days", "30"), ("limit", "days"), ("longest_days", "30")]).await.redirects_to("/settings");
        ada.get("/settings").await.says("With a limit of 30 days, 2 of 2 keys end later than this or never; they keep what they have.");
        assert_eq!(portal.lines("SELECT client_id || expires_at AS line FROM api_keys ORDER BY 1").await, before);
        saves(&mut ada, &[("default_days", "30"), ("limit", "days"), ("longest_days", "90")]).await.redirects_to("/settings");
        ada.get("/settings").await.says("1 of 2 keys ends later than this or never; it keeps what it has.");
    }

    async fn days_that_are_typed_while_no_limit_is_chosen_are_asked_about_and_kept(portal: Portal) {
        let mut ada = portal.ada().await;
        for shown in ["", "60"] {
            let page = ada.get("/settings").await.is(200);
            assert_eq!((page.field("longest_days"), page.field("shown_longest_days")), (shown.into(), shown.into()));
            let typed = [("default_days", "45"), ("limit", "none"), ("longest_days", "120"), ("shown_longest_days", shown)];
            let page = saves(&mut ada, &typed).await.is(422).says("A number of days was entered, but “No limit” is chosen.");
            assert_eq!((page.field("longest_days"), page.field("shown_longest_days")), ("120".into(), shown.into()));
            saves(&mut ada, &[("default_days", "45"), ("limit", "days"), ("longest_days", "60"), ("shown_longest_days", shown)]).await.redirects_to("/settings");
        }
        let removed = [("default_days", "45"), ("limit", "none"), ("longest_days", "60"), ("shown_longest_days", "60")];
        saves(&mut ada, &removed).await.redirects_to("/settings");
        assert_eq!(portal.number("SELECT COUNT(*) FROM tenants WHERE longest_key_days IS NULL").await, 1);
    }

    async fn what_is_wrong_is_said_above_the_form_and_beside_its_field(portal: Portal) {
        let mut ada = portal.ada().await;
        let before = portal.dump().await;
        let long = "x".repeat(201);
        for (fields, field, words) in [
            (&[("default_days", "0"), ("limit", "none")][..], "default-days", "Default life is no number of days. Enter one from 1 to 3650."),
            (&[("default_days", "91"), ("limit", "days"), ("longest_days", "90")], "default-days", "Default life of 91 days is longer than the longest life of 90 days. Make it 90 or less."),
            (&[("default_days", "90"), ("limit", "days"), ("longest_days", "3651")], "longest-days", "Longest life is no number of days."),
            (&[("default_days", "90")], "limit-none", "Nothing is chosen for the longest life."),
            (&[("default_days", "90"), ("limit", "none"), ("contact", &long)], "contact", "Contact has 201 characters. It can have at most 200."),
            (&[("default_days", "90"), ("limit", "none"), ("contact", "a\nb")], "contact", "Contact has a control character"),
        ] {
            let page = saves(&mut ada, fields).await.is(422);
            assert_eq!(page.text().matches(words).count(), 2, "{words}: {}", page.text());
            assert!(page.body.contains(&format!("<a href=\"#{field}\">")) && page.has_element(&format!("{field}-error")), "{field}");
            assert_eq!(page.field("default_days"), fields[0].1);
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn a_stale_form_is_answered_with_both_and_nothing_is_lost(portal: Portal) {
        let mut ada = portal.ada().await;
        let version = ada.get("/settings").await.is(200).field("version");
        saves(&mut ada, &[("default_days", "30"), ("limit", "days"), ("longest_days", "60"), ("contact", "Ask Ida.")]).await.redirects_to("/settings");
        let mine = [("default_days", "30"), ("limit", "none"), ("contact", "Ask Bea.")];
        let page = ada.post("/settings", &[&mine[..], &[("version", version.as_str())]].concat()).await.is(409);
        let page = page.says("Somebody else changed the settings while you did.").says("Now: 60 days").says("Now: Ask Ida.");
        assert_eq!((page.field("contact"), page.text().matches("Now:").count()), ("Ask Bea.".into(), 2));
        let fresh = page.field("version");
        ada.post("/settings", &[&mine[..], &[("version", fresh.as_str())]].concat()).await.redirects_to("/settings");
        assert_eq!(portal.lines("SELECT contact AS line FROM tenants").await, ["Ask Bea."]);
    }

    async fn settings_are_for_whoever_may_change_them_and_of_ones_own_organization(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        saves(&mut gwen, &[("default_days", "7"), ("limit", "days"), ("longest_days", "7"), ("contact", "Ask Gwen.")]).await.redirects_to("/settings");
        assert_eq!(ada.get("/settings").await.is(200).says_nothing_of("Ask Gwen.").field("default_days"), "90");
        portal.has_user("otto@acme.example", "Otto", BuiltIn::Ops).await;
        let mut otto = portal.visitor();
        otto.signs_in("otto@acme.example", crate::support::PASSWORD).await;
        otto.get("/api-keys").await.is(200).says_nothing_of("href=\"/settings\"");
        otto.get("/settings").await.is(403).says("You need a role that can change the settings");
    }
}
