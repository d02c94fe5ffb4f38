//! Finding keys: the search field, filters, orders, tabs, counts, pages of all of them.

use keystead::access::BuiltIn;

use crate::support::{Key, PASSWORD, Portal, Visitor, on_both};

on_both! {
    async fn a_key_is_found_by_the_beginning_of_each_of_its_words(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_named_key("enterprise-orders.synchro", "Bestellungen, Köln").await;
        ada.makes_key("warehouse").await;
        let (start, ending) = (&key.key_id[..5], &key.secret[66..]);
        for typed in ["enterp", "ENTERPRISE-Ord", "orders", "orders synchro", "synchro", "bestell", "KÖLN", " köln ", start, &key.key_id, ending] {
            assert_eq!(ada.finds(&[("q", typed)]).await, ["enterprise-orders.synchro"], "{typed}");
        }
        let hint = format!("ks_live_{}…{}", &key.key_id[..4], ending);
        assert_eq!(ada.finds(&[("q", &hint)]).await, ["enterprise-orders.synchro"]);
        for typed in ["nterprise", "enterprise-ware", "ks_live_0000…0000"] {
            assert!(ada.finds(&[("q", typed)]).await.is_empty(), "{typed}");
        }
    }

    async fn a_key_is_found_by_what_it_is_called_now(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_named_key("billing-sync", "Nightly").await;
        ada.renames(&key, "Hourly").await;
        assert!(ada.finds(&[("q", "nightly")]).await.is_empty());
        assert_eq!(ada.finds(&[("q", "hourly")]).await, ["billing-sync"]);
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        assert!(ada.finds(&[("q", "hourly")]).await.is_empty());
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_words").await, 0);
    }

    async fn a_secret_that_is_looked_for_is_in_no_address_and_on_no_page(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, _) = (ada.makes_key("billing-sync").await, ada.makes_key("another").await);
        let place = format!("/api-keys?q={}", key.key_id);
        for typed in [key.secret.clone(), format!(" \"{}\"\n", key.secret), format!("Bearer {}", key.secret), key.secret[..40].to_owned()] {
            let answer = ada.post("/api-keys/search", &[("q", &typed)]).await.redirects_to(&place);
            assert!(!answer.body.contains(&key.secret[22..40]));
            // In an address that somebody wrote by hand it does not stay.
            let typed: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
            ada.get(&format!("/api-keys?q={typed}")).await.redirects_to(&place);
        }
        let page = ada.get(&place).await.is(200).says_nothing_of(&key.secret[22..40]);
        assert_eq!(page.client_ids(), ["billing-sync"]);
        assert_eq!(page.field("q"), key.key_id);
        portal.stores_nothing_of(&key.secret[22..40]).await;
    }

    async fn the_secret_and_the_id_of_a_deleted_key_lead_to_its_page(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, living) = (ada.makes_key("billing-sync").await, ada.makes_key("another").await);
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await;
        for typed in [&key.secret, &key.key_id, &key.secret[..40].to_owned()] {
            let answer = ada.post("/api-keys/search", &[("q", typed), ("mine", "yes")]).await;
            ada.follow(answer).await.is(200).says("Deleted by ada@acme.example");
        }
        assert_eq!(ada.finds(&[("q", &living.secret)]).await, ["another"]);
        // One that never was, and one of somebody else, lead nowhere.
        let theirs = portal.globex().await.makes_key("theirs").await;
        portal.sql("UPDATE api_keys SET deleted_at = 1 WHERE client_id = 'theirs'").await;
        for typed in ["000000000000", &theirs.secret] {
            assert!(ada.finds(&[("q", typed)]).await.is_empty());
        }
    }

    async fn a_secret_in_any_field_of_the_filter_bar_asks_for_its_key_and_stays_nowhere(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, _) = (ada.makes_key("billing-sync").await, ada.makes_key("another").await);
        let place = format!("/api-keys?q={}", key.key_id);
        for field in ["tag", "role", "resource", "status"] {
            ada.post("/api-keys/search", &[("q", "other"), (field, &key.secret)]).await.redirects_to(&place);
            ada.get(&format!("/api-keys?{field}={}", key.secret)).await.redirects_to(&place);
        }
        portal.stores_nothing_of(&key.secret[22..40]).await;
    }

    async fn a_filter_that_makes_no_sense_is_named_and_narrows_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("billing-sync").await;
        let answer = ada.post("/api-keys/search", &[("resource", "billing, I think"), ("status", "odd"), ("sort", "name")]).await;
        let page = ada.follow(answer).await.is(200).says("Resource “billing, I think” is not understood, so the list is not narrowed by it.");
        let page = page.says("Give its whole path, such as organization=acme:namespace=billing.").says("Status “odd” is not understood");
        assert_eq!(page.client_ids(), ["billing-sync"]);
        assert!(page.attributes("href").contains(&"/api-keys?sort=name".into()), "the way out");
        // Nothing that is clicked next drags it along.
        assert!(page.attributes("href").iter().all(|href| !href.contains("odd")));
        ada.get("/api-keys?sort=name").await.says_nothing_of("is not understood");
        let markup = ada.get("/api-keys?resource=%3Cscript%3E").await.is(200).says("Resource “<script>”");
        assert!(!markup.body.contains("<script>"));
    }

    async fn filters_narrow_the_list_together(portal: Portal) {
        let mut ada = portal.ada().await;
        let keys = three_keys(&portal, &mut ada).await;
        assert_eq!(ada.finds(&[("tag", "env:prod")]).await, ["three", "one"]);
        assert_eq!(ada.finds(&[("tag", "ENV:prod"), ("role", "sender")]).await, ["one"]);
        assert_eq!(ada.finds(&[("role", "sender")]).await, ["two", "one"]);
        assert_eq!(ada.finds(&[("resource", "organization=acme:application=invoices")]).await, ["two"]);
        assert_eq!(ada.finds(&[("resource", "organization=acme")]).await, ["two", "one"]);
        assert_eq!(ada.finds(&[("q", "second"), ("role", "sender")]).await, ["two"]);
        assert_eq!(ada.finds(&[("mine", "yes"), ("tag", "env:prod")]).await, ["three", "one"]);
        assert!(ada.finds(&[("tag", "env:test")]).await.is_empty());
        assert!(ada.finds(&[("role", "no-such-role")]).await.is_empty());
        assert_eq!(keys.len(), 3);
    }

    async fn mine_are_those_that_i_made(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("of-ada").await;
        portal.has_user("otto@acme.example", "Otto", BuiltIn::Ops).await;
        let mut otto = portal.visitor();
        otto.signs_in("otto@acme.example", PASSWORD).await.redirects_to("/api-keys");
        otto.makes_key("of-otto").await;
        assert_eq!(otto.finds(&[("mine", "yes")]).await, ["of-otto"]);
        assert_eq!(ada.finds(&[("mine", "yes")]).await, ["of-ada"]);
        assert_eq!(ada.finds(&[]).await, ["of-otto", "of-ada"]);
    }

    async fn each_key_is_behind_the_tab_of_its_badge(portal: Portal) {
        let mut ada = portal.ada().await;
        let now = portal.inner.clock.now();
        for (client_id, change) in [
            ("active", "expires_at = 9223372036854775807".to_owned()),
            ("never", "expires_at = 9223372036854775807".to_owned()),
            ("soon", format!("expires_at = {}", now.plus_days(14).micros() + 999_999)),
            ("late", format!("expires_at = {}", now.micros())),
            ("paused", "disabled_at = 1".to_owned()),
        ] {
            ada.makes_key(client_id).await;
            portal.sql(&format!("UPDATE api_keys SET {change} WHERE client_id = '{client_id}'")).await;
        }
        portal.sql("UPDATE api_key_uses SET used_at = 1 WHERE api_key_id <> (SELECT id FROM api_keys WHERE client_id = 'never')").await;
        let page = ada.get("/api-keys").await.says("All 5");
        let tabs = [("Active", "active", "active"), ("Expiring soon", "expiring", "soon"), ("Never used", "never-used", "never"), ("Expired", "expired", "late"), ("Disabled", "disabled", "paused")];
        for (words, status, client_id) in tabs {
            page.clone().says(&format!("{words} 1"));
            let behind = ada.get(&format!("/api-keys?status={status}")).await.says("1 key,").says("All 5");
            assert_eq!(behind.client_ids(), [client_id], "{status}");
            // With another filter beside it, the same.
            assert_eq!(ada.finds(&[("status", status), ("mine", "yes")]).await, [client_id]);
            assert_eq!(ada.finds(&[("status", status), ("mine", "yes"), ("sort", "name")]).await, [client_id]);
        }
    }

    async fn the_list_goes_by_whatever_column_is_clicked(portal: Portal) {
        let mut ada = portal.ada().await;
        let now = portal.inner.clock.now();
        for (client_id, used, days) in [("mike", 30, 9), ("Alpha", 0, 7), ("zulu", 20, 8)] {
            ada.makes_key(client_id).await;
            let of_key = format!("(SELECT id FROM api_keys WHERE client_id = '{client_id}')");
            portal.sql(&format!("UPDATE api_key_uses SET used_at = {used} WHERE api_key_id = {of_key}")).await;
            portal.sql(&format!("UPDATE api_keys SET expires_at = {} WHERE client_id = '{client_id}'", now.plus_days(days).micros())).await;
        }
        for (sort, expected, words) in [
            ("created", ["mike", "Alpha", "zulu"], "oldest first"),
            ("-created", ["zulu", "Alpha", "mike"], "newest first"),
            ("name", ["Alpha", "mike", "zulu"], "by name"),
            ("-name", ["zulu", "mike", "Alpha"], "by name, from the end"),
            ("last-used", ["Alpha", "zulu", "mike"], "longest unused first"),
            ("-last-used", ["mike", "zulu", "Alpha"], "last used first"),
            ("expires", ["Alpha", "zulu", "mike"], "next to expire first"),
            ("-expires", ["mike", "zulu", "Alpha"], "last to expire first"),
        ] {
            let page = ada.get(&format!("/api-keys?sort={sort}")).await.says(words);
            assert_eq!(page.client_ids(), expected, "{sort}");
            assert_eq!(ada.finds(&[("sort", sort), ("mine", "yes"), ("status", "expiring")]).await.len(), 3);
        }
        let heads = ada.get("/api-keys?sort=name").await.attributes("href");
        assert!(heads.contains(&"/api-keys?sort=-name".into()) && heads.contains(&"/api-keys?sort=-last-used".into()));
    }

    async fn every_page_of_every_order_has_every_key_once_there_and_back(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_keys(120).await;
        for query in ["", "sort=created", "sort=name", "sort=-name", "sort=last-used", "sort=-expires", "tag=env%3Aprod", "q=key", "q=key&sort=name", "tag=env%3Aprod&status=never-used&sort=-name", "status=never-used"] {
            let (mut seen, mut pages) = (Vec::new(), Vec::new());
            let mut next = Some(format!("/api-keys?{query}"));
            while let Some(path) = next {
                let page = ada.get(&path).await.is(200);
                seen.extend(page.client_ids());
                pages.push(page.client_ids());
                next = page.link_to("next");
                if next.is_none() {
                    let mut back = page.link_to("prev");
                    for before in pages.iter().rev().skip(1) {
                        let page = ada.get(&back.expect("a page before")).await.is(200);
                        assert_eq!(&page.client_ids(), before, "{query}");
                        back = page.link_to("prev");
                    }
                    assert_eq!(back, None, "{query}");
                }
            }
            let expected = match (query.contains("tag"), query.contains("never")) {
                (true, true) => 20,
                (true, false) => 60,
                (false, true) => 40,
                (false, false) => 120,
            };
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!((seen.len(), once.len()), (expected, expected), "{query}");
        }
    }

    async fn what_was_not_found_yet_is_looked_for_further_both_ways(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("sender", &["invoices:write"]).await;
        portal.has_keys(23_000).await;
        // Of each tag's keys none holds the role; both are many.
        portal.sql(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' \
             FROM api_keys k JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = 'sender' JOIN resources n ON n.tenant_id = k.tenant_id WHERE k.created_at % 2 = 1",
        ).await;
        if portal.is_on_postgres() {
            // As the server does by itself after a while.
            portal.sql("ANALYZE").await;
        }
        let page = ada.get("/api-keys?tag=env%3Aprod&role=sender&sort=name").await.is(200).says("Nothing found so far");
        let on = page.attributes("href").into_iter().find(|href| href.contains("after=")).expect("a way on");
        let page = ada.get(&on).await.is(200).says("No keys on this page");
        assert!(page.attributes("href").contains(&"/api-keys?tag=env%3Aprod&role=sender&sort=name".into()));
        // One that fits, at the very end.
        portal.sql("UPDATE grants SET api_key_id = (SELECT id FROM api_keys WHERE client_id = 'key-20') WHERE api_key_id = (SELECT id FROM api_keys WHERE client_id = 'key-21')").await;
        portal.sql("UPDATE api_keys SET name = 'zz', name_folded = 'zz' WHERE client_id = 'key-20'").await;
        let page = ada.get(&on).await.is(200);
        assert_eq!(page.client_ids(), ["key-20"]);
        let back = page.link_to("prev").expect("a page before");
        let page = ada.get(&back).await.is(200).says("Nothing found so far");
        let further = page.attributes("href").into_iter().find(|href| href.contains("before=")).expect("a way back");
        ada.get(&further).await.is(200).says("No keys on this page");
    }

    async fn a_place_is_good_for_its_own_order_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_keys(60).await;
        let next = ada.get("/api-keys?sort=name").await.link_to("next").expect("another page");
        ada.get(&next.replace("sort=name", "sort=-name")).await.is(400);
        ada.get(&next).await.is(200);
    }

    async fn filters_that_apply_are_chips_that_take_themselves_away(portal: Portal) {
        let mut ada = portal.ada().await;
        three_keys(&portal, &mut ada).await;
        let page = ada.get("/api-keys?tag=env%3Aprod&role=sender&mine=yes").await.is(200).says("Tag: env:prod").says("Role: The sender");
        let links = page.says("Created by: me").says("Clear all").attributes("href");
        for link in ["/api-keys?role=sender&mine=yes", "/api-keys?tag=env%3Aprod&mine=yes", "/api-keys?tag=env%3Aprod&role=sender"] {
            assert!(links.contains(&link.to_owned()), "{link}: {links:?}");
        }
        // A tag in a row shows what else has it.
        assert!(ada.get("/api-keys").await.attributes("href").contains(&"/api-keys?tag=env%3Aprod".into()));
    }

    async fn where_nothing_fits_the_page_says_which_filter_to_leave_out(portal: Portal) {
        let mut ada = portal.ada().await;
        three_keys(&portal, &mut ada).await;
        let page = ada.get("/api-keys?q=scaner&tag=env%3Aprod").await.is(200).says("No key fits").says("0 keys");
        let page = page.says("Remove “Text: scaner” 2 keys fit without it").says("Clear all filters");
        assert!(page.attributes("href").contains(&"/api-keys?tag=env%3Aprod".into()));
        assert!(!page.text().contains("Remove “Tag"), "that alone helps nothing");
    }

    async fn what_ends_within_14_days_is_said_above_the_list(portal: Portal) {
        let mut ada = portal.ada().await;
        for (client_id, days) in [("soon", 14), ("later", 15)] {
            ada.makes_key(client_id).await;
            let at = portal.inner.clock.now().plus_days(days).micros();
            portal.sql(&format!("UPDATE api_keys SET expires_at = {at} WHERE client_id = '{client_id}'")).await;
        }
        let page = ada.get("/api-keys").await.says("1 key ends within 14 days.").says("Expiring soon 1");
        page.row("data-client-id=\"soon\"").says("Expires in 14 days");
        page.row("data-client-id=\"later\"").says_nothing_of("Expires in");
        assert_eq!(ada.get("/api-keys?status=expiring").await.client_ids(), ["soon"], "the link leads to those that were counted");
        ada.get("/api-keys?status=expired").await.says_nothing_of("within 14 days");
        portal.sql("UPDATE api_keys SET disabled_at = 1 WHERE client_id = 'soon'").await;
        ada.get("/api-keys").await.says_nothing_of("within 14 days");
    }

    async fn keys_of_another_organization_are_found_by_nobody(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        let key = gwen.makes_key("globex-sync").await;
        portal.tags(&key, "env", "globex").await;
        for typed in ["globex", "sync", &key.key_id, &key.secret] {
            assert!(ada.finds(&[("q", typed)]).await.is_empty(), "{typed}");
        }
        assert!(ada.finds(&[("tag", "env:globex")]).await.is_empty());
        ada.get("/api-keys").await.says_nothing_of("globex");
        ada.get("/api-keys/export").await.is(200).says_nothing_of("globex");
    }
}

