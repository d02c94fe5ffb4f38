//! "Save": the name, whether the account is active, and what happens when two save at once.

use crate::support::{PASSWORD, on_both};

const BOB: &str = "bob@acme.example";

on_both! {
    async fn a_name_is_changed_and_the_change_is_recorded(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let path = portal.user_path(BOB, "").await;
        let version = ada.get(&path).await.is(200).field("version");
        let fields = [("name", " Robert Tables "), ("active", "on"), ("version", version.as_str()), ("role-member", "on")];
        ada.post(&path, &fields).await.redirects_to("/users");
        ada.get("/users?q=tables").await.says("Robert Tables").says("bob@acme.example is updated.");
        ada.get("/audit").await.says("Changed the user").says("Bob became Robert Tables");
        let version = ada.get(&path).await.field("version");
        let long = "x".repeat(101);
        for (name, words) in [("", "Name is empty."), (long.as_str(), "Name has 101 characters. It can have at most 100.")] {
            let page = ada.post(&path, &[("name", name), ("active", "on"), ("version", &version)]).await.is(422).says(words);
            assert_eq!(page.field("name"), name);
        }
    }

    async fn a_disabled_user_is_out_at_once_and_nothing_comes_back_with_them(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let mut bob = portal.visitor();
        bob.signs_in(BOB, PASSWORD).await.redirects_to("/api-keys");
        bob.get("/account").await.is(200);
        let path = portal.user_path(BOB, "").await;
        let mut save = async |active: bool| {
            let version = ada.get(&path).await.is(200).field("version");
            let mut fields = vec![("name", "Bob"), ("version", version.as_str()), ("role-member", "on")];
            fields.extend(active.then_some(("active", "on")));
            ada.post(&path, &fields).await.redirects_to("/users");
        };
        save(false).await;
        bob.get("/account").await.redirects_to("/login?next=%2Faccount");
        portal.visitor().signs_in(BOB, PASSWORD).await.is(422).says("E-mail or password is wrong");
        save(true).await;
        bob.get("/account").await.redirects_to("/login?next=%2Faccount");
        portal.visitor().signs_in(BOB, PASSWORD).await.redirects_to("/api-keys");
    }

    async fn somebody_who_saves_what_is_no_more_so_is_shown_both_and_loses_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let mut abe = portal.somebody("acme", "abe@acme.example", &["admin"]).await;
        let path = portal.user_path(BOB, "").await;
        let version = ada.get(&path).await.field("version");
        abe.gives_roles(BOB, &["auditor"]).await.redirects_to("/users");
        let fields = [("name", "Robert"), ("active", "on"), ("version", version.as_str()), ("role-ops", "on")];
        let page = ada.post(&path, &fields).await.is(409).says("Somebody else changed this user while you did.");
        let page = page.says("How it is now: Bob, Active, Auditor.");
        assert_eq!(page.field("name"), "Robert");
        assert!(page.tick_box("role-ops").contains(" checked") && !page.tick_box("role-auditor").contains(" checked"));
        assert_eq!(portal.held_by(BOB).await, ["auditor on organization=acme"]);
        let fresh = page.field("version");
        let fields = [("name", "Robert"), ("active", "on"), ("version", fresh.as_str()), ("role-ops", "on")];
        ada.post(&path, &fields).await.redirects_to("/users");
        assert_eq!(portal.held_by(BOB).await, ["ops on organization=acme"]);
    }

    async fn sessions_are_ended_from_the_users_page(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let (mut desk, mut phone) = (portal.visitor(), portal.visitor());
        desk.signs_in(BOB, PASSWORD).await;
        phone.signs_in(BOB, PASSWORD).await;
        let path = portal.user_path(BOB, "").await;
        ada.get(&path).await.says("signed in with 2 browsers now");
        ada.post(&format!("{path}/sessions"), &[]).await.redirects_to(&path);
        ada.get(&path).await.says("bob@acme.example is signed out of 2 browsers.").says("not signed in now");
        for browser in [&mut desk, &mut phone] {
            browser.get("/account").await.redirects_to("/login?next=%2Faccount");
        }
        ada.get("/account").await.is(200);
    }

    async fn a_foreign_user_and_one_who_never_was_are_answered_with_the_same_bytes(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.globex().await;
        let foreign = portal.user_path("gwen@globex.example", "").await;
        let before = portal.dump().await;
        for page in ["", "/delete"] {
            let mut answers = Vec::new();
            for path in [foreign.as_str(), "/users/000000000000", "/users/x", "/users/%00"] {
                answers.push(ada.get(&format!("{path}{page}")).await.is(404).bare());
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "{page}");
        }
        for what in ["", "/invitation", "/sessions", "/delete"] {
            ada.get("/users").await;
            for path in [foreign.as_str(), "/users/000000000000"] {
                ada.post(&format!("{path}{what}"), &[("name", "x"), ("version", "1"), ("active", "on")]).await.is(404);
            }
        }
        assert_eq!(portal.dump().await, before);
    }
}
