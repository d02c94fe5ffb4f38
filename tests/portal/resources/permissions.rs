//! Who sees the tree, and who shapes which part of it.

use keystead::access::{ResourcePath, TenantScope, Who};
use keystead::resources::{self, Mark, ResourceError, Segment, Wanted};

use crate::support::on_both;

use super::{ROOT, at};

const A: &str = "organization=acme:account=a";
const AB: &str = "organization=acme:account=ab";
const INVOICES: &str = "organization=acme:account=a:application=invoices";

on_both! {
    async fn the_tree_is_for_those_who_manage_resources(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let seen = ada.get(&at(A)).await.field("seen");
        for (role, may) in [("admin", true), ("ops", true), ("developer", false), ("auditor", false), ("manage-users", false), ("member", false)] {
            let mut somebody = portal.somebody("acme", &format!("{role}@acme.example"), &[role]).await;
            let status = if may { 200 } else { 403 };
            let page = somebody.get("/resources").await.is(status);
            assert_eq!(page.attributes("href").contains(&"/resources".into()), may, "{role}");
            for path in ["/resources/new".into(), at(A), format!("{}/delete", at(A))] {
                somebody.get(&path).await.is(status);
            }
            if !may {
                let before = portal.dump().await;
                somebody.adds(ROOT, "account", "c").await.is(403).says("You need a role that can manage resources");
                somebody.saves(A, &seen, ROOT, "account", "c").await.is(403);
                somebody.post(&format!("{}/delete", at(A)), &[("seen", &seen)]).await.is(403);
                assert_eq!(portal.dump().await, before, "{role}");
            }
        }
    }

    async fn whoever_manages_a_part_sees_the_whole_tree_and_shapes_that_part(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        ada.makes(ROOT, "account", "ab").await;
        ada.makes(A, "application", "invoices").await;
        let other = ada.makes(AB, "application", "orders").await;
        let (seen_ab, seen_orders) = (ada.get(&at(AB)).await.field("seen"), ada.get(&at(&other)).await.field("seen"));
        let seen_a = ada.get(&at(A)).await.field("seen");
        let mut sub = portal.holder_of("sub@acme.example", "ops", A).await;

        let page = sub.get("/resources").await.is(200).says("account").says("You cannot change anything here");
        assert!(page.attributes("href").contains(&at(AB)) && page.attributes("href").contains(&at(A)));
        for elsewhere in ["/resources".to_owned(), at(AB), at(&other)] {
            let page = sub.get(&elsewhere).await.is(200).says("you manage resources only on organization=acme:account=a.");
            assert!(page.try_field("seen").is_none() && !page.attributes("href").iter().any(|href| href.contains("/new") || href.ends_with("/delete")), "{elsewhere}");
        }
        let before = portal.dump().await;
        for (page, place) in [
            (sub.adds(ROOT, "account", "c").await, ROOT),
            (sub.adds(AB, "application", "c").await, AB),
            (sub.adds(&other, "scope", "c").await, other.as_str()),
            (sub.saves(AB, &seen_ab, A, "account", "ab").await, AB),
            (sub.saves(AB, &seen_ab, ROOT, "account", "c").await, AB),
            (sub.saves(&other, &seen_orders, A, "application", "orders").await, other.as_str()),
            (sub.post(&format!("{}/delete", at(AB)), &[("seen", &seen_ab)]).await, AB),
            (sub.post(&format!("{}/delete", at(&other)), &[("seen", &seen_orders)]).await, other.as_str()),
            // What another node is called, or holds, is for whoever manages that one: also for a part's own highest node.
            (sub.saves(A, &seen_a, ROOT, "account", "c").await, ROOT),
            (sub.get(&format!("{}/delete", at(AB))).await, AB),
            (sub.get(&format!("/resources/new?parent={AB}")).await, AB),
        ] {
            let page = page.is(403).says("You need a role that can manage resources").says("Nothing was changed.");
            assert!(place == ROOT || page.text().contains(&format!("on {place}")), "{place}: {}", page.text());
        }
        let seen = sub.get(&at(INVOICES)).await.is(200).field("seen");
        for parent in [ROOT, AB] {
            sub.saves(INVOICES, &seen, parent, "application", "invoices").await.is(403);
        }
        assert_eq!(portal.dump().await, before);

        // In the own part everything works.
        sub.get(&at(A)).await.is(200).says("You can neither rename nor move it").says_nothing_of("You cannot change anything");
        let form = sub.get("/resources/new").await.is(200);
        assert_eq!(form.field("parent"), A);
        assert!(!form.attributes("value").contains(&AB.into()), "only what may be chosen is offered");
        let inner = sub.makes(A, "namespace", "inner").await;
        sub.changes(INVOICES, &inner, "application", "bills").await.redirects_to(&at(&format!("{inner}:application=bills")));
        sub.removes(&inner).await.redirects_to(&at(A));
        assert_eq!(portal.paths().await, [ROOT, A, AB, &other]);
        // Also the node on which the role is held; then there is nothing left to see.
        sub.removes(A).await.redirects_to(&at(ROOT));
        sub.get("/resources").await.is(403);
    }

    async fn another_organizations_resource_is_answered_like_one_that_never_was(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        let hers = gwen.makes("organization=globex", "account", "turbine").await;
        let seen = gwen.get(&at(&hers)).await.field("seen");
        let before = portal.dump().await;
        let never = "organization=globex:account=nothing";
        let fields = [("seen", seen.as_str()), ("parent", ROOT), ("kind", "account"), ("name", "x")];
        for page in ["", "/delete"] {
            let asked = (ada.get(&(at(&hers) + page)).await, ada.get(&(at(never) + page)).await);
            assert_eq!(asked.0.bare(), asked.1.bare(), "GET {page}");
            assert_eq!(asked.0.status, 404);
            asked.0.says_nothing_of("turbine");
            let sent = (ada.post(&(at(&hers) + page), &fields).await, ada.post(&(at(never) + page), &fields).await);
            assert_eq!(sent.0.bare(), sent.1.bare(), "POST {page}");
            assert_eq!(sent.0.status, 404);
        }
        for path in ["organization=globex", &hers] {
            ada.get(&format!("/resources/new?parent={path}")).await.is(404);
            ada.adds(path, "account", "x").await.is(422);
        }
        ada.get("/resources?q=turbine").await.is(200).says("No identifier has “turbine” in it.");
        for nothing in ["acme", "organization", "organization=acme:", "%00", "organization=acme%00", "organization=acme%2Fx", "organization%3Dglobex"] {
            ada.get(&format!("/resources/{nothing}")).await.is(404);
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn the_verbs_check_by_themselves_what_their_pages_check_before(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let seen: Mark = ada.get(&at(A)).await.field("seen").parse().expect("a mark");
        let mut act = portal.act();
        act.actor.who = Who::User(portal.number("SELECT id FROM users").await);
        act.actor.tenant = TenantScope::from_row(portal.number("SELECT id FROM tenants").await);
        act.actor.root = ResourcePath::root("acme");
        let before = portal.dump().await;
        let wanted = Wanted { parent: ROOT.parse().expect("a path"), segment: Segment::parse("account", "c").expect("a segment") };
        let (by_nobody, new) = (act.clone(), wanted.clone());
        let added = portal.inner.db.write(move |tx| resources::add(tx, &by_nobody, &new)).await;
        assert!(matches!(added, Err(ResourceError::Refused(_))), "{added:?}");
        let (by_nobody, path) = (act.clone(), A.parse::<ResourcePath>().expect("a path"));
        let changed = portal.inner.db.write(move |tx| resources::change(tx, &by_nobody, &path, seen, &wanted)).await;
        assert!(matches!(changed, Err(ResourceError::Refused(_))), "{changed:?}");
        let path = A.parse::<ResourcePath>().expect("a path");
        let deleted = portal.inner.db.write(move |tx| resources::delete(tx, &act, &path, seen)).await;
        assert!(matches!(deleted, Err(ResourceError::Refused(_))), "{deleted:?}");
        assert_eq!(portal.dump().await, before);
    }

    async fn a_role_that_is_taken_away_while_a_form_is_open_counts_no_more(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let mut olga = portal.holder_of("olga@acme.example", "ops", ROOT).await;
        let seen = olga.get(&at(A)).await.is(200).field("seen");
        portal.takes_all_roles_from("olga@acme.example").await;
        let before = portal.dump().await;
        olga.adds(ROOT, "account", "c").await.is(403);
        olga.saves(A, &seen, ROOT, "account", "c").await.is(403);
        olga.post(&format!("{}/delete", at(A)), &[("seen", &seen)]).await.is(403);
        assert_eq!(portal.dump().await, before);
    }

    async fn names_of_holders_are_for_those_who_may_open_their_pages(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let key = ada.makes_key("billing-sync").await;
        portal.gives(&key, "ci", A).await;
        portal.holder_of("bea@acme.example", "developer", A).await;
        let bea = portal.lines("SELECT public_id AS line FROM users WHERE email = 'bea@acme.example'").await.remove(0);
        let page = ada.get(&at(A)).await.is(200).says("1 user bea@acme.example Developer, here").says("1 API key CI, here");
        let page = page.says("1 user ada@acme.example Admin, from acme");
        assert!(page.attributes("href").contains(&format!("/users/{bea}")));
        portal.has_portal_role("shaper", &["resources:manage"]).await;
        let mut sam = portal.holder_of("sam@acme.example", "shaper", ROOT).await;
        let page = sam.get(&at(A)).await.is(200).says("1 user Developer, here").says_nothing_of("1 API key CI, here");
        let page = page.says("API keys that hold a role where you do not see keys are not counted.");
        let page = page.says("1 user Admin, from acme").says_nothing_of("bea@acme.example").says_nothing_of("ada@acme.example");
        assert!(!page.attributes("href").iter().any(|href| href.starts_with("/users/")));
        let page = sam.get(&format!("{}/delete", at(A))).await.is(200).says("Who loses one 1 user").says("What loses one 1 API key");
        page.says_nothing_of("bea@acme.example").says_nothing_of("billing-sync");
    }
}
