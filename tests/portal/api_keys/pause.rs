//! Disabling and enabling a key.

use serde_json::json;

use crate::support::{Answer, on_both};

const SALES: &str = "organization=acme:namespace=sales";

on_both! {
    async fn a_disabled_key_is_refused_at_once_and_works_again_when_it_is_enabled(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = portal.number("SELECT token_version FROM api_keys").await;
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        portal.token_for(&key).await.is(401);
        ada.get(&key.path("")).await.says("billing-sync is disabled.").says("Disabled");
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1);
        ada.post(&key.path("enable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        let token: Answer = portal.token_for(&key).await.is(200);
        assert_eq!(token.json()["token_type"], "Bearer");
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1, "no old token is revived");
        // Again, and nothing happens twice.
        ada.post(&key.path("enable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'api_key.enabled'").await, 1);
    }

    async fn a_user_who_may_not_give_what_a_key_holds_stops_it_and_does_not_start_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_resource(SALES).await;
        portal.has_role("clerk", &["invoices:write", "audit:read"]).await;
        portal.gives(&key, "clerk", SALES).await;
        let mut bill = portal.holder_of("bill@acme.example", "manage-api-credentials", SALES).await;
        let page = bill.get(&key.path("")).await.is(200).says("This key holds more than you may give");
        page.says_nothing_of(&key.path("rotate"));
        let row = bill.get("/api-keys").await.row("data-client-id=\"billing-sync\"");
        let row = row.says("View or edit").says("Disable").says_nothing_of("Rotate");
        assert!(!row.attributes("href").contains(&key.path("rotate")));
        bill.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        bill.get(&key.path("")).await.says_nothing_of(&key.path("enable"));
        let row = bill.get("/api-keys").await.row("data-client-id=\"billing-sync\"");
        assert!(!row.attributes("action").contains(&key.path("enable")));
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await;
        let row = ada.get("/api-keys").await.row("data-client-id=\"billing-sync\"").says("Rotate");
        assert!(row.attributes("action").contains(&key.path("enable")));
        let page = bill.post(&key.path("enable"), &[]).await.is(403).says(SALES).says("This holds more than you may give");
        page.says("Ask somebody who may to do it for you.").says("ada@acme.example");
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        bill.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
    }

    async fn a_reason_is_on_the_page_in_the_log_and_in_what_the_holder_is_told(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("disable")).await.is(200).says("Disable billing-sync").says("within 5 minutes");
        ada.post(&key.path("disable"), &[("reason", " moving to the new server. ")]).await.redirects_to(&key.path(""));
        let page = ada.get(&key.path("")).await.is(200).says("billing-sync is disabled.");
        page.says("Disabled since 23 Nov 2026, 14:32 UTC").says(": moving to the new server.").says("reason moving to the new server.");
        let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200).json();
        assert_eq!(answer["message"], "The key was disabled on 23 Nov 2026 at 14:32 UTC: moving to the new server.");
        let stranger = portal.verify_with(&json!({ "key": key.wrong_secret() })).await.is(200);
        assert!(!stranger.body.contains("moving"), "{}", stranger.body);
        assert!(!portal.token("acme", "billing-sync", &key.wrong_secret()).await.is(401).body.contains("moving"));
        ada.post(&key.path("enable"), &[]).await.redirects_to(&key.path(""));
        ada.get(&key.path("")).await.says("billing-sync is enabled.").says_nothing_of("Disabled since");
        assert_eq!(portal.number("SELECT count(*) FROM api_keys WHERE disabled_reason IS NOT NULL").await, 0);
        ada.get("/audit").await.says("reason moving to the new server. was removed");
    }

    async fn a_key_can_be_disabled_without_a_reason_and_be_given_one_later(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("disable"), &[]).await.redirects_to(&key.path(""));
        let message = async || portal.verify_with(&json!({ "key": key.secret })).await.is(200).json()["message"].clone();
        assert_eq!(message().await, "The key was disabled on 23 Nov 2026 at 14:32 UTC.");
        portal.clock.forward(60);
        ada.post(&key.path("disable"), &[("reason", "it leaked")]).await.redirects_to(&key.path(""));
        assert_eq!(message().await, "The key was disabled on 23 Nov 2026 at 14:32 UTC: it leaked.");
        // Nothing more is said, so the reason stays, and nothing is recorded.
        for reason in ["", "it leaked"] {
            ada.post(&key.path("disable"), &[("reason", reason)]).await.redirects_to(&key.path(""));
        }
        assert_eq!(message().await, "The key was disabled on 23 Nov 2026 at 14:32 UTC: it leaked.");
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'api_key.disabled'").await, 2);
    }

    async fn the_message_has_the_way_back_for_whoever_may_go_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let answer = ada.post(&key.path("disable"), &[]).await;
        let page = ada.follow(answer).await.says("Enable it again");
        assert!(page.attributes("action").contains(&key.path("enable")));
        ada.post(&key.path("enable"), &[]).await.redirects_to(&key.path(""));
        ada.get(&key.path("")).await.says("billing-sync is enabled.").says_nothing_of("Enable it again");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        portal.gives(&key, "auditor", "organization=acme").await;
        let mut bill = portal.somebody("acme", "bill@acme.example", &["manage-api-credentials"]).await;
        let answer = bill.post(&key.path("disable"), &[]).await;
        bill.follow(answer).await.says("billing-sync is disabled.").says_nothing_of("Enable it again");
    }

    async fn a_reason_that_is_too_long_or_not_one_line_is_refused_and_kept_in_the_form(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let long = "é".repeat(201);
        for (reason, words) in [
            (long.as_str(), "Reason has 201 characters. It can have at most 200."),
            ("one\ntwo", "Reason has a control character, such as a tab or a line break. Take it out."),
        ] {
            let page = ada.post(&key.path("disable"), &[("reason", reason)]).await.is(422).says(words).says("There is 1 problem");
            assert_eq!(page.field("reason"), reason);
            assert_eq!(portal.verify(&key.secret).await, "VALID");
        }
        let markup = "<script>alert(1)</script>";
        ada.post(&key.path("disable"), &[("reason", markup)]).await.redirects_to(&key.path(""));
        let page = ada.get(&key.path("")).await.says(markup);
        assert!(!page.body.contains(markup));
        ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        ada.get(&key.path("disable")).await.is(410);
        ada.post(&key.path("disable"), &[]).await.is(410);
    }
}
