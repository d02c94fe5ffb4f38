//! The tree on its page, and the search in it.

use crate::support::{Page, on_both};

use super::{ROOT, add::has_many, at};

on_both! {
    async fn the_way_to_the_node_is_open_and_every_other_node_is_a_link(portal: Portal) {
        let mut ada = portal.ada().await;
        let a = ada.makes(ROOT, "account", "a").await;
        let b = ada.makes(ROOT, "account", "b").await;
        let (in_a, in_b) = (ada.makes(&a, "application", "in-a").await, ada.makes(&b, "application", "in-b").await);
        let page = ada.get("/resources").await.is(200);
        assert_eq!(tree(&page), [at(ROOT), at(&a), at(&b)]);
        assert_eq!(tree(&ada.get(&at(&a)).await.is(200)), [at(ROOT), at(&a), at(&in_a), at(&b)]);
        assert_eq!(tree(&ada.get(&at(&in_b)).await.is(200)), [at(ROOT), at(&a), at(&b), at(&in_b)]);
        let page = ada.get(&at(&in_b)).await;
        let current: Vec<&str> = page.body.split('<').filter(|tag| tag.contains("aria-current=\"true\"")).collect();
        assert_eq!(current.len(), 1);
        assert!(current[0].contains(&format!("href=\"{}\"", at(&in_b))), "{current:?}");
        assert!(page.body.contains("<title>in-b · Resources · Keystead</title>"));
    }

    async fn of_three_hundred_children_the_first_are_shown_and_the_others_are_found(portal: Portal) {
        let mut ada = portal.ada().await;
        has_many(&portal, 300).await;
        let page = ada.get("/resources").await.is(200).says("And more: search for them.").says("Beneath it 300 resources");
        assert_eq!(tree(&page).len(), 201);
        // One that is not among the first is shown where it is the one that the page is about.
        let last = "organization=acme:scope=n10300";
        let page = ada.get(&at(last)).await.is(200).says("And more: search for them.");
        assert!(tree(&page).contains(&at(last)) && tree(&page).len() == 202);
        ada.get("/resources?q=N1030").await.is(200).says("1 resource with “N1030” in its identifier.").says(last);
        let page = ada.get("/resources?q=scope%3Dn102").await.is(200).says("The first 50 resources with “scope=n102” in their identifier. There are more");
        assert_eq!(tree(&page).iter().filter(|href| href.contains("scope=n102")).count(), 50);
    }

    async fn ten_thousand_nodes_are_no_hindrance(portal: Portal) {
        let mut ada = portal.ada().await;
        has_many(&portal, 9_999).await;
        let page = ada.get("/resources").await.is(200).says("9,999 resources").says("And more: search for them.");
        assert!(page.body.len() < 200_000, "{}", page.body.len());
        ada.get("/resources?q=n19999").await.is(200).says("1 resource with");
        ada.removes("organization=acme:scope=n19999").await.is(303);
        let parent = "organization=acme:scope=n10001";
        portal.sql(&format!(
            "UPDATE resources SET path = '{parent}:' || kind || '=' || name, parent_id = (SELECT id FROM resources WHERE path = '{parent}') \
             WHERE parent_id IS NOT NULL AND path <> '{parent}'"
        )).await;
        ada.changes(parent, ROOT, "account", "all-of-them").await.redirects_to("/resources/organization=acme:account=all-of-them");
        assert_eq!(portal.number("SELECT COUNT(*) FROM resources WHERE path LIKE 'organization=acme:account=all-of-them:scope=n%'").await, 9_997);
        ada.removes("organization=acme:account=all-of-them").await.redirects_to(&at(ROOT));
        assert_eq!(portal.paths().await, [ROOT]);
    }

    async fn a_search_takes_every_letter_as_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        for name in ["a_b", "axb", "A.c", "percent"] {
            ada.makes(ROOT, "application", name).await;
        }
        for (text, found) in [
            ("a_b", vec!["a_b"]), ("A_B", vec!["a_b"]), ("a.c", vec!["A.c"]), ("_", vec!["a_b"]), ("%25", vec![]), ("!", vec![]), ("'", vec![]),
            ("application=a", vec!["A.c", "a_b", "axb"]), ("+axb+", vec!["axb"]), ("%C3%A4", vec![]), ("%3Cb%3E", vec![]),
        ] {
            let page = ada.get(&format!("/resources?q={text}")).await.is(200);
            assert!(!page.body.contains("<b>"));
            let names: Vec<String> = tree(&page).iter().filter_map(|href| Some(href.strip_prefix("/resources/organization=acme:application=")?.to_owned())).collect();
            assert_eq!(names, found, "{text}");
        }
        ada.get(&format!("/resources?q={}", "x".repeat(5_000))).await.is(200).says("No identifier has");
        assert_eq!(tree(&ada.get("/resources?q=++").await.is(200)).len(), 5, "nothing is searched for");
        ada.get("/resources?q=a&q=b").await.is(400);
        ada.get("/resources?q=%00").await.is(400);
    }

    async fn an_empty_organization_says_what_resources_are_for(portal: Portal) {
        let page = portal.ada().await.get("/resources").await.is(200).says("No resources yet").says("Identifier organization=acme");
        assert!(page.says("1 user ada@acme.example Admin, here").attributes("href").contains(&format!("/resources/new?parent={ROOT}")));
    }
}

/// The addresses of the nodes in the tree, or in what a search found, in their order.
fn tree(page: &Page) -> Vec<String> {
    let (_, rest) = page.body.split_once("<nav class=\"card").expect("a tree");
    let inside = rest.split("</nav>").next().unwrap_or_default().to_owned();
    let hrefs = Page { body: inside, ..page.clone() }.attributes("href");
    hrefs.into_iter().filter(|href| href.starts_with("/resources/")).collect()
}
