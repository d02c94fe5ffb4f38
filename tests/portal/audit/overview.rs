//! The page of the audit log.

use crate::support::{Page, on_both};

on_both! {
    async fn the_newest_event_comes_first_in_words_that_people_know(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.clock.forward(60);
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        let page = ada.get("/audit").await.is(200).says("Audit log").says("Who did what, when and from where.");
        let numbers: Vec<i64> = page.attributes("data-seq").iter().filter_map(|number| number.parse().ok()).collect();
        assert!(numbers.len() == 7 && numbers.windows(2).all(|two| two[0] == two[1] + 1), "{numbers:?}");
        assert_eq!(numbers.last(), Some(&1));
        let newest = page.row(&format!("data-seq=\"{}\"", numbers[0]));
        let newest = newest.says("14:33:00").says("23 Nov 2026").says("ada@acme.example").says("User").says("Deleted the key");
        newest.says("api_key.deleted").says("billing-sync").says("127.0.0.1").says("was removed");
        assert!(page.attributes("href").contains(&key.path("")));
        page.says("Created the key").says("Signed in").says("Gave a role").says("Added the user")
            .says("Made a signing key").says("Added the organization").says("keystead init").says("Shell");
    }

    async fn pages_have_every_event_once_also_while_things_happen(portal: Portal) {
        let mut ada = portal.ada().await;
        for number in 0..60 {
            let intent = ada.intent();
            ada.posts_key(&intent, &format!("key-{number}")).await.is(200);
        }
        let mut page = ada.get("/audit").await.is(200);
        let (mut seen, newest) = (numbers(&page), numbers(&page)[0]);
        while let Some(older) = link(&page, "?after=") {
            let intent = ada.intent();
            ada.posts_key(&intent, &format!("meanwhile-{}", seen.len())).await.is(200);
            page = ada.get(&older).await.is(200);
            seen.extend(numbers(&page));
        }
        assert_eq!(seen, (1..=newest).rev().collect::<Vec<_>>());
        let mut backwards = numbers(&page);
        while let Some(newer) = link(&page, "?before=") {
            page = ada.get(&newer).await.is(200);
            backwards.splice(..0, numbers(&page));
        }
        assert_eq!(backwards, (1..=newest + 1).rev().collect::<Vec<_>>());
    }

    async fn a_page_of_another_list_or_of_nobody_is_refused(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        for visitor in [&mut ada, &mut gwen] {
            for number in 0..51 {
                let intent = visitor.intent();
                visitor.posts_key(&intent, &format!("key-{number}")).await.is(200);
            }
        }
        let hers = link(&gwen.get("/audit").await, "?after=").expect("an older page");
        let keys = link(&ada.get("/api-keys").await, "?after=").expect("an older page").replace("/api-keys", "/audit");
        for bad in [&hers, &keys, "/audit?after=1", "/audit?before="] {
            ada.get(bad).await.is(400);
        }
    }

    async fn an_organization_sees_its_own_events_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        ada.makes_key("billing-sync").await;
        gwen.makes_key("turbine").await;
        ada.get("/audit").await.says("billing-sync").says_nothing_of("turbine").says_nothing_of("globex");
        gwen.get("/audit").await.says("turbine").says_nothing_of("billing-sync").says_nothing_of("acme");
        ada.get("/audit").await.says_nothing_of("installation.created");
    }

    async fn markup_in_an_event_is_text(portal: Portal) {
        let mut ada = portal.ada().await;
        let name = "</code><script>alert(1)</script>";
        let intent = ada.intent();
        let fields = [("intent", intent.as_str()), ("client_id", "billing-sync"), ("name", name), ("expiry", "90")];
        ada.post("/api-keys/new", &fields).await.is(200);
        let page = ada.get("/audit").await.is(200).says(name);
        assert!(!page.body.contains("<script>alert"));
    }
}

fn numbers(page: &Page) -> Vec<i64> {
    page.attributes("data-seq").iter().filter_map(|number| number.parse().ok()).collect()
}

fn link(page: &Page, query: &str) -> Option<String> {
    page.attributes("href").into_iter().find(|href| href.contains(query))
}
