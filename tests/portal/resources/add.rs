//! Adding a resource.

use futures_util::future::join_all;

use crate::support::on_both;

use super::{ROOT, at, has_one_problem};

on_both! {
    async fn a_resource_is_added_beneath_another_one(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/resources").await.is(200).says("No resources yet");
        assert!(page.attributes("href").contains(&format!("/resources/new?parent={ROOT}")));
        let form = ada.get(&format!("/resources/new?parent={ROOT}")).await.is(200).says("Add a resource");
        assert_eq!((form.field("parent"), form.field("kind"), form.field("name")), (ROOT.into(), String::new(), String::new()));
        for kind in ["organization", "account", "namespace", "application", "scope"] {
            assert!(form.attributes("value").contains(&kind.into()), "{kind} is offered");
        }
        let main = ada.makes(ROOT, "account", "main").await;
        let page = ada.get(&at(&main)).await.is(200).says("main is added.").says("Identifier organization=acme:account=main");
        page.says("Kind account").says("Beneath it Nothing").says("Created 23 Nov 2026");
        // White space around a word is no part of it, and any word will do.
        let odd = ada.adds(&format!(" {main} "), " my_own-kind2 ", " A.b_c-9 ").await;
        let odd = odd.redirects_to(&at(&format!("{main}:my_own-kind2=A.b_c-9")));
        ada.follow(odd).await.is(200);
        assert_eq!(portal.paths().await, [ROOT.to_owned(), main.clone(), format!("{main}:my_own-kind2=A.b_c-9")]);
        ada.get("/resources").await.says("Beneath it 2 resources").says_nothing_of("No resources yet");
    }

    async fn what_is_wrong_is_said_and_what_was_typed_is_kept(portal: Portal) {
        let mut ada = portal.ada().await;
        let (long_kind, long_name) = ("k".repeat(33), "n".repeat(65));
        for (kind, words) in [
            ("", "Kind is empty. Enter a word such as application or account."),
            ("  ", "Kind is empty."),
            ("Application", "Kind “Application” has the character “A”. Use only small letters from a to z, digits, hyphens and underscores."),
            ("my kind", "Kind “my kind” has a space. Use only small letters"),
            ("a=b", "Kind “a=b” has the character “=”."),
            ("a:b", "Kind “a:b” has the character “:”."),
            ("küche", "Kind “küche” has the character “ü”."),
            ("1st", "Kind “1st” begins with “1”. Begin with a small letter from a to z."),
            ("-a", "Kind “-a” begins with “-”."),
            (&long_kind, "Kind has 33 characters. It can have at most 32."),
        ] {
            let page = ada.adds(ROOT, kind, "invoices").await.is(422);
            has_one_problem(&page, "kind", words);
            assert_eq!((page.field("parent"), page.field("kind"), page.field("name")), (ROOT.into(), kind.into(), "invoices".into()));
        }
        for (name, words) in [
            ("", "Name is empty. Enter 1 to 64 letters, digits, dots, hyphens or underscores."),
            ("my app", "Name “my app” has a space. Use only letters from A to Z, digits, dots, hyphens and underscores."),
            ("a=b", "Name “a=b” has the character “=”."),
            ("a:b", "Name “a:b” has the character “:”."),
            ("a/b", "Name “a/b” has the character “/”."),
            ("<b>", "Name “<b>” has the character “<”."),
            ("a\u{202e}b", "has the character “\\u{202e}”."),
            (&long_name, "Name has 65 characters. It can have at most 64."),
        ] {
            let page = ada.adds(ROOT, "application", name).await.is(422);
            has_one_problem(&page, "name", words);
            assert_eq!((page.field("parent"), page.field("kind"), page.field("name")), (ROOT.into(), "application".into(), name.into()));
        }
        for (parent, words) in [
            ("", "“Belongs to” is empty. Enter the identifier of the resource above it."),
            ("acme", "“acme” is no resource. Enter the identifier of one, as its page shows it."),
            ("organization=acme:account=none", "“organization=acme:account=none” is no resource."),
            ("organization=globex", "“organization=globex” is no resource."),
            ("organization=acm", "“organization=acm” is no resource."),
        ] {
            let page = ada.adds(parent, "application", "invoices").await.is(422);
            has_one_problem(&page, "parent", words);
            assert_eq!((page.field("parent"), page.field("kind"), page.field("name")), (parent.into(), "application".into(), "invoices".into()));
        }
        ada.adds("", "", "").await.is(422).says("There are 3 problems");
        assert_eq!(portal.paths().await, [ROOT]);
    }

    async fn two_of_one_kind_and_name_cannot_stand_beneath_one(portal: Portal) {
        let mut ada = portal.ada().await;
        let main = ada.makes(ROOT, "account", "main").await;
        ada.makes(&main, "application", "invoices").await;
        let page = ada.adds(&main, "application", "invoices").await.is(409);
        let words = format!("application=invoices is there already, beneath {main}. Choose another name or another kind.");
        has_one_problem(&page, "name", &words);
        assert_eq!((page.field("parent"), page.field("kind"), page.field("name")), (main.clone(), "application".into(), "invoices".into()));
        // Of another kind, in other letters, beneath another one: all of these are others.
        ada.makes(&main, "scope", "invoices").await;
        ada.makes(&main, "application", "Invoices").await;
        ada.makes(ROOT, "application", "invoices").await;
    }

    async fn a_tree_is_ten_levels_deep(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut path = ROOT.to_owned();
        for _ in 2..=10 {
            path = ada.makes(&path, &"k".repeat(32), &"n".repeat(64)).await;
        }
        let page = ada.get(&at(&path)).await.is(200);
        assert!(page.body.contains(&format!("<code translate=\"no\" id=\"identifier\">{path}</code>")));
        let page = ada.adds(&path, "scope", "x").await.is(422);
        has_one_problem(&page, "parent", "There it would reach 11 levels deep. It can reach at most 10, the organization included: choose a place further up.");
        assert_eq!(portal.paths().await.len(), 10);
    }

    async fn an_organization_has_at_most_ten_thousand_resources(portal: Portal) {
        let mut ada = portal.ada().await;
        has_many(&portal, 9_998).await;
        ada.makes(ROOT, "scope", "last").await;
        let page = ada.adds(ROOT, "scope", "beyond").await.is(409);
        has_one_problem(&page, "name", "The organization has 10,000 resources, and there can be no more. Delete one that is not needed first.");
        ada.removes("organization=acme:scope=last").await.redirects_to(&at(ROOT));
        ada.makes(ROOT, "scope", "beyond").await;
        assert_eq!(portal.number("SELECT COUNT(*) FROM resources").await, 10_000);
    }

    async fn fifty_who_add_the_same_at_once_add_one(portal: Portal) {
        let ada = portal.ada().await;
        let pages = join_all((0..50).map(|_| {
            let mut ada = ada.clone();
            async move { ada.adds(ROOT, "application", "invoices").await }
        }))
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = pages.iter().partition(|page| page.status == 303);
        assert_eq!(won.len(), 1);
        for page in lost {
            assert_eq!(page.status, 409, "{}", page.text());
            has_one_problem(page, "name", "application=invoices is there already");
        }
        assert_eq!(portal.paths().await, [ROOT, "organization=acme:application=invoices"]);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'resource.created'").await, 1);
    }

    async fn adding_is_recorded(portal: Portal) {
        let mut ada = portal.ada().await;
        let path = ada.makes(ROOT, "application", "invoices").await;
        let query = "SELECT actor || ' ' || action || ' ' || target_id || ' ' || target AS line FROM audit_events WHERE target_kind = 'resource'";
        assert_eq!(portal.lines(query).await, [format!("ada@acme.example resource.created {path} {path}")]);
        let after = portal.lines("SELECT after AS line FROM audit_events WHERE target_kind = 'resource'").await;
        let after: serde_json::Value = serde_json::from_str(&after[0]).expect("an object");
        assert_eq!(after, serde_json::json!({ "path": path, "kind": "application", "name": "invoices" }));
        ada.get("/audit").await.is(200).says("Added the resource").says(&path);
    }
}

/// So many nodes beneath the root, made at once.
pub async fn has_many(portal: &crate::support::Portal, number: usize) {
    portal
        .sql(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {number}) \
             INSERT INTO resources (tenant_id, parent_id, kind, name, path, created_at, version) \
             SELECT r.tenant_id, r.id, 'scope', 'n' || (10000 + n), r.path || ':scope=n' || (10000 + n), 0, 1 \
             FROM resources r CROSS JOIN numbers WHERE r.path = '{ROOT}'"
        ))
        .await;
}
