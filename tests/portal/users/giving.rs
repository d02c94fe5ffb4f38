//! Who may give what to whom, and take it away.

use keystead::access::{BuiltIn, ResourcePath, TenantScope, Who};
use keystead::users::{self, Edit, UserError};

use crate::support::{Portal, Visitor, on_both};

const BOB: &str = "bob@acme.example";
const BILLING: &str = "organization=acme:namespace=billing";
const SALES: &str = "organization=acme:namespace=sales";

/// Uma manages users, and Bob is a member.
async fn uma(portal: &Portal) -> Visitor<'_> {
    portal.set_up_acme().await;
    portal.has_bob().await;
    portal.somebody("acme", "uma@acme.example", &["manage-users"]).await
}

/// Saves Bob's page with one row.
async fn gives_on(visitor: &mut Visitor<'_>, role: &str, path: &str) -> u16 {
    let address = visitor.portal.user_path(BOB, "").await;
    let version = visitor.get(&address).await.is(200).field("version");
    let fields =
        [("name", "Bob"), ("active", "on"), ("version", &version), ("grant-role-0", role), ("grant-resource-0", path)];
    visitor.post(&address, &fields).await.status.as_u16()
}

on_both! {
    async fn a_user_manager_gives_manage_api_credentials_and_it_counts_on_the_next_click(portal: Portal) {
        let mut uma = uma(&portal).await;
        let mut bob = portal.visitor();
        bob.signs_in(BOB, crate::support::PASSWORD).await;
        bob.get("/api-keys").await.is(403);
        uma.gives_roles(BOB, &["member", "manage-api-credentials"]).await.redirects_to("/users");
        uma.get("/users").await.says("bob@acme.example is updated.");
        let key = bob.makes_key("billing-sync").await;
        uma.gives_roles(BOB, &["member"]).await.redirects_to("/users");
        bob.get("/api-keys").await.is(403).says("uma@acme.example");
        bob.post(&key.path("delete"), &[]).await.is(403);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn a_user_manager_gives_nothing_else_than_what_is_open_to_them(portal: Portal) {
        let mut uma = uma(&portal).await;
        let path = portal.user_path(BOB, "").await;
        let page = uma.get(&path).await.is(200);
        for role in BuiltIn::ALL {
            let may = matches!(role, BuiltIn::Member | BuiltIn::ManageApiCredentials | BuiltIn::ManageUsers);
            let tag = page.tick_box(&format!("role-{}", role.slug()));
            assert_eq!(tag.contains("disabled"), !may, "{role}");
            if may {
                uma.gives_roles(BOB, &[role.slug()]).await.redirects_to("/users");
                assert_eq!(portal.held_by(BOB).await, [format!("{} on organization=acme", role.slug())]);
            } else {
                let before = portal.dump().await;
                uma.gives_roles(BOB, &[role.slug()]).await.is(403).says(&format!("The role “{}” contains", role.name()));
                assert_eq!(portal.dump().await, before, "{role}");
            }
        }
        page.says("The role “Admin” contains");
    }

    async fn add_all_ticks_what_one_may_give_and_no_more(portal: Portal) {
        let mut uma = uma(&portal).await;
        let path = portal.user_path(BOB, "").await;
        let version = uma.get(&path).await.field("version");
        let page = uma.post(&path, &[("name", "Bobby"), ("active", "on"), ("version", &version), ("action", "add-all")]).await.is(200);
        assert_eq!(page.field("name"), "Bobby");
        let ticked: Vec<&str> = BuiltIn::ALL.into_iter().map(BuiltIn::slug).filter(|slug| page.tick_box(&format!("role-{slug}")).contains(" checked")).collect();
        assert_eq!(ticked, ["manage-api-credentials", "manage-users", "member"]);
        assert_eq!(portal.held_by(BOB).await, ["member on organization=acme"], "nothing is saved yet");
    }

    async fn a_portal_permission_is_given_where_it_is_held_or_beneath(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_bob().await;
        portal.has_resource(BILLING).await;
        portal.has_resource(SALES).await;
        let mut opa = portal.somebody("acme", "opa@acme.example", &["manage-users"]).await;
        portal.holds("opa@acme.example", "ops", BILLING).await;
        assert_eq!(gives_on(&mut opa, "ops", BILLING).await, 303);
        assert_eq!(portal.held_by(BOB).await, [format!("ops on {BILLING}")]);
        let before = portal.dump().await;
        assert_eq!(gives_on(&mut opa, "ops", SALES).await, 403);
        assert_eq!(gives_on(&mut opa, "ops", "organization=acme").await, 403);
        assert_eq!(gives_on(&mut opa, "ci", BILLING).await, 403, "nobody introspects tokens there");
        assert_eq!(portal.dump().await, before);
        // "Manage API credentials" is open to user managers everywhere.
        assert_eq!(gives_on(&mut opa, "manage-api-credentials", SALES).await, 303);
    }

    async fn an_application_permission_is_given_by_whoever_manages_api_keys_there(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_bob().await;
        portal.has_resource(BILLING).await;
        portal.has_resource(SALES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let mut uma = portal.somebody("acme", "uma@acme.example", &["manage-users"]).await;
        assert_eq!(gives_on(&mut uma, "sender", BILLING).await, 403);
        portal.holds("uma@acme.example", "manage-api-credentials", BILLING).await;
        assert_eq!(gives_on(&mut uma, "sender", BILLING).await, 303);
        assert_eq!(gives_on(&mut uma, "sender", SALES).await, 403);
    }

    async fn nobody_touches_somebody_who_holds_more(portal: Portal) {
        let mut uma = uma(&portal).await;
        portal.has_user("olga@acme.example", "Olga", BuiltIn::Ops).await;
        portal.visitor().signs_in("olga@acme.example", crate::support::PASSWORD).await;
        let before = portal.dump().await;
        for email in ["ada@acme.example", "olga@acme.example"] {
            let path = portal.user_path(email, "").await;
            let page = uma.get(&path).await.is(200).says("This user holds more than you may give.");
            page.clone().says_nothing_of(">Save<").says_nothing_of("formaction");
            let version = page.field("version");
            for fields in [
                vec![("name", "Olga"), ("version", version.as_str()), ("active", "on"), ("role-member", "on")],
                vec![("name", "Olga"), ("version", version.as_str())],
            ] {
                uma.post(&path, &fields).await.is(403);
            }
            for what in ["invitation", "sessions", "delete"] {
                uma.post(&format!("{path}/{what}"), &[]).await.is(403).says("which you do not hold");
            }
            uma.get(&format!("{path}/delete")).await.is(403);
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn whoever_holds_a_role_beneath_holds_less_than_on_the_whole(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_bob().await;
        portal.has_resource(BILLING).await;
        let mut uma = portal.somebody("acme", "uma@acme.example", &["manage-users"]).await;
        portal.holds(BOB, "ops", BILLING).await;
        let path = portal.user_path(BOB, "").await;
        uma.post(&format!("{path}/delete"), &[]).await.is(403);
        portal.holds("uma@acme.example", "ops", "organization=acme").await;
        uma.post(&format!("{path}/delete"), &[]).await.redirects_to("/users");
    }

    async fn nobody_changes_their_own_roles_or_switches_themselves_off(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_user("abe@acme.example", "Abe", BuiltIn::Admin).await;
        let path = portal.user_path("ada@acme.example", "").await;
        let page = ada.get(&path).await.is(200).says("Nobody changes their own roles");
        page.clone().says_nothing_of(">Save<");
        let version = page.field("version");
        let before = portal.dump().await;
        for roles in [&["role-member"][..], &["role-admin", "role-auditor"], &["role-admin"]] {
            let mut fields = vec![("name", "Ada"), ("version", version.as_str()), ("active", "on")];
            fields.extend(roles.iter().map(|role| (*role, "on")));
            ada.post(&path, &fields).await.is(403).says("Nobody changes their own roles");
        }
        for what in ["invitation", "sessions", "delete"] {
            ada.post(&format!("{path}/{what}"), &[]).await.is(403);
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn what_was_taken_from_the_giver_while_a_form_was_open_is_given_no_more(portal: Portal) {
        let mut uma = uma(&portal).await;
        let path = portal.user_path(BOB, "").await;
        let version = uma.get(&path).await.is(200).field("version");
        portal.takes_all_roles_from("uma@acme.example").await;
        let before = portal.dump().await;
        uma.post(&path, &[("name", "Bob"), ("active", "on"), ("version", &version), ("role-manage-users", "on")]).await.is(403);
        assert_eq!(portal.dump().await, before);
    }

    async fn an_api_key_gives_what_it_holds_and_nothing_by_default(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let key = ada.makes_key("provisioner").await;
        let save = async |grants: Vec<keystead::access::Grant>, role: &str| {
            let mut act = portal.act();
            act.actor.who = Who::ApiKey(portal.number("SELECT id FROM api_keys").await);
            act.actor.tenant = TenantScope::from_row(portal.number("SELECT id FROM tenants").await);
            act.actor.root = ResourcePath::root("acme");
            act.actor.grants = grants;
            let version = portal.number(&format!("SELECT version FROM users WHERE email = '{BOB}'")).await;
            let wanted = vec![keystead::grants::Wanted { role: role.into(), resource: ResourcePath::root("acme") }];
            let edit = Edit { name: "Bob".into(), wanted, active: true, version };
            let path = portal.user_path(BOB, "").await;
            let id = path.trim_start_matches("/users/").to_owned();
            portal.inner.db.write(move |tx| users::save(tx, &act, &id, &edit)).await
        };
        let held = |role: BuiltIn| keystead::access::Grant {
            role: role.slug().into(),
            role_name: role.name().into(),
            resource: ResourcePath::root("acme"),
            permissions: role.permissions(),
            assignable: role.assignable_by_user_managers(),
        };
        assert!(matches!(save(vec![], "member").await, Err(UserError::Refused(_))));
        assert!(matches!(save(vec![held(BuiltIn::Ops)], "member").await, Err(UserError::Refused(_))));
        assert!(matches!(save(vec![held(BuiltIn::ManageUsers)], "ops").await, Err(UserError::Grants(_))));
        assert!(save(vec![held(BuiltIn::ManageUsers)], "manage-users").await.is_ok());
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn what_is_given_and_taken_is_in_the_audit_log(portal: Portal) {
        let mut uma = uma(&portal).await;
        uma.gives_roles(BOB, &["manage-api-credentials"]).await.redirects_to("/users");
        let line = |action: &str, column: &str| {
            format!("SELECT actor || ' ' || target || ' ' || {column} AS line FROM audit_events WHERE action = '{action}' ORDER BY seq DESC LIMIT 1")
        };
        assert_eq!(portal.lines(&line("grant.created", "after")).await, [
            r#"uma@acme.example bob@acme.example {"role":"manage-api-credentials","resource":"organization=acme"}"#
        ]);
        assert_eq!(portal.lines(&line("grant.deleted", "before")).await, [
            r#"uma@acme.example bob@acme.example {"role":"member","resource":"organization=acme"}"#
        ]);
    }
}
