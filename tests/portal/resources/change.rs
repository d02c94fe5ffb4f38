//! Renaming and moving: what paths become, and what cannot be.

use serde_json::{Value, json};

use crate::support::{Visitor, on_both};

use super::{ROOT, at, has_one_problem};

/// Two accounts whose names begin alike, each with an application and more beneath it.
async fn has_accounts(ada: &mut Visitor<'_>) {
    for (account, application) in [("a", "invoices"), ("ab", "invoices"), ("a", "invoices2")] {
        let account_path = format!("{ROOT}:account={account}");
        if ada.get(&at(&account_path)).await.status == 404 {
            ada.makes(ROOT, "account", account).await;
        }
        let path = ada.makes(&account_path, "application", application).await;
        ada.makes(&path, "scope", "eu").await;
    }
}

on_both! {
    async fn a_new_name_goes_into_every_path_beneath_and_no_other(portal: Portal) {
        let mut ada = portal.ada().await;
        has_accounts(&mut ada).await;
        let page = ada.changes("organization=acme:account=a", ROOT, "account", "renamed").await;
        let page = page.redirects_to("/resources/organization=acme:account=renamed");
        ada.follow(page).await.is(200).says("renamed is updated.").says("Beneath it 4 resources");
        assert_eq!(portal.paths().await, [
            "organization=acme",
            "organization=acme:account=ab",
            "organization=acme:account=ab:application=invoices",
            "organization=acme:account=ab:application=invoices:scope=eu",
            "organization=acme:account=renamed",
            "organization=acme:account=renamed:application=invoices",
            "organization=acme:account=renamed:application=invoices2",
            "organization=acme:account=renamed:application=invoices2:scope=eu",
            "organization=acme:account=renamed:application=invoices:scope=eu",
        ]);
        ada.get("/resources/organization=acme:account=a").await.is(404);
        // A longer name, another kind: the sibling whose name begins alike stays what it is.
        let invoices = "organization=acme:account=renamed:application=invoices";
        ada.changes(invoices, "organization=acme:account=renamed", "namespace", "a-much-longer-name").await.is(303);
        let paths = portal.paths().await;
        assert!(paths.contains(&"organization=acme:account=renamed:namespace=a-much-longer-name:scope=eu".into()), "{paths:?}");
        assert!(paths.contains(&"organization=acme:account=renamed:application=invoices2:scope=eu".into()), "{paths:?}");
        // The words of a node are those of its path.
        let words = "SELECT path AS line FROM resources WHERE parent_id IS NOT NULL AND path NOT LIKE '%:' || kind || '=' || name";
        assert_eq!(portal.lines(words).await, Vec::<String>::new());
    }

    async fn a_move_takes_everything_beneath_along(portal: Portal) {
        let mut ada = portal.ada().await;
        has_accounts(&mut ada).await;
        let page = ada.changes("organization=acme:account=a", "organization=acme:account=ab", "account", "a").await;
        page.redirects_to("/resources/organization=acme:account=ab:account=a");
        assert_eq!(portal.paths().await, [
            "organization=acme",
            "organization=acme:account=ab",
            "organization=acme:account=ab:account=a",
            "organization=acme:account=ab:account=a:application=invoices",
            "organization=acme:account=ab:account=a:application=invoices2",
            "organization=acme:account=ab:account=a:application=invoices2:scope=eu",
            "organization=acme:account=ab:account=a:application=invoices:scope=eu",
            "organization=acme:account=ab:application=invoices",
            "organization=acme:account=ab:application=invoices:scope=eu",
        ]);
        let page = ada.get("/resources/organization=acme:account=ab:account=a").await.is(200);
        assert!(page.attributes("href").contains(&"/resources/organization=acme:account=ab".into()));
        // Up again, with another name at the same time.
        ada.changes("organization=acme:account=ab:account=a", ROOT, "account", "b").await.redirects_to("/resources/organization=acme:account=b");
        let misplaced = "SELECT n.path AS line FROM resources n JOIN resources p ON p.id = n.parent_id WHERE n.path <> p.path || ':' || n.kind || '=' || n.name";
        assert_eq!(portal.lines(misplaced).await, Vec::<String>::new());
    }

    async fn nothing_lies_beneath_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        has_accounts(&mut ada).await;
        let account = "organization=acme:account=a";
        let before = portal.dump().await;
        for parent in [account, "organization=acme:account=a:application=invoices", "organization=acme:account=a:application=invoices2:scope=eu"] {
            let page = ada.changes(account, parent, "account", "a").await.is(422);
            has_one_problem(&page, "parent", &format!("“{parent}” is this resource or lies beneath it. Choose one that does not."));
            assert_eq!((page.field("parent"), page.field("name")), (parent.into(), "a".into()));
        }
        assert_eq!(portal.dump().await, before);
        let offered = ada.get(&at(account)).await.attributes("value");
        assert!(offered.contains(&"organization=acme:account=ab".into()) && offered.contains(&ROOT.into()), "{offered:?}");
        assert!(!offered.contains(&"organization=acme:account=a:application=invoices".into()), "{offered:?}");
        // What only begins alike is another one.
        ada.changes(account, "organization=acme:account=ab", "account", "a").await.is(303);
    }

    async fn what_is_wrong_is_said_and_what_was_typed_is_kept(portal: Portal) {
        let mut ada = portal.ada().await;
        has_accounts(&mut ada).await;
        let account = "organization=acme:account=a";
        let before = portal.dump().await;
        for (parent, kind, name, status, field, words) in [
            (ROOT, "account", "ab", 409, "name", "account=ab is there already, beneath organization=acme. Choose another name"),
            (ROOT, "Account", "c", 422, "kind", "Kind “Account” has the character “A”."),
            (ROOT, "account", "c d", 422, "name", "Name “c d” has a space."),
            ("organization=acme:account=x", "account", "c", 422, "parent", "“organization=acme:account=x” is no resource."),
            ("", "account", "c", 422, "parent", "“Belongs to” is empty."),
        ] {
            let page = ada.changes(account, parent, kind, name).await.is(status);
            has_one_problem(&page, field, words);
            assert_eq!((page.field("parent"), page.field("kind"), page.field("name")), (parent.into(), kind.into(), name.into()));
            assert!(page.body.contains(&format!("action=\"/resources/{account}\"")));
        }
        assert_eq!(portal.dump().await, before);
        for fields in [&[][..], &[("seen", "")], &[("seen", "now")]] {
            ada.post(&at(account), fields).await.is(400).says("This form is incomplete.");
        }
    }

    async fn what_is_beneath_must_find_room_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut deep = ROOT.to_owned();
        for _ in 2..=8 {
            deep = ada.makes(&deep, "scope", "deep").await;
        }
        has_accounts(&mut ada).await;
        // Three levels beneath the eighth.
        let page = ada.changes("organization=acme:account=a", &deep, "account", "a").await.is(422);
        has_one_problem(&page, "parent", "There it would reach 11 levels deep. It can reach at most 10, the organization included");
        let (above, _) = deep.rsplit_once(':').expect("it is beneath another one");
        ada.changes("organization=acme:account=a", above, "account", "a").await.is(303);
        assert!(portal.paths().await.contains(&format!("{above}:account=a:application=invoices:scope=eu")));
    }

    async fn the_organization_itself_stays_where_and_what_it_is(portal: Portal) {
        let mut ada = portal.ada().await;
        let main = ada.makes(ROOT, "account", "main").await;
        let page = ada.get("/resources").await.is(200).says("it can be neither renamed, moved nor deleted").says_nothing_of("Rename or move");
        assert!(!page.attributes("href").contains(&format!("/resources/{ROOT}/delete")));
        let seen = portal.lines("SELECT CAST(created_at AS TEXT) || '.1' AS line FROM resources WHERE parent_id IS NULL").await.remove(0);
        let before = portal.dump().await;
        for (parent, name) in [(ROOT, "acme2"), (main.as_str(), "acme"), ("organization=globex", "acme")] {
            let page = ada.saves(ROOT, &seen, parent, "organization", name).await.is(403);
            page.says("The organization itself can be neither renamed, moved nor deleted").says("Nothing was changed.");
        }
        ada.post(&format!("/resources/{ROOT}/delete"), &[("seen", &seen)]).await.is(403).says("neither renamed, moved nor deleted");
        let overlay = ada.get(&format!("/resources/{ROOT}/delete")).await.is(200).says("acme cannot be deleted");
        assert!(!overlay.body.contains(&format!("action=\"/resources/{ROOT}/delete\"")));
        assert_eq!(portal.dump().await, before);
    }

    async fn a_change_is_recorded_with_how_it_was_and_how_it_became(portal: Portal) {
        let mut ada = portal.ada().await;
        has_accounts(&mut ada).await;
        let query = "SELECT target_id || ' ' || target AS line FROM audit_events WHERE action = 'resource.updated'";
        ada.changes("organization=acme:account=a", ROOT, "account", "a").await.redirects_to("/resources/organization=acme:account=a");
        ada.get("/resources").await.says("a is as it was: nothing was different.");
        assert_eq!(portal.lines(query).await, Vec::<String>::new(), "nothing was different");
        ada.changes("organization=acme:account=a", "organization=acme:account=ab", "namespace", "b").await.is(303);
        assert_eq!(portal.lines(query).await, ["organization=acme:account=a organization=acme:account=a"]);
        let object = |text: &str| serde_json::from_str::<Value>(text).expect("an object");
        let before = portal.lines("SELECT before AS line FROM audit_events WHERE action = 'resource.updated'").await;
        assert_eq!(object(&before[0]), json!({ "path": "organization=acme:account=a", "kind": "account", "name": "a" }));
        let after = portal.lines("SELECT after AS line FROM audit_events WHERE action = 'resource.updated'").await;
        assert_eq!(object(&after[0]), json!({ "path": "organization=acme:account=ab:namespace=b", "kind": "namespace", "name": "b" }));
    }

    async fn the_page_says_what_another_identifier_means(portal: Portal) {
        let mut ada = portal.ada().await;
        let main = ada.makes(ROOT, "account", "main").await;
        let page = ada.get(&at(&main)).await.is(200).says("Settings of gateways that name the old one stop matching.");
        page.says("it is reached by whoever holds a role above that place");
    }
}
