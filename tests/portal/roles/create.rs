//! Making a role: what is wrong is said, what is typed stays, and nothing is made twice.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Page, on_both};

use super::{Filled, application, event, has_one_problem, stored, ticked};

const OWN: &str = "SELECT COUNT(*) FROM roles WHERE built_in IS NULL";

on_both! {
    async fn a_role_is_made_with_what_was_ticked_and_typed(portal: Portal) {
        let mut ada = portal.ada().await;
        let page = ada.get("/roles/new").await.is(200).says("Add a role");
        assert_eq!((ticked(&page), application(&page)), (vec![], String::new()));
        let form = Filled::named("  Invoice clerk ").with("description", "Sends invoices.").ticking(&["users:read", "api_keys:read"]);
        let form = form.with("application", "invoices:write, invoices:read\r\ninvoices:read\torders:*").with("assignable", "on");
        form.adds(&mut ada).await.redirects_to("/roles");
        let page = ada.get("/roles").await.says("Invoice clerk is created.");
        assert_eq!(page.attributes("data-role").last().map(String::as_str), Some("invoice-clerk"));
        let permissions = ["application invoices:read", "application invoices:write", "application orders:*", "portal api_keys:read", "portal users:read"];
        assert_eq!(stored(&portal, "invoice-clerk").await, permissions);
        let page = ada.get("/roles/invoice-clerk").await.is(200);
        assert_eq!((page.field("name"), page.field("description")), ("Invoice clerk".into(), "Sends invoices.".into()));
        assert_eq!(ticked(&page), ["api_keys:read", "users:read"]);
        assert_eq!(application(&page), "invoices:read\ninvoices:write\norders:*");
        assert!(page.body.contains("name=\"assignable\" checked"));
        let after = json!({
            "name": "Invoice clerk", "description": "Sends invoices.", "assignable": true,
            "permissions": ["api_keys:read", "users:read", "invoices:read", "invoices:write", "orders:*"],
        });
        assert_eq!(event(&portal, "role.created").await, (Value::Null, after));
        let targets = portal.lines("SELECT target_kind || ' ' || target_id || ' ' || target AS line FROM audit_events WHERE action = 'role.created'").await;
        assert_eq!(targets, ["role invoice-clerk Invoice clerk"]);
    }

    async fn a_slug_may_be_chosen_and_is_proposed_otherwise(portal: Portal) {
        let mut ada = portal.ada().await;
        for (name, typed, slug) in [("Invoice clerk", "clerk-2", "clerk-2"), ("42 Müller & Söhne", " ", "muller-sohne"), ("Clerk", " ab ", "ab")] {
            Filled::named(name).with("slug", typed).adds(&mut ada).await.redirects_to("/roles");
            ada.get(&format!("/roles/{slug}")).await.is(200).says(name);
        }
    }

    async fn what_is_wrong_with_name_slug_and_description_is_said(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/roles/new").await.is(200);
        let right = || Filled::named("Clerk").with("application", "invoices:read").ticking(&["audit:read"]);
        let long = ["n".repeat(61), "s".repeat(64), "d".repeat(201)];
        let cases = [
            ("name", "", "Name is empty. Enter 1 to 60 characters, such as Invoice clerk."),
            ("name", &long[0], "Name has 61 characters. It can have at most 60."),
            ("name", "a\u{202e}b", "Name has a control character"),
            ("slug", "a", "Slug “a” does not fit. Use 2 to 63 lowercase letters, digits and hyphens, and begin with a letter."),
            ("slug", "Clerk", "Slug “Clerk” does not fit."),
            ("slug", "1clerk", "Slug “1clerk” does not fit."),
            ("slug", "cl_erk", "Slug “cl_erk” does not fit."),
            ("slug", &long[1], "does not fit."),
            ("slug", "new", "Slug “new” is the address of a page of Keystead itself. Choose another one."),
            ("slug", "admin", "Slug “admin” belongs to a built-in role. Choose another one."),
            ("slug", "manage-api-credentials", "Slug “manage-api-credentials” belongs to a built-in role."),
            ("description", &long[2], "Description has 201 characters. It can have at most 200."),
            ("description", "a\nb", "Description has a control character"),
        ];
        for (field, value, words) in cases {
            let page = right().with(field, value).adds(&mut ada).await.is(422);
            has_one_problem(&page, field, words);
            assert_eq!((ticked(&page), application(&page)), (vec!["audit:read".to_owned()], "invoices:read".into()), "{words}");
            assert_eq!(page.field(field), value);
        }
        // A name that nothing can be proposed from, and one whose proposal is taken: what was proposed is there to be changed.
        let page = Filled::named("株式会社").adds(&mut ada).await.is(422);
        has_one_problem(&page, "slug", "Slug is empty, and none could be made from the name. Enter a short one, such as clerk.");
        let page = Filled::named("Admin").adds(&mut ada).await.is(422);
        has_one_problem(&page, "slug", "Slug “admin” belongs to a built-in role.");
        assert_eq!(page.field("slug"), "admin");
        assert_eq!(portal.number(OWN).await, 0);
    }

    async fn each_bad_application_permission_is_named_with_its_reason_and_stays_typed(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/roles/new").await.is(200);
        let (malformed, portals, every) = ("is not noun:verb.", "has a noun that belongs to the portal.", "has * as its noun, which would be everything.");
        for (word, why) in [
            ("invoices", malformed), ("invoices:", malformed), (":read", malformed), ("Invoices:read", malformed), ("a:b:c", malformed),
            ("in*:read", malformed), ("users:*", portals), ("api_keys:read", portals), ("tokens:mint", portals), ("webhooks:*", portals),
            ("*:*", every), ("*:read", every),
        ] {
            let typed = format!("invoices:read, {word}");
            let page = Filled::named("Clerk").with("application", &typed).adds(&mut ada).await.is(422);
            has_one_problem(&page, "application", &format!("“{word}” {why}"));
            assert_eq!(application(&page), typed);
        }
        let page = Filled::named("").with("application", "users:* *:* nonsense").adds(&mut ada).await.is(422);
        page.says("There are 4 problems").says("“users:*”").says("“*:*”").says("“nonsense”").says("Name is empty.");
        let page = Filled::named("Clerk").with("application", "<script>alert(1)</script>").adds(&mut ada).await.is(422);
        assert!(!page.body.contains("<script>alert"));
        assert_eq!(portal.number(OWN).await, 0);
    }

    async fn two_hundred_application_permissions_fit_however_long_they_are(portal: Portal) {
        let mut ada = portal.ada().await;
        let words = |count: usize| (0..count).map(|number| format!("{}:{number:064}", "n".repeat(64))).collect::<Vec<_>>().join("\r\n");
        let page = Filled::named("Clerk").with("application", &words(201)).adds(&mut ada).await.is(422);
        has_one_problem(&page, "application", "201 application permissions are given. A role can contain at most 200.");
        Filled::named("Clerk").with("application", &words(200)).adds(&mut ada).await.redirects_to("/roles");
        assert_eq!(stored(&portal, "clerk").await.len(), 200);
        let bad: Vec<String> = (0..30).map(|number| format!("bad{number}")).collect();
        let page = Filled::named("Bad").with("application", &bad.join(" ")).adds(&mut ada).await.is(422);
        page.says("10 more words are not application permissions either.");
    }

    async fn add_all_and_remove_all_keep_what_was_typed_and_make_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/roles/new").await.is(200);
        let form = Filled::named("Clerk").with("slug", "the-clerk").with("description", "Sends").with("application", "nonsense");
        let form = form.with("assignable", "on").ticking(&["audit:read"]);
        let page = form.clone().with("action", "all:api-keys").adds(&mut ada).await.is(200);
        assert_eq!(ticked(&page), ["api_keys:read", "api_keys:manage", "tokens:introspect", "audit:read"]);
        keeps(&page);
        let page = form.clone().ticking(&["settings:manage", "users:read"]).with("action", "none:oversight").adds(&mut ada).await.is(200);
        assert_eq!(ticked(&page), ["users:read"]);
        keeps(&page);
        for button in ["all:", "all:nothing", "some:oversight", "all", ""] {
            form.clone().with("action", button).adds(&mut ada).await.is(400).says("This form is incomplete.");
        }
        assert_eq!(portal.number(OWN).await, 0);
    }

    async fn enter_saves_and_presses_no_other_button(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("clerk", &[]).await;
        for path in ["/roles/new", "/roles/clerk"] {
            let body = ada.get(path).await.is(200).body;
            let form = body.split_once(&format!("action=\"{path}\"")).expect("the form").1;
            let first = form.split("<button").nth(1).expect("a button").split('>').next().expect("the tag ends");
            assert!(!first.contains("name=") && first.contains("type=\"submit\""), "{first}");
        }
    }

    async fn a_role_that_user_managers_may_give_raises_nobody(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/roles/new").await.is(200);
        for permission in ["users:manage", "roles:manage", "settings:manage"] {
            let form = Filled::named("Clerk").ticking(&["users:read", permission]).with("assignable", "on");
            let page = form.adds(&mut ada).await.is(422);
            has_one_problem(&page, "assignable", &format!("A role with {permission} cannot be assigned by user managers"));
            assert!(page.body.contains("name=\"assignable\" checked"));
        }
        assert_eq!(portal.number(OWN).await, 0);
    }

    async fn a_slug_belongs_to_one_role_of_an_organization(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        for somebody in [&mut ada, &mut gwen] {
            Filled::named("Clerk").adds(somebody).await.redirects_to("/roles");
        }
        let before = portal.number("SELECT COUNT(*) FROM audit_events").await;
        let page = Filled::named("Clerk").ticking(&["audit:read"]).adds(&mut ada).await.is(409);
        has_one_problem(&page, "slug", "Slug “clerk” belongs to another role. Choose another one.");
        assert_eq!((page.field("slug"), ticked(&page)), ("clerk".into(), vec!["audit:read".to_owned()]));
        assert_eq!(portal.number(OWN).await, 2);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events").await, before);
    }

    async fn fifty_who_want_one_slug_at_once_get_one_role(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/roles/new").await.is(200);
        let pages = join_all((0..50).map(|number| {
            let mut ada = ada.clone();
            async move { Filled::named("Clerk").with("application", &format!("invoices:v{number}")).adds(&mut ada).await }
        }))
        .await;
        assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1);
        for page in pages.iter().filter(|page| page.status != 303) {
            assert_eq!(page.status, 409, "{}", page.text());
            has_one_problem(page, "slug", "Slug “clerk” belongs to another role.");
        }
        assert_eq!((portal.number(OWN).await, stored(&portal, "clerk").await.len()), (1, 1));
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'role.created'").await, 1);
    }

    async fn two_hundred_own_roles_are_the_most(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199) \
             INSERT INTO roles (tenant_id, slug, name, description, assignable_by_user_managers, created_at, version) \
             SELECT t.id, 'role-' || i, 'Role', '', FALSE, 0, 1 FROM n CROSS JOIN tenants t",
        ).await;
        Filled::named("The last").adds(&mut ada).await.redirects_to("/roles");
        let page = Filled::named("One more").ticking(&["audit:read"]).adds(&mut ada).await.is(409);
        let page = page.says("There is 1 problem").says("This organization has 200 roles of its own, which is the most there can be. Delete one that nobody needs");
        assert_eq!((page.field("name"), ticked(&page)), ("One more".into(), vec!["audit:read".to_owned()]));
        assert_eq!(portal.number(OWN).await, 200);
        ada.post("/roles/role-1/delete", &[]).await.redirects_to("/roles");
        Filled::named("One more").adds(&mut ada).await.redirects_to("/roles");
    }
}

/// Everything else on the form.
#[track_caller]
fn keeps(page: &Page) {
    let fields = ["name", "slug", "description"].map(|name| page.field(name));
    assert_eq!(fields, ["Clerk", "the-clerk", "Sends"]);
    assert_eq!(application(page), "nonsense");
    assert!(page.body.contains("name=\"assignable\" checked"));
}