/// Of Ada: `one` (prod, sender on all), `two` (sender on invoices), `three` (prod).
async fn three_keys(portal: &Portal, ada: &mut Visitor<'_>) -> Vec<Key> {
    portal.has_role("sender", &["invoices:write"]).await;
    portal.has_resource("organization=acme:application=invoices").await;
    let keys =
        vec![ada.makes_key("one").await, ada.makes_named_key("two", "The second").await, ada.makes_key("three").await];
    portal.gives(&keys[0], "sender", "organization=acme").await;
    portal.gives(&keys[1], "sender", "organization=acme:application=invoices").await;
    portal.tags(&keys[0], "env", "prod").await;
    portal.tags(&keys[2], "env", "prod").await;
    keys
}

impl Visitor<'_> {
    /// What the filter bar finds, from top to bottom.
    async fn finds(&mut self, fields: &[(&str, &str)]) -> Vec<String> {
        let answer = self.post("/api-keys/search", fields).await.is(303);
        self.follow(answer).await.is(200).client_ids()
    }

    /// Gives a key another name.
    async fn renames(&mut self, key: &Key, name: &str) {
        let version = self.get(&key.path("edit")).await.is(200).field("version");
        let fields = [("name", name), ("expiry", "keep"), ("version", &version)];
        self.post(&key.path("edit"), &fields).await.redirects_to(&key.path(""));
    }
}
