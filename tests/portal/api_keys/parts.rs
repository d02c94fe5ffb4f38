//! What a key is made of, in the wizard and in the panel: grants with their words, allowed addresses, and what happens when two
//! people change one key.

use crate::support::{Key, Page, Portal, Visitor, on_both};

const ROOT: &str = "organization=acme";
const SALES: &str = "organization=acme:namespace=sales";

type Fields<'a> = &'a [(&'a str, &'a str)];

/// Opens the wizard and sends it with these fields.
async fn adds(visitor: &mut Visitor<'_>, client_id: &str, fields: Fields<'_>) -> Page {
    let intent = visitor.get("/api-keys/new").await.is(200).field("intent");
    let base = [("intent", intent.as_str()), ("client_id", client_id), ("expiry", "90")];
    visitor.post("/api-keys/new", &[&base, fields].concat()).await
}

/// Opens the panel and sends it with these fields.
async fn updates(visitor: &mut Visitor<'_>, key: &Key, fields: Fields<'_>) -> Page {
    let version = visitor.get(&key.path("edit")).await.is(200).field("version");
    let mut all = vec![("version", version.as_str())];
    if !fields.iter().any(|(name, _)| *name == "expiry") {
        all.push(("expiry", "keep"));
    }
    visitor.post(&key.path("edit"), &[&all, fields].concat()).await
}

async fn held(portal: &Portal) -> Vec<String> {
    portal
        .lines(
            "SELECT r.slug || ' on ' || n.path AS line FROM grants g JOIN roles r ON r.id = g.role_id \
             JOIN resources n ON n.id = g.resource_id WHERE g.api_key_id IS NOT NULL ORDER BY 1",
        )
        .await
}

