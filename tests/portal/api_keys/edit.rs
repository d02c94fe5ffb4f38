//! The panel "Edit": what a key is called, what it may do, when it ends; and that nobody gives what is not theirs.

use crate::support::{Key, Page, Portal, Visitor, on_both};

const ROOT: &str = "organization=acme";
const BILLING: &str = "organization=acme:namespace=billing";
const SALES: &str = "organization=acme:namespace=sales";

/// Sends the panel with these rows.
async fn updates(visitor: &mut Visitor<'_>, key: &Key, rows: &[(&str, &str)], expiry: &str) -> Page {
    let version = visitor.get(&key.path("edit")).await.is(200).field("version");
    let rows: Vec<(String, &str)> = rows
        .iter()
        .enumerate()
        .flat_map(|(n, (role, path))| [(format!("grant-role-{n}"), *role), (format!("grant-resource-{n}"), *path)])
        .collect();
    let mut fields = vec![("name", "Billing"), ("expiry", expiry), ("version", version.as_str())];
    fields.extend(rows.iter().map(|(name, value)| (name.as_str(), *value)));
    visitor.post(&key.path("edit"), &fields).await
}

/// Two resources, a role that sends invoices, and Bill, who manages keys on billing alone, with a key of his own.
async fn bill(portal: &Portal) -> (Visitor<'_>, Key) {
    portal.set_up_acme().await;
    portal.has_resource(BILLING).await;
    portal.has_resource(SALES).await;
    portal.has_role("sender", &["invoices:write"]).await;
    let mut bill = portal.holder_of("bill@acme.example", "manage-api-credentials", BILLING).await;
    let key = bill.makes_key("billing-sync").await;
    (bill, key)
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
    async fn a_grant_counts_at_the_next_check_and_no_more_when_it_is_taken_away(portal: Portal) {
        let (_, key) = bill(&portal).await;
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await;
        let asks = serde_json::json!({ "key": key.secret, "permission": "invoices:write", "resource": format!("{BILLING}:order=7") });
        assert_eq!(portal.verify_with(&asks).await.json()["code"], "INSUFFICIENT_PERMISSION");
        updates(&mut ada, &key, &[("sender", BILLING), ("ci", ROOT)], "keep").await.redirects_to(&key.path(""));
        ada.get(&key.path("")).await.says("billing-sync is updated.").says("The sender organization=acme:namespace=billing").says("On namespace=billing and everything beneath it: write invoices The sender · invoices:write");
        assert_eq!(portal.verify_with(&asks).await.json()["code"], "VALID");
        let version = portal.number("SELECT token_version FROM api_keys").await;
        updates(&mut ada, &key, &[("ci", ROOT)], "keep").await.redirects_to(&key.path(""));
        assert_eq!(portal.verify_with(&asks).await.json()["code"], "INSUFFICIENT_PERMISSION");
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version + 1, "tokens of before say too much");
        assert_eq!(held(&portal).await, [format!("ci on {ROOT}")]);
    }

    async fn a_manager_of_keys_on_billing_gives_what_belongs_there_and_nothing_elsewhere(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        updates(&mut bill, &key, &[("sender", BILLING)], "keep").await.redirects_to(&key.path(""));
        let before = portal.dump().await;
        for row in [("sender", SALES), ("sender", ROOT), ("auditor", BILLING), ("developer", SALES), ("ci", BILLING)] {
            updates(&mut bill, &key, &[("sender", BILLING), row], "keep").await.is(403);
            assert_eq!(portal.dump().await, before, "{row:?}");
        }
        updates(&mut bill, &key, &[("sender", SALES)], "keep").await.is(403).says("The role “The sender” contains invoices:write").says(SALES);
        updates(&mut bill, &key, &[("manage-api-credentials", BILLING)], "keep").await.redirects_to(&key.path(""));
    }

    async fn a_role_without_permissions_is_given_like_any_other(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        portal.has_role("gold", &[]).await;
        let before = portal.dump().await;
        for row in [("gold", SALES), ("gold", ROOT), ("member", ROOT)] {
            updates(&mut bill, &key, &[row], "keep").await.is(403).says("is given by whoever manages API keys on");
            assert_eq!(portal.dump().await, before, "{row:?}");
        }
        updates(&mut bill, &key, &[("gold", BILLING)], "keep").await.redirects_to(&key.path(""));
    }

    async fn what_is_not_ones_to_give_is_named_beside_its_row_and_nothing_is_lost(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        let page = updates(&mut bill, &key, &[("sender", BILLING), ("sender", SALES)], "keep").await.is(403);
        let page = page.says("Choose another role or resource, or remove the row.");
        assert_eq!(page.field("name"), "Billing");
        assert!(page.has_element("grant-role-1"));
        // Places where he manages no keys are not offered; they are nobody's to read who has no business there.
        bill.get(&key.path("edit")).await.is(200).says_nothing_of(SALES);
    }

    async fn what_a_user_may_not_give_stays_and_is_the_way_to_nothing_else(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        portal.has_role("clerk", &["invoices:write", "audit:read"]).await;
        portal.gives(&key, "clerk", BILLING).await;
        updates(&mut bill, &key, &[("clerk", BILLING), ("sender", BILLING)], "keep").await.redirects_to(&key.path(""));
        // An empty key could be rotated, and its client id be used in its place.
        for rows in [&[("sender", BILLING)][..], &[]] {
            updates(&mut bill, &key, rows, "keep").await.is(403).says("So you cannot take it away");
        }
        bill.get(&key.path("rotate")).await.is(403);
        assert_eq!(held(&portal).await, [format!("clerk on {BILLING}"), format!("sender on {BILLING}")]);
        updates(&mut bill, &key, &[("clerk", BILLING)], "keep").await.redirects_to(&key.path(""));
        // What it holds elsewhere makes it a key for others.
        portal.gives(&key, "sender", SALES).await;
        bill.get(&key.path("edit")).await.is(403).says("You need a role that can manage API keys").says(SALES);
    }

    async fn a_longer_life_is_given_by_a_user_who_may_give_all_of_it(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        portal.has_role("clerk", &["invoices:write", "audit:read"]).await;
        portal.gives(&key, "clerk", BILLING).await;
        let expires = "SELECT expires_at FROM api_keys";
        let before = portal.number(expires).await;
        updates(&mut bill, &key, &[("clerk", BILLING)], "180").await.is(403);
        assert_eq!(portal.number(expires).await, before);
        // A shorter one takes something away, and is for everyone who manages the key.
        updates(&mut bill, &key, &[("clerk", BILLING)], "30").await.redirects_to(&key.path(""));
        assert_eq!(portal.number(expires).await, before - 60 * 86_400 * 1_000_000);
        // Not even when the role is taken away at the same time.
        updates(&mut bill, &key, &[("sender", BILLING)], "180").await.is(403);
        updates(&mut bill, &key, &[("clerk", BILLING)], "7").await.is(422).says("The chosen expiry is not offered.");
    }

    async fn a_stale_panel_is_answered_with_both_and_nothing_is_lost(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        let version = bill.get(&key.path("edit")).await.is(200).field("version");
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await;
        portal.has_role("reader", &["invoices:read"]).await;
        updates(&mut ada, &key, &[("reader", BILLING)], "keep").await.redirects_to(&key.path(""));
        portal.clock.forward(60);
        let fields = [("name", "Typed"), ("expiry", "keep"), ("version", version.as_str()), ("grant-role-0", "sender"), ("grant-resource-0", BILLING)];
        let page = bill.post(&key.path("edit"), &fields).await.is(409).says("Somebody else changed this key while you did.");
        let page = page.says("The last change on record is by ada@acme.example, 1 minute ago, on 23 Nov 2026, ");
        let again = [&fields[..], &[("beside", "on"), ("action", "add-tag")]].concat();
        bill.post(&key.path("edit"), &again).await.is(200).says("The last change on record is by ada@acme.example, 1 minute ago");
        let page = page.says("Now: Billing").says("Now: The reader on namespace=billing");
        assert_eq!(page.field("name"), "Typed");
        assert_eq!(held(&portal).await, [format!("reader on {BILLING}")]);
        let fresh = page.field("version");
        let fields = [("name", "Typed"), ("expiry", "keep"), ("version", fresh.as_str()), ("grant-role-0", "sender"), ("grant-resource-0", BILLING)];
        bill.post(&key.path("edit"), &fields).await.redirects_to(&key.path(""));
        assert_eq!(held(&portal).await, [format!("sender on {BILLING}")]);
    }

    async fn rows_are_added_and_taken_out_without_a_script_and_errors_keep_what_was_typed(portal: Portal) {
        let (mut bill, key) = bill(&portal).await;
        let version = bill.get(&key.path("edit")).await.is(200).field("version");
        let base = [("name", "Typed"), ("expiry", "keep"), ("version", version.as_str())];
        let page = bill.post(&key.path("edit"), &[&base[..], &[("action", "add-grant")]].concat()).await.is(200);
        assert!(page.has_element("grant-role-0"));
        assert_eq!(page.field("name"), "Typed");
        let half = [("grant-role-0", "sender"), ("grant-resource-0", "")];
        let page = bill.post(&key.path("edit"), &[&base[..], &half].concat()).await.is(422).says("A row names a role but no resource.");
        assert_eq!(page.field("name"), "Typed");
        let gone = [("grant-role-0", "sender"), ("grant-resource-0", "organization=acme:namespace=gone")];
        bill.post(&key.path("edit"), &[&base[..], &gone].concat()).await.is(409).says("The resource of a row does not exist");
        bill.post(&key.path("edit"), &[&base[..], &half, &[("action", "remove-grant-0")]].concat()).await.is(200).says_nothing_of("id=\"grant-role-0\"");
    }

    async fn a_secret_is_no_part_of_what_everybody_reads(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let before = portal.dump().await;
        let value = format!("env:{}", key.secret);
        for (field, words) in [("name", "Name holds a key"), ("tag-key-0", "A tag holds a key"), ("tag-value-1", "A tag holds a key")] {
            let page = ada.post(&key.path("edit"), &[("version", "1"), ("expiry", "keep"), ("tag-key-1", "env"), (field, &key.secret)]).await.is(422);
            page.says(words).says("rotate that key if somebody saw it");
        }
        ada.post(&key.path("disable"), &[("reason", &format!("leaked: {}", key.secret))]).await.is(422).says("Reason holds a key");
        let tick = format!("key-{}", key.key_id);
        let fields = [(tick.as_str(), "on"), ("action", "tag"), ("list", ""), ("new-tag", value.as_str())];
        ada.post("/api-keys/selected", &fields).await.is(422).says("A tag holds a key");
        let intent = ada.intent();
        ada.posts_key(&intent, &key.secret).await.is(422).says("API Client ID holds a key");
        assert_eq!(portal.dump().await, before);
        portal.stores_nothing_of(&key.secret[22..40]).await;
    }

    async fn a_deleted_key_has_no_panel(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        for page in ["edit", "rotate"] {
            ada.get(&key.path(page)).await.is(410);
        }
        ada.post(&key.path("edit"), &[("version", "2"), ("expiry", "keep")]).await.is(410);
        ada.post(&key.path("rotate"), &[("version", "2"), ("overlap", "0")]).await.is(410);
        for verb in ["disable", "enable"] {
            ada.post(&key.path(verb), &[]).await.is(410);
        }
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
    }
}
