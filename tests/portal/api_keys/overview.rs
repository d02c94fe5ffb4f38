//! The API Key Overview: what its rows say, in which order, and page by page.

use crate::support::{Page, on_both};

on_both! {
    async fn without_keys_the_list_says_so_and_offers_to_add_one(portal: Portal) {
        let page = portal.ada().await.get("/api-keys").await.is(200).says("API Key Overview").says("No API keys yet");
        assert!(page.attributes("href").contains(&"/api-keys/new".into()));
        assert!(page.client_ids().is_empty());
    }

    async fn a_row_says_what_there_is_to_know_of_a_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.tags(&key, "env", "prod").await;
        let hint = format!("ks_live_{}…{}", &key.key_id[..4], &key.secret[66..]);
        let row = ada.get("/api-keys").await.is(200).row("data-client-id=\"billing-sync\"");
        let row = row.says("billing-sync").says(&hint).says("23 Nov 2026").says("by ada@acme.example").says("Never used");
        let row = row.says("Never used Expires 21 Feb 2027");
        assert!(row.body.contains("<b>env</b>:prod"));
        assert!(row.attributes("href").contains(&key.path("")));
        for word in ["API Client ID", "Status", "Tags", "Created", "Last used", "Status, expiry"] {
            ada.get("/api-keys").await.says(word);
        }
    }

    async fn dates_are_those_of_the_person_and_utc_stands_beside_them(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        // An hour before midnight in UTC, and the next day in Berlin.
        let at = portal.inner.clock.now().micros() / 86_400_000_000 * 86_400_000_000 + 23 * 3_600_000_000;
        portal.sql(&format!("UPDATE api_keys SET created_at = {at}")).await;
        ada.get("/api-keys").await.row("data-client-id=\"billing-sync\"").says("23 Nov 2026 by ada@acme.example");
        ada.post("/account", &[("name", "Ada"), ("time_zone", "Europe/Berlin")]).await.redirects_to("/account");
        let row = ada.get("/api-keys").await.row("data-client-id=\"billing-sync\"");
        let row = row.says("24 Nov 2026 by ada@acme.example");
        assert!(row.attributes("title").contains(&"24 Nov 2026, 00:00 CET (23 Nov 2026, 23:00 UTC)".into()));
        assert!(row.attributes("datetime").contains(&"2026-11-23T23:00:00Z".into()));
        ada.get(&key.path("")).await.says("24 Nov 2026, 00:00 CET");
        ada.get(&key.path("delete")).await.says("24 Nov 2026 by ada@acme.example");
        ada.get("/audit").await.says("Time (Europe/Berlin)");
    }

    async fn a_name_is_shown_where_it_is_another_one_than_the_client_id(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.intent();
        let fields = [("intent", intent.as_str()), ("client_id", "billing-sync"), ("name", "Billing, nightly"), ("expiry", "90")];
        ada.post("/api-keys/new", &fields).await.is(200);
        ada.makes_key("plain").await;
        let page = ada.get("/api-keys").await;
        page.row("data-client-id=\"billing-sync\"").says("Billing, nightly");
        assert_eq!(page.row("data-client-id=\"plain\"").text().matches("plain").count(), 1);
    }

    async fn the_status_is_the_word_for_what_a_key_is_now(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut keys = Vec::new();
        for client_id in ["never", "active", "soon", "late", "paused"] {
            keys.push(ada.makes_key(client_id).await);
        }
        let now = portal.inner.clock.now();
        let (soon, late) = (now.plus_days(9).micros(), now.micros());
        portal.sql("UPDATE api_keys SET disabled_at = 1 WHERE client_id = 'paused'").await;
        portal.sql(&format!("UPDATE api_keys SET expires_at = {soon} WHERE client_id = 'soon'")).await;
        portal.sql(&format!("UPDATE api_keys SET expires_at = {late} WHERE client_id = 'late'")).await;
        portal.was_called(&keys[1], 0, "VALID", &["203.0.113.7"]).await;
        let page = ada.get("/api-keys").await;
        for (client_id, words) in
            [("never", "Never used"), ("active", "Active"), ("soon", "Expires in 9 days"), ("late", "Expired"), ("paused", "Disabled")]
        {
            page.row(&format!("data-client-id=\"{client_id}\"")).says(words);
        }
    }

    async fn the_newest_key_comes_first(portal: Portal) {
        let mut ada = portal.ada().await;
        for client_id in ["zebra", "alpha", "mike"] {
            ada.makes_key(client_id).await;
            portal.clock.forward(1);
        }
        assert_eq!(ada.get("/api-keys").await.client_ids(), ["mike", "alpha", "zebra"]);
    }

    async fn pages_have_every_key_once_also_while_keys_are_added(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut expected = Vec::new();
        for number in 0..120 {
            let client_id = format!("key-{number:03}");
            let intent = ada.intent();
            ada.posts_key(&intent, &client_id).await.is(200);
            // Some are made at one moment: then the order is theirs alone.
            portal.clock.forward(i64::from(number % 3 == 0));
            expected.insert(0, client_id);
        }
        let mut page = ada.get("/api-keys").await.is(200);
        assert_eq!(newer(&page), None);
        let mut forwards = page.client_ids();
        let mut added = Vec::new();
        while let Some(older) = older(&page) {
            let client_id = format!("added-{}", added.len());
            let intent = ada.intent();
            ada.posts_key(&intent, &client_id).await.is(200);
            added.insert(0, client_id);
            page = ada.get(&older).await.is(200);
            forwards.extend(page.client_ids());
        }
        assert_eq!(forwards, expected);
        assert_eq!(added.len(), 2);

        let mut backwards = page.client_ids();
        while let Some(newer) = newer(&page) {
            page = ada.get(&newer).await.is(200);
            backwards.splice(..0, page.client_ids());
        }
        assert_eq!(backwards, [added, expected].concat());
    }

    async fn a_page_whose_keys_are_all_gone_leads_back_to_the_first(portal: Portal) {
        let mut ada = portal.ada().await;
        for number in 0..51 {
            let intent = ada.intent();
            ada.posts_key(&intent, &format!("key-{number}")).await.is(200);
        }
        let older = older(&ada.get("/api-keys").await).expect("an older page");
        portal.sql("UPDATE api_keys SET deleted_at = 1 WHERE client_id = 'key-0'").await;
        let page = ada.get(&older).await.is(200).says("No keys on this page");
        assert!(page.attributes("href").contains(&"/api-keys".into()));
    }

    async fn a_page_that_another_list_or_nobody_named_is_refused(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        for visitor in [&mut ada, &mut gwen] {
            for number in 0..51 {
                let intent = visitor.intent();
                visitor.posts_key(&intent, &format!("key-{number}")).await.is(200);
            }
        }
        let mine = older(&ada.get("/api-keys").await).expect("an older page");
        let hers = older(&gwen.get("/api-keys").await).expect("an older page");
        let audit = older(&ada.get("/audit").await).expect("an older page").replace("/audit", "/api-keys");
        ada.get(&mine).await.is(200);
        let (half, twice) = (&mine[..mine.len() - 1], format!("{mine}&{}", &mine["/api-keys?".len()..]));
        let both = format!("{mine}&{}", mine["/api-keys?".len()..].replace("after=", "before="));
        for bad in [&hers, &audit, half, &twice, &both, "/api-keys?after=", "/api-keys?before=1", "/api-keys?after=%ff"] {
            ada.get(bad).await.is(400).says_nothing_of("key-0");
        }
    }

    async fn markup_in_a_name_is_text(portal: Portal) {
        let mut ada = portal.ada().await;
        let name = "<script>alert(1)</script> \" ' & <b title=\"x\">";
        let intent = ada.intent();
        let fields = [("intent", intent.as_str()), ("client_id", "billing-sync"), ("name", name), ("expiry", "90")];
        ada.post("/api-keys/new", &fields).await.is(200);
        let key_id = ada.get("/api-keys").await.attributes("href").into_iter().find_map(|href| {
            href.strip_suffix("/delete").map(ToOwned::to_owned)
        });
        let key = key_id.expect("a link to delete");
        for path in ["/api-keys", &key, &format!("{key}/delete"), "/audit"] {
            let page = ada.get(path).await.is(200).says(name);
            assert!(!page.body.contains("<script>alert") && !page.body.contains("<b title"), "{path}");
        }
    }

    async fn deleted_keys_are_not_in_the_list(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes_key("stays").await;
        let goes = ada.makes_key("goes").await;
        ada.post(&goes.path("delete"), &[]).await.redirects_to("/api-keys");
        assert_eq!(ada.get("/api-keys").await.client_ids(), ["stays"]);
    }

    async fn only_what_exists_is_linked(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        // The message about the new key is shown once, with its link to dismiss it.
        ada.get("/api-keys").await.says("billing-sync is created.");
        let page = ada.get("/api-keys").await;
        let mut links = page.attributes("href");
        links.retain(|link| !link.starts_with("/assets/") && !link.starts_with('#'));
        links.sort_unstable();
        links.dedup();
        for link in ["/api-keys/new", "/api-keys/export", "/api-keys?status=expired", "/api-keys?sort=name", &key.path(""), &key.path("edit")] {
            assert!(links.contains(&link.to_owned()), "{link}: {links:?}");
        }
        assert_eq!(page.attributes("action"), ["/logout", "/api-keys/search", &key.path("disable"), "/api-keys/selected"]);
        for link in links {
            let page = ada.get(&link).await;
            ada.follow(page).await.is(200);
        }
    }

    async fn nobody_sees_the_keys_of_another_organization(portal: Portal) {
        portal.ada().await.makes_key("billing-sync").await;
        let mut gwen = portal.globex().await;
        gwen.get("/api-keys").await.is(200).says("No API keys yet").says_nothing_of("billing-sync");
        // The same client id is free there.
        gwen.makes_key("billing-sync").await;
        assert_eq!(gwen.get("/api-keys").await.client_ids().len(), 1);
    }
}

impl Page {
    /// The client ids of the list, from top to bottom.
    pub fn client_ids(&self) -> Vec<String> {
        self.attributes("data-client-id")
    }
}

fn older(page: &Page) -> Option<String> {
    page.attributes("href").into_iter().find(|href| href.contains("?after="))
}

fn newer(page: &Page) -> Option<String> {
    page.attributes("href").into_iter().find(|href| href.contains("?before="))
}