on_both! {
    async fn a_new_key_has_everything_at_once(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(SALES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let fields = [
            ("grant-role-0", "sender"), ("grant-resource-0", SALES), ("grant-role-3", ""), ("grant-resource-3", ""),
            ("tag-key-0", "env"), ("tag-value-0", "prod"), ("allowed_addresses", "203.0.113.17/28\r\n::1"),
        ];
        let shown = adds(&mut ada, "billing-sync", &fields).await.is(200);
        let secret = shown.says("Works At once.").says_nothing_of("carry no permissions").element("secret");
        assert_eq!(held(&portal).await, [format!("sender on {SALES}")]);
        assert_eq!(portal.lines("SELECT allowed_addresses AS line FROM api_keys").await, ["203.0.113.16/28 ::1/128"]);
        ada.get("/api-keys").await.is(200);
        let page = ada.get(&format!("/api-keys/{}", &secret[8..20])).await.is(200);
        let page = page.says("On namespace=sales and everything beneath it: write invoices The sender · invoices:write");
        page.says("Allowed addresses 203.0.113.16/28 ::1").says("env :prod");
        let event = portal.lines("SELECT after AS line FROM audit_events WHERE action = 'api_key.created'").await;
        assert!(event[0].contains(r#""tags":["env:prod"]"#) && event[0].contains(r#""allowed_addresses":["203.0.113.16/28","::1"]"#), "{event:?}");
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'grant.created' AND target_kind = 'api_key'").await, 1);
    }

    async fn what_is_not_ones_to_give_makes_no_key_and_is_named_beside_its_row(portal: Portal) {
        portal.ada().await;
        portal.has_resource(SALES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.somebody("acme", "bill@acme.example", &[]).await;
        portal.holds("bill@acme.example", "manage-api-credentials", SALES).await;
        let mut bill = portal.visitor();
        bill.signs_in("bill@acme.example", crate::support::PASSWORD).await;
        // Only what he may give is offered, and where.
        let form = bill.get("/api-keys/new").await.is(200);
        let offered = form.attributes("value");
        assert!(["sender", "manage-api-credentials", "member", SALES].iter().all(|value| offered.iter().any(|other| other == value)), "{offered:?}");
        assert!(!["admin", "auditor", "ci", ROOT].iter().any(|value| offered.iter().any(|other| other == value)), "{offered:?}");
        let before = portal.dump().await;
        let wrong = [("grant-role-0", "sender"), ("grant-resource-0", SALES), ("grant-role-1", "sender"), ("grant-resource-1", ROOT)];
        let page = adds(&mut bill, "billing-sync", &wrong).await.is(403).says("Choose another role or resource, or remove the row.");
        assert!(page.body.contains("<a href=\"#grant-resource-1\">") && page.has_element("grant-1-error"));
        assert_eq!(page.field("client_id"), "billing-sync");
        let gone = [("grant-role-0", "sender"), ("grant-resource-0", "organization=acme:namespace=gone")];
        adds(&mut bill, "billing-sync", &gone).await.is(409).says("The resource of a row does not exist");
        let half = [("grant-role-0", "sender"), ("tag-key-0", ""), ("tag-value-0", "prod"), ("allowed_addresses", "here")];
        adds(&mut bill, "no id", &half).await.is(422).says("There are 4 problems");
        assert_eq!(portal.dump().await, before, "a key is made with everything or not at all");
        adds(&mut bill, "billing-sync", &wrong[..2]).await.is(200);
    }

    async fn the_wizard_says_in_words_what_the_key_will_be_able_to_do(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(SALES).await;
        portal.has_role("sender", &["invoices:read", "invoices:write"]).await;
        portal.has_role("gold", &[]).await;
        ada.get("/api-keys/new").await.is(200).says("It gets access tokens, which carry no permissions.");
        let rows = [
            ("grant-role-0", "sender"), ("grant-resource-0", SALES), ("grant-role-1", "ci"), ("grant-resource-1", ROOT),
            ("grant-role-2", "gold"), ("grant-resource-2", SALES), ("grant-role-3", "sender"), ("action", "preview"),
        ];
        let page = adds(&mut ada, "billing-sync", &rows).await.is(200);
        let page = page.says("On namespace=sales and everything beneath it: read invoices and write invoices The sender · invoices:read, invoices:write");
        let page = page.says("On the whole organization: see API keys and introspect tokens CI · api_keys:read, tokens:introspect");
        let page = page.says("nothing now, for the role “The gold” is empty").says_nothing_of("carry no permissions");
        assert_eq!((page.field("client_id"), page.body.contains("error-summary")), ("billing-sync".into(), false));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys").await, 0);
        // The button of a row does the same.
        let added = [&rows[..2], &[("action", "add-grant")]].concat();
        let page = adds(&mut ada, "billing-sync", &added).await.is(200).says("read invoices and write invoices");
        assert!(page.has_element("grant-role-1"));
    }

    async fn the_words_are_those_of_the_role_at_this_moment(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.has_role("sender", &["invoices:read"]).await;
        updates(&mut ada, &key, &[("grant-role-0", "sender"), ("grant-resource-0", ROOT)]).await.redirects_to(&key.path(""));
        ada.get(&key.path("")).await.says("On the whole organization: read invoices");
        portal.sql("UPDATE role_permissions SET permission = 'reports:*' WHERE permission = 'invoices:read'").await;
        for page in ["", "edit"] {
            ada.get(&key.path(page)).await.is(200).says("On the whole organization: do everything with reports").says_nothing_of("invoices:read");
        }
    }

    async fn a_form_has_a_hundred_rows_at_most(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let names: Vec<String> = (0..101).map(|number| format!("grant-role-{number}")).collect();
        let paths: Vec<String> = (0..101).map(|number| format!("grant-resource-{number}")).collect();
        let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "ci")).chain(paths.iter().map(|path| (path.as_str(), ROOT))).collect();
        updates(&mut ada, &key, &rows).await.is(422).says("There are more than 100 rows.");
        updates(&mut ada, &key, &[&rows[..100], &rows[101..201]].concat()).await.redirects_to(&key.path(""));
        assert_eq!(held(&portal).await, [format!("ci on {ROOT}")]);
    }

    async fn allowed_addresses_are_named_by_line_where_they_are_none_and_can_be_cleared(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("")).await.says("Allowed addresses Any");
        let typed = "203.0.113.16/28\n203.0.113.0/36";
        let page = updates(&mut ada, &key, &[("allowed_addresses", typed)]).await.is(422);
        let words = "Line 2, “203.0.113.0/36”, is not an address range. The part after the slash must be 0 to 32.";
        assert_eq!(page.text().matches(words).count(), 2, "{}", page.text());
        assert!(page.body.contains("<a href=\"#allowed-addresses\">") && page.body.contains("disclosure\" open"));
        assert_eq!(page.element("allowed-addresses"), typed);
        updates(&mut ada, &key, &[("allowed_addresses", "10.0.0.0/8, 2001:db8::1\n10.0.0.0/8")]).await.redirects_to(&key.path(""));
        assert_eq!(portal.lines("SELECT allowed_addresses AS line FROM api_keys").await, ["10.0.0.0/8 2001:db8::1/128"]);
        assert_eq!(ada.get(&key.path("edit")).await.element("allowed-addresses"), "10.0.0.0/8\n2001:db8::1");
        updates(&mut ada, &key, &[("allowed_addresses", "")]).await.redirects_to(&key.path(""));
        let changed = portal.lines("SELECT before || ' ' || after AS line FROM audit_events WHERE action = 'api_key.updated' ORDER BY seq").await;
        assert_eq!(changed, [
            r#"{"allowed_addresses":[]} {"allowed_addresses":["10.0.0.0/8","2001:db8::1"]}"#,
            r#"{"allowed_addresses":["10.0.0.0/8","2001:db8::1"]} {"allowed_addresses":[]}"#,
        ]);
    }

    async fn fewer_addresses_are_for_tokens_of_before_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = async || portal.number("SELECT token_version FROM api_keys").await;
        let first = version().await;
        for (addresses, expected) in [("10.0.0.0/8", first + 1), ("10.1.0.0/16", first + 2), ("10.0.0.0/8", first + 2), ("", first + 2)] {
            updates(&mut ada, &key, &[("allowed_addresses", addresses)]).await.redirects_to(&key.path(""));
            assert_eq!(version().await, expected, "{addresses:?}");
        }
    }

    async fn saving_what_is_there_already_is_no_change(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let before = portal.number("SELECT version FROM api_keys").await;
        updates(&mut ada, &key, &[("name", "billing-sync")]).await.redirects_to(&key.path(""));
        assert_eq!(portal.number("SELECT version FROM api_keys").await, before);
    }

    async fn a_key_that_lives_again_is_not_held_to_what_was_called_while_it_was_dead(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.sql(&format!("UPDATE api_keys SET expires_at = {}", portal.inner.clock.now().micros())).await;
        portal.was_called(&key, 60, "EXPIRED", &["203.0.113.7"]).await;
        ada.get("/api-keys").await.says("Still knocking");
        updates(&mut ada, &key, &[("expiry", "90")]).await.redirects_to(&key.path(""));
        assert_eq!(portal.number("SELECT COUNT(*) FROM dead_key_calls").await, 0);
    }

    async fn more_addresses_are_for_users_who_may_give_all_that_the_key_holds(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.has_resource(SALES).await;
        portal.has_role("clerk", &["invoices:write", "audit:read"]).await;
        portal.gives(&key, "clerk", SALES).await;
        portal.sql("UPDATE api_keys SET allowed_addresses = '10.0.0.0/8'").await;
        let mut bill = portal.holder_of("bill@acme.example", "manage-api-credentials", SALES).await;
        let row = [("grant-role-0", "clerk"), ("grant-resource-0", SALES)];
        for wider in ["", "10.0.0.0/7", "10.0.0.0/8\n::1"] {
            let page = updates(&mut bill, &key, &[&row[..], &[("allowed_addresses", wider), ("name", "Typed")]].concat()).await.is(403);
            assert_eq!(page.says("let it be used from more addresses or more often.").field("name"), "Typed");
        }
        updates(&mut bill, &key, &[&row[..], &[("allowed_addresses", "10.1.0.0/16")]].concat()).await.redirects_to(&key.path(""));
        // Not even when the role is taken away at the same time.
        updates(&mut bill, &key, &[("allowed_addresses", "")]).await.is(403);
    }

    async fn two_people_who_add_different_grants_end_with_both(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.has_resource(SALES).await;
        let mut bea = portal.somebody("acme", "bea@acme.example", &["admin"]).await;
        let version = bea.get(&key.path("edit")).await.is(200).field("version");
        let fields = [("grant-role-0", "ci"), ("grant-resource-0", ROOT), ("tag-key-0", "env"), ("tag-value-0", "prod"), ("allowed_addresses", "10.0.0.1"), ("name", "Billing")];
        updates(&mut ada, &key, &fields).await.redirects_to(&key.path(""));
        let mine = [("expiry", "30"), ("name", "Typed"), ("grant-role-0", "developer"), ("grant-resource-0", SALES)];
        let sent = [&mine[..], &[("version", version.as_str())]].concat();
        let page = bea.post(&key.path("edit"), &sent).await.is(409).says("Somebody else changed this key while you did.");
        let page = page.says("Now: Billing").says("Now: CI on The whole organization").says("Now: env:prod").says("Now: 10.0.0.1").says("Now: 21 Feb 2027, 14:32 UTC");
        assert_eq!((page.field("name"), held(&portal).await), ("Typed".into(), vec![format!("ci on {ROOT}")]));
        // "Add them to mine", and the rest stays as it was typed.
        let fresh = page.field("version");
        let sent = [&mine[..], &[("version", fresh.as_str()), ("beside", "on")]].concat();
        let page = bea.post(&key.path("edit"), &[&sent[..], &[("action", "take-grants")]].concat()).await.is(200);
        assert!(page.has_element("grant-role-1") && page.body.contains("<option value=\"ci\" selected"));
        assert_eq!(page.says("Now: env:prod").field("name"), "Typed");
        let both = [("grant-role-1", "ci"), ("grant-resource-1", ROOT)];
        bea.post(&key.path("edit"), &[&sent[..], &both].concat()).await.redirects_to(&key.path(""));
        assert_eq!(held(&portal).await, [format!("ci on {ROOT}"), format!("developer on {SALES}")]);
    }

    async fn only_what_differs_from_what_was_typed_is_set_beside_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let version = ada.get(&key.path("edit")).await.is(200).field("version");
        updates(&mut ada, &key, &[("name", "Billing"), ("tag-key-0", "env"), ("tag-value-0", "prod")]).await.redirects_to(&key.path(""));
        let sent = [("version", version.as_str()), ("expiry", "keep"), ("name", "Billing"), ("tag-key-0", "team"), ("tag-value-0", "ot")];
        let page = ada.post(&key.path("edit"), &sent).await.is(409).says("Now: env:prod");
        assert_eq!(page.text().matches("Now:").count(), 1, "{}", page.text());
    }
}
