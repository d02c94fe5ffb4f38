//! Changing a role: at once for everybody who holds it, and for nobody by accident.

use serde_json::json;

use crate::support::on_both;

use super::{Filled, application, event, gives, has_one_problem, stored, ticked};

const CHANGES: &str = "SELECT COUNT(*) FROM audit_events WHERE action = 'role.updated'";

on_both! {
    async fn a_role_becomes_what_was_saved(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read", "invoices:write", "api_keys:read"]).await;
        let page = ada.get("/roles/clerk").await.is(200).says("Cannot be changed: tokens and the gateway carry it");
        assert!(page.body.contains("value=\"clerk\" readonly") && page.try_field("slug").is_none());
        let form = Filled::named("Invoice clerk").with("description", "Sends").ticking(&["audit:read"]);
        let form = form.with("application", "invoices:read orders:*").with("assignable", "on").with("slug", "another");
        form.changes("clerk", &mut ada).await.redirects_to("/roles");
        ada.get("/roles").await.says("Invoice clerk is updated.");
        assert_eq!(stored(&portal, "clerk").await, ["application invoices:read", "application orders:*", "portal audit:read"]);
        assert_eq!(portal.number("SELECT COUNT(*) FROM roles WHERE slug = 'another'").await, 0);
        assert_eq!(portal.number("SELECT version FROM roles WHERE slug = 'clerk'").await, 2);
        let before = json!({
            "name": "The clerk", "description": "", "assignable": false,
            "permissions": ["api_keys:read", "invoices:read", "invoices:write"],
        });
        let after = json!({
            "name": "Invoice clerk", "description": "Sends", "assignable": true,
            "permissions": ["audit:read", "invoices:read", "orders:*"],
        });
        assert_eq!(event(&portal, "role.updated").await, (before, after));
        ada.get("/audit").await.says("Changed the role").says("Invoice clerk");
    }

    async fn saving_what_is_there_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read", "audit:read"]).await;
        let form = Filled::named("The clerk").ticking(&["audit:read"]).with("application", "invoices:read");
        form.changes("clerk", &mut ada).await.redirects_to("/roles");
        ada.get("/roles").await.says("The clerk is unchanged.");
        assert_eq!(portal.number("SELECT version FROM roles WHERE slug = 'clerk'").await, 1);
        assert_eq!(portal.number(CHANGES).await, 0);
    }

    async fn what_is_wrong_is_said_and_what_was_typed_stays(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read"]).await;
        for word in ["users:*", "*:*", "api_keys:read"] {
            let form = Filled::named("Renamed").ticking(&["audit:read"]).with("application", word);
            let page = form.changes("clerk", &mut ada).await.is(422).says("The clerk");
            has_one_problem(&page, "application", &format!("“{word}” has "));
            assert_eq!((page.field("name"), application(&page), ticked(&page)), ("Renamed".into(), word.into(), vec!["audit:read".to_owned()]));
            assert_eq!(page.field("version"), "1");
        }
        let form = Filled::named("Clerk").ticking(&["users:manage"]).with("assignable", "on");
        has_one_problem(&form.changes("clerk", &mut ada).await.is(422), "assignable", "A role with users:manage cannot be assigned by user managers");
        let page = Filled::named("Renamed").with("action", "all:resources").changes("clerk", &mut ada).await.is(200);
        assert_eq!((page.field("name"), ticked(&page), page.field("version")), ("Renamed".into(), vec!["resources:manage".to_owned()], "1".into()));
        for version in ["", "one", "1e3"] {
            Filled::named("Clerk").with("version", version).to("/roles/clerk", &mut ada).await.is(400).says("This form is incomplete.");
        }
        assert_eq!(stored(&portal, "clerk").await, ["application invoices:read"]);
        assert_eq!(portal.number(CHANGES).await, 0);
    }

    async fn a_built_in_role_is_shown_and_refuses_every_change(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/roles/ops").await.is(200).says("This role is built in").says("Manage API keys").says("api_keys:manage");
        let page = page.says("Read the audit log").says_nothing_of("users:manage").says_nothing_of("/roles/ops/delete");
        assert!(page.try_field("name").is_none() && page.attributes("href").contains(&"/roles/new?copy=ops".into()));
        ada.get("/roles/member").await.is(200).says("No users and no API keys hold this role.").says("Assigned by User managers");
        let before = portal.dump().await;
        for slug in ["admin", "ops", "member"] {
            let (path, name) = (format!("/roles/{slug}"), "is built in, and nobody can change that. Copy it, and change the copy.");
            for form in [Filled::named("Mine").with("version", "1"), Filled::default(), Filled::named("Mine").with("version", "1").with("action", "all:oversight")] {
                form.to(&path, &mut ada).await.is(403).says("You may not do this").says(name);
            }
            ada.post(&format!("{path}/delete"), &[]).await.is(403).says(name);
            ada.get(&format!("{path}/delete")).await.redirects_to(&path);
            ada.get(&path).await.says("is built in, so it cannot be deleted.");
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn a_form_from_before_somebodys_change_shows_both_and_saves_on_the_second_try(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read"]).await;
        let version = ada.get("/roles/clerk").await.is(200).field("version");
        let theirs = Filled::named("Their clerk").with("description", "Theirs").ticking(&["audit:read"]).with("application", "orders:write");
        theirs.changes("clerk", &mut ada.clone()).await.redirects_to("/roles");
        let mine = Filled::named("My clerk").ticking(&["users:read"]).with("application", "parcels:read");
        let page = mine.clone().with("version", &version).to("/roles/clerk", &mut ada).await.is(409);
        let page = page.says("Somebody changed this role while you had it open").says("Nothing of yours is saved yet.");
        let now = page.text().split_once("Name Their clerk").expect("how it is now").1.to_owned();
        assert!(now.starts_with(" Description Theirs Permissions audit:read, orders:write Assigned by Whoever can give everything in it"), "{now}");
        assert_eq!((page.field("name"), ticked(&page), application(&page)), ("My clerk".into(), vec!["users:read".to_owned()], "parcels:read".into()));
        assert_eq!(stored(&portal, "clerk").await, ["application orders:write", "portal audit:read"]);
        mine.with("version", &page.field("version")).to("/roles/clerk", &mut ada).await.redirects_to("/roles");
        assert_eq!(stored(&portal, "clerk").await, ["application parcels:read", "portal users:read"]);
        assert_eq!(portal.number(CHANGES).await, 2);
    }

    async fn a_change_counts_at_the_holders_next_request(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("watcher", &["audit:read"]).await;
        let mut wim = portal.somebody("acme", "wim@acme.example", &["watcher"]).await;
        wim.get("/audit").await.is(200);
        Filled::named("Watcher").ticking(&["api_keys:read"]).changes("watcher", &mut ada).await.redirects_to("/roles");
        wim.get("/audit").await.is(403);
        wim.get("/api-keys").await.is(200);
        Filled::named("Watcher").ticking(&["audit:read"]).changes("watcher", &mut ada).await.redirects_to("/roles");
        wim.get("/audit").await.is(200);
        wim.get("/api-keys").await.is(403);
    }

    async fn tokens_of_before_are_older_than_what_was_taken_out(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
        portal.has_role("sender", &["invoices:read", "invoices:write"]).await;
        portal.gives(&key, "sender", "organization=acme").await;
        portal.gives(&other, "ci", "organization=acme").await;
        let version = async |client_id: &str| portal.number(&format!("SELECT token_version FROM api_keys WHERE client_id = '{client_id}'")).await;
        Filled::named("Sender").with("application", "invoices:read invoices:write orders:read").changes("sender", &mut ada).await.redirects_to("/roles");
        assert_eq!(version("billing-sync").await, 1, "nothing was taken out");
        Filled::named("Sender").with("application", "invoices:read").changes("sender", &mut ada).await.redirects_to("/roles");
        assert_eq!((version("billing-sync").await, version("other").await), (2, 1));
    }

    async fn a_word_that_this_version_does_not_know_is_gone_with_the_next_change(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read", "api_keys:*", "Nonsense"]).await;
        Filled::named("Clerk").with("application", "invoices:read").changes("clerk", &mut ada).await.redirects_to("/roles");
        assert_eq!(stored(&portal, "clerk").await, ["application invoices:read"]);
    }

    async fn the_page_names_who_holds_the_role(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &["invoices:read"]).await;
        ada.get("/roles/clerk").await.says("No users and no API keys hold this role.");
        let key = ada.makes_key("billing-sync").await;
        portal.gives(&key, "clerk", "organization=acme").await;
        portal.somebody("acme", "wim@acme.example", &["clerk"]).await;
        gives(&portal, "ada@acme.example", "clerk", "organization=acme").await;
        let page = ada.get("/roles/clerk").await.is(200).says("2 users and 1 API key hold this role. A change applies at their next request, without a new sign-in.");
        let wim = portal.lines("SELECT public_id AS line FROM users WHERE email = 'wim@acme.example'").await.remove(0);
        let links = page.attributes("href");
        assert!(links.contains(&format!("/users/{wim}")) && links.contains(&key.path("")), "{links:?}");
        ada.get(&format!("/users/{wim}")).await.is(200).says("wim@acme.example");
        // Whoever may not open those pages gets no link to them.
        portal.has_role("shaper", &["roles:manage"]).await;
        let mut rob = portal.somebody("acme", "rob@acme.example", &["shaper"]).await;
        let page = rob.get("/roles/clerk").await.is(200).says("2 users and 1 API key hold this role.").says("wim@acme.example");
        page.says_nothing_of("/users/").says_nothing_of(&key.path("")).says_nothing_of("billing-sync");
    }

    async fn another_organizations_role_is_answered_like_one_that_never_was(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        Filled::named("Turbine").ticking(&["audit:read"]).adds(&mut gwen).await.redirects_to("/roles");
        gwen.get("/roles").await.is(200);
        ada.get("/roles").await.is(200);
        let before = portal.dump().await;
        let form = Filled::named("Mine").with("version", "1");
        for page in ["", "/delete"] {
            let (hers, never) = (format!("/roles/turbine{page}"), format!("/roles/never-was{page}"));
            assert_eq!(ada.get(&hers).await.is(404).bare(), ada.get(&never).await.bare(), "GET {page}");
            assert_eq!(form.to(&hers, &mut ada).await.is(404).bare(), form.to(&never, &mut ada).await.bare(), "POST {page}");
        }
        for strange in ["%00", "a%00b", "..%2f", "%C3%A9", &"x".repeat(5_000)] {
            ada.get(&format!("/roles/{strange}")).await.is(404);
        }
        assert_eq!(portal.dump().await, before);
    }
}
