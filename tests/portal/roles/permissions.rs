//! Who shapes roles: whoever manages roles, and no further than what they hold themselves.

use keystead::access::{Act, Permission, PermissionSet, ResourcePath, TenantScope, Who};
use keystead::roles::{self, Definition, RoleError, Slug, Typed};

use crate::support::{Portal, Visitor, on_both};

use super::{Filled, disabled, gives, stored, ticked};

/// Rob, who manages roles and sees users, and nothing else.
async fn rob(portal: &Portal) -> Visitor<'_> {
    portal.set_up_acme().await;
    portal.has_role("shaper", &["roles:manage", "users:read"]).await;
    portal.somebody("acme", "rob@acme.example", &["shaper"]).await
}

on_both! {
    async fn roles_are_for_those_who_manage_them(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_role("clerk", &[]).await;
        for role in ["ops", "developer", "ci", "auditor", "manage-api-credentials", "manage-users", "member"] {
            let mut somebody = portal.somebody("acme", &format!("{role}@acme.example"), &[role]).await;
            let before = portal.dump().await;
            for path in ["/roles", "/roles/new", "/roles/clerk", "/roles/admin", "/roles/clerk/delete"] {
                somebody.get(path).await.is(403).says("You need a role that can manage roles").says("Admin").says_nothing_of("href=\"/roles\"");
            }
            for path in ["/roles/new", "/roles/clerk", "/roles/clerk/delete"] {
                Filled::named("Mine").with("version", "1").to(path, &mut somebody).await.is(403);
            }
            assert_eq!(portal.dump().await, before, "{role}");
        }
        let mut rob = portal.somebody("acme", "adam@acme.example", &["admin"]).await;
        assert!(rob.get("/roles").await.is(200).attributes("href").contains(&"/roles".into()));
    }

    async fn beneath_the_root_nobody_manages_roles(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_resource("organization=acme:application=invoices").await;
        let mut bea = portal.somebody("acme", "bea@acme.example", &[]).await;
        gives(&portal, "bea@acme.example", "admin", "organization=acme:application=invoices").await;
        bea.get("/roles").await.is(403);
        Filled::named("Mine").adds(&mut bea).await.is(403);
    }

    async fn a_roles_manager_shapes_what_they_hold(portal: Portal) {
        let mut rob = rob(&portal).await;
        let page = rob.get("/roles/new").await.is(200).says("You do not hold this on the whole organization, so you cannot put it into a role.");
        assert_eq!(disabled(&page), ["api_keys:read", "api_keys:manage", "tokens:introspect", "users:manage", "resources:manage", "audit:read", "settings:manage"]);
        let page = Filled::named("Clerk").with("action", "all:users-and-roles").adds(&mut rob).await.is(200);
        assert_eq!(ticked(&page), ["users:read", "roles:manage"]);
        Filled::named("Clerk").ticking(&["users:read"]).with("application", "invoices:*").adds(&mut rob).await.redirects_to("/roles");
        Filled::named("Clerk").ticking(&["roles:manage"]).changes("clerk", &mut rob).await.redirects_to("/roles");
        rob.post("/roles/clerk/delete", &[]).await.redirects_to("/roles");
        assert_eq!(stored(&portal, "clerk").await, Vec::<String>::new());
    }

    async fn a_roles_manager_makes_no_role_that_contains_more(portal: Portal) {
        let mut rob = rob(&portal).await;
        rob.get("/roles/new").await.is(200);
        let before = portal.dump().await;
        for permission in Permission::ALL.iter().map(|permission| permission.as_str()) {
            if !["roles:manage", "users:read"].contains(&permission) {
                let page = Filled::named("Mine").ticking(&["users:read", permission]).adds(&mut rob).await.is(403);
                page.says(permission).says(&format!("The role “Mine” contains {permission}, which you do not hold on organization=acme."));
            }
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn a_roles_manager_touches_no_role_that_contains_more(portal: Portal) {
        let mut rob = rob(&portal).await;
        portal.has_role("watcher", &["users:read", "audit:read"]).await;
        portal.has_role("clerk", &["users:read"]).await;
        let list = rob.get("/roles").await.is(200);
        list.row("data-role=\"watcher\"").says("View");
        list.row("data-role=\"clerk\"").says("Edit");
        let page = rob.get("/roles/watcher").await.is(200).says("This role contains audit:read, which you do not hold on the whole organization.");
        assert!(page.try_field("version").is_none() && !page.attributes("href").contains(&"/roles/watcher/delete".into()));
        let before = portal.dump().await;
        let form = Filled::named("Watcher").with("version", "1");
        // As it is, with less, with nothing, under another name, with a mistake in it.
        for form in [form.clone().ticking(&["users:read", "audit:read"]), form.clone().ticking(&["users:read"]), form.clone(), form.clone().with("name", ""), form.with("application", "x:y")] {
            form.to("/roles/watcher", &mut rob).await.is(403).says("The role “The watcher” contains audit:read, which you do not hold on organization=acme.");
        }
        rob.get("/roles/watcher/delete").await.is(403);
        rob.post("/roles/watcher/delete", &[]).await.is(403).says("audit:read");
        Filled::named("Clerk").ticking(&["users:read", "audit:read"]).changes("clerk", &mut rob).await.is(403).says("audit:read");
        assert_eq!(portal.dump().await, before);
    }

    async fn what_a_role_gains_must_have_been_the_editors_to_give_wherever_it_is_held(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.has_role("shaper", &["roles:manage"]).await;
        portal.has_role("sender", &["invoices:read", "invoices:write"]).await;
        for path in ["organization=acme:namespace=billing", "organization=acme:namespace=sales"] {
            portal.has_resource(path).await;
        }
        let mut rob = portal.somebody("acme", "rob@acme.example", &["shaper"]).await;
        gives(&portal, "rob@acme.example", "manage-api-credentials", "organization=acme:namespace=billing").await;
        portal.gives(&key, "sender", "organization=acme:namespace=billing").await;
        let with_orders = Filled::named("Sender").with("application", "invoices:read invoices:write orders:read");
        with_orders.changes("sender", &mut rob).await.redirects_to("/roles");

        portal.gives(&key, "sender", "organization=acme:namespace=sales").await;
        let with_more = with_orders.clone().with("application", "invoices:read invoices:write orders:read orders:write");
        let form_open = rob.get("/roles/sender").await.is(200).field("version");
        let before = portal.dump().await;
        let page = with_more.clone().with("version", &form_open).to("/roles/sender", &mut rob).await.is(403);
        page.says("orders:write, which is given by whoever manages API keys on organization=acme:namespace=sales.");
        assert_eq!(portal.dump().await, before);
        // To take out is not to give, and Ada may give everything everywhere.
        with_orders.with("application", "invoices:read orders:read").changes("sender", &mut rob).await.redirects_to("/roles");
        with_more.changes("sender", &mut ada).await.redirects_to("/roles");

        // The same for a role that a person holds: it is no key, and gains as much.
        portal.has_role("clerk", &["invoices:read"]).await;
        portal.somebody("acme", "wim@acme.example", &["clerk"]).await;
        Filled::named("Clerk").with("application", "invoices:*").changes("clerk", &mut rob).await.is(403);
        Filled::named("Renamed").with("application", "invoices:read").changes("clerk", &mut rob).await.redirects_to("/roles");
    }

    async fn whoever_marks_a_role_for_user_managers_could_give_all_of_it_themselves(portal: Portal) {
        let mut rob = rob(&portal).await;
        let mark = |form: Filled| form.with("assignable", "on");
        mark(Filled::named("Seer").ticking(&["users:read"])).adds(&mut rob).await.redirects_to("/roles");
        Filled::named("Clerk").with("application", "invoices:read").adds(&mut rob).await.redirects_to("/roles");
        rob.get("/roles").await.is(200);
        let before = portal.dump().await;
        let words = "is given by whoever manages API keys on organization=acme.";
        mark(Filled::named("Sender").with("application", "invoices:read")).adds(&mut rob).await.is(403).says(words);
        mark(Filled::named("Clerk").with("application", "invoices:read")).changes("clerk", &mut rob).await.is(403).says(words);
        mark(Filled::named("Seer").ticking(&["users:read"]).with("application", "invoices:read")).changes("seer", &mut rob).await.is(403).says(words);
        assert_eq!(portal.dump().await, before);

        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
        mark(Filled::named("Clerk").with("application", "invoices:read")).changes("clerk", &mut ada).await.redirects_to("/roles");
        // To rename it, and to take the mark or a permission away, gives nobody anything.
        mark(Filled::named("Renamed").with("application", "invoices:read")).changes("clerk", &mut rob).await.redirects_to("/roles");
        mark(Filled::named("Renamed")).changes("clerk", &mut rob).await.redirects_to("/roles");
        Filled::named("Renamed").changes("clerk", &mut rob).await.redirects_to("/roles");
        assert_eq!(portal.number("SELECT COUNT(*) FROM roles WHERE assignable_by_user_managers AND slug = 'clerk'").await, 0);
    }

    async fn a_wildcard_of_an_application_opens_no_page_of_the_portal(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_role("wild", &["invoices:*", "api_keys:*", "*:*", "roles:*"]).await;
        portal.sql(
            "INSERT INTO role_permissions (tenant_id, role_id, kind, permission) \
             SELECT tenant_id, id, 'application', 'roles:manage' FROM roles WHERE slug = 'wild'",
        ).await;
        let mut will = portal.somebody("acme", "will@acme.example", &["wild"]).await;
        for path in ["/api-keys", "/api-keys/new", "/roles", "/roles/new", "/audit"] {
            will.get(path).await.is(403);
        }
        Filled::named("Mine").adds(&mut will).await.is(403);
    }

    async fn the_verbs_check_by_themselves_what_their_pages_check_before(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_role("clerk", &["audit:read"]).await;
        let mut act = portal.act();
        act.actor.who = Who::User(portal.number("SELECT id FROM users").await);
        act.actor.tenant = TenantScope::from_row(portal.number("SELECT id FROM tenants").await);
        act.actor.root = ResourcePath::root("acme");
        let before = portal.dump().await;
        let (by_nobody, slug, mine) = (act.clone(), Slug::parse("mine").expect("a slug"), mine());
        let made = portal.inner.db.write(move |tx| roles::create(tx, &by_nobody, &slug, &mine)).await;
        assert!(matches!(made, Err(RoleError::Refused(_))), "{made:?}");
        for result in changes(&portal, &act, "clerk").await {
            assert!(matches!(result, Err(RoleError::Refused(_))), "{result:?}");
        }
        let actor = act.actor.clone();
        let list = portal.inner.db.read(move |conn| roles::list(conn, &actor).map(drop)).await;
        assert!(matches!(list, Err(RoleError::Refused(_))), "{list:?}");
        // Nobody changes what is built in: not even the shell, which holds everything.
        act.actor.who = Who::Shell;
        for slug in ["admin", "member"] {
            for result in changes(&portal, &act, slug).await {
                assert!(matches!(result, Err(RoleError::BuiltIn(_))), "{result:?}");
            }
        }
        assert_eq!(portal.dump().await, before);
    }
}

fn mine() -> Definition {
    let typed =
        Typed { name: "Mine", description: "", portal: PermissionSet::default(), application: "", assignable: false };
    Definition::parse(typed).expect("a definition")
}

/// Tries to change this role, and to delete it.
async fn changes(portal: &Portal, act: &Act, slug: &str) -> [Result<(), RoleError>; 2] {
    let (one, two, mine) = ((act.clone(), slug.to_owned()), (act.clone(), slug.to_owned()), mine());
    let updated = portal.inner.db.write(move |tx| roles::update(tx, &one.0, &one.1, 1, &mine).map(drop)).await;
    [updated, portal.inner.db.write(move |tx| roles::delete(tx, &two.0, &two.1).map(drop)).await]
}
