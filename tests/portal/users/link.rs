//! Links to choose another password, and links that die before they are used.

use keystead::access::BuiltIn;

use crate::support::{PASSWORD, Portal, Visitor, on_both};

const BOB: &str = "bob@acme.example";
const NEW: &str = "the south gate squeaks";

/// Makes a link for somebody, as this visitor; the path behind it.
async fn link(visitor: &mut Visitor<'_>, email: &str) -> String {
    let path = visitor.portal.user_path(email, "invitation").await;
    visitor.get("/users").await.is(200);
    format!("/invitations/{}", visitor.post(&path, &[]).await.is(200).link_code())
}

async fn is_good(portal: &Portal, path: &str) -> bool {
    portal.visitor().get(path).await.status.as_u16() == 200
}

on_both! {
    async fn a_password_is_reset_by_its_owner_and_every_session_ends(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let mut before = portal.visitor();
        before.signs_in(BOB, PASSWORD).await.redirects_to("/api-keys");
        let path = link(&mut ada, BOB).await;
        before.get("/account").await.is(200);
        let mut bob = portal.visitor();
        let form = bob.get(&path).await.is(200).says("Choose a new password").says(BOB);
        assert_eq!(form.try_field("name"), None);
        let page = bob.post(&path, &[("password", NEW)]).await.redirects_to("/");
        bob.follow(page).await.is(200).says("Your new password is set.");
        before.get("/account").await.redirects_to("/login?next=%2Faccount");
        portal.visitor().signs_in(BOB, PASSWORD).await.is(422);
        portal.visitor().signs_in(BOB, NEW).await.redirects_to("/api-keys");
        bob.post(&path, &[("password", PASSWORD)]).await.is(404);
    }

    async fn a_link_for_an_account_that_was_switched_off_is_of_no_use(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let path = link(&mut ada, BOB).await;
        portal.disables(BOB).await;
        assert!(!is_good(&portal, &path).await);
        ada.post(&portal.user_path(BOB, "invitation").await, &[]).await.is(409).says("Switch it on first");
    }

    async fn switching_an_account_off_kills_its_link_for_good(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let path = link(&mut ada, BOB).await;
        let page = portal.user_path(BOB, "").await;
        for active in [false, true] {
            let version = ada.get(&page).await.field("version");
            let mut fields = vec![("name", "Bob"), ("version", version.as_str()), ("role-member", "on")];
            fields.extend(active.then_some(("active", "on")));
            ada.post(&page, &fields).await.redirects_to("/users");
            assert!(!is_good(&portal, &path).await);
        }
    }

    async fn whoever_made_a_link_does_not_become_what_somebody_else_makes_of_its_user(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut uma = portal.somebody("acme", "uma@acme.example", &["manage-users"]).await;
        uma.get("/users/new").await.is(200);
        let code = uma.post("/users/new", &[("email", "ivy@acme.example"), ("role-member", "on")]).await.is(200).link_code();
        let path = format!("/invitations/{code}");
        ada.gives_roles("ivy@acme.example", &["member", "admin"]).await.redirects_to("/users");
        ada.get("/users").await.says("The link to choose a password that was under way has ended with it");
        assert!(!is_good(&portal, &path).await, "Uma would be an administrator by it");
        // The same for a link to reset a password.
        portal.has_bob().await;
        let path = link(&mut uma, BOB).await;
        ada.gives_roles(BOB, &["ops"]).await.redirects_to("/users");
        assert!(!is_good(&portal, &path).await);
        // Uma cannot make another one: Bob holds more than she does now.
        uma.post(&portal.user_path(BOB, "invitation").await, &[]).await.is(403);
    }

    async fn a_link_dies_with_the_right_to_make_it(portal: Portal) {
        portal.set_up_acme().await;
        portal.has_bob().await;
        let mut ada = portal.visitor();
        ada.signs_in("ada@acme.example", PASSWORD).await;
        // Deleted, switched off, and no administrator any more: each keeps a link to become Victor, who is one.
        portal.has_user("victor@acme.example", "Victor", BuiltIn::Admin).await;
        for how in ["delete", "off", "demote"] {
            let email = format!("{how}@acme.example");
            let mut eve = portal.somebody("acme", &email, &["admin"]).await;
            let path = link(&mut eve, "victor@acme.example").await;
            assert!(is_good(&portal, &path).await);
            let mut opened = portal.visitor();
            opened.get(&path).await.is(200);
            let page = portal.user_path(&email, "").await;
            match how {
                "delete" => {
                    ada.get("/users").await;
                    ada.post(&format!("{page}/delete"), &[]).await.redirects_to("/users");
                }
                "off" => {
                    let version = ada.get(&page).await.field("version");
                    ada.post(&page, &[("name", "Eve"), ("version", &version), ("role-admin", "on")]).await.redirects_to("/users");
                }
                _ => drop(ada.gives_roles(&email, &["manage-users"]).await.redirects_to("/users")),
            }
            assert!(!is_good(&portal, &path).await, "{how}");
            opened.post(&path, &[("password", NEW)]).await.is(404);
        }
        portal.visitor().signs_in("victor@acme.example", PASSWORD).await.redirects_to("/api-keys");
    }

    async fn a_link_does_not_grow_with_a_role(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("helper", &[]).await;
        portal.sql("UPDATE roles SET assignable_by_user_managers = TRUE WHERE slug = 'helper'").await;
        let mut uma = portal.somebody("acme", "uma@acme.example", &["manage-users"]).await;
        uma.get("/users/new").await;
        let code = uma.post("/users/new", &[("email", "ivy@acme.example"), ("role-helper", "on")]).await.is(200).link_code();
        let path = format!("/invitations/{code}");
        assert!(is_good(&portal, &path).await);
        let version = ada.get("/roles/helper").await.is(200).field("version");
        let fields = [("name", "Helper"), ("version", version.as_str()), ("permission-audit:read", "on")];
        ada.post("/roles/helper", &fields).await.is(303);
        assert!(!is_good(&portal, &path).await);
    }

    async fn a_link_survives_what_its_own_maker_gives_and_what_is_taken(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_user("eli@acme.example", "Eli", BuiltIn::Ops).await;
        let path = link(&mut ada, "eli@acme.example").await;
        ada.gives_roles("eli@acme.example", &["ops", "auditor"]).await.redirects_to("/users");
        assert!(is_good(&portal, &path).await);
        let mut abe = portal.somebody("acme", "abe@acme.example", &["admin"]).await;
        abe.gives_roles("eli@acme.example", &["ops"]).await.redirects_to("/users");
        assert!(is_good(&portal, &path).await);
    }

    async fn a_session_that_began_before_with_the_old_password_cannot_begin_after(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let path = link(&mut ada, BOB).await;
        let mut bob = portal.visitor();
        bob.get(&path).await.is(200);
        let (mut slow, mut resets) = (portal.visitor(), bob.clone());
        slow.get("/login").await;
        let fields = [("email", BOB), ("password", PASSWORD), ("next", "/account")];
        let new_fields = [("password", NEW)];
        let (signed_in, reset) = tokio::join!(slow.post("/login", &fields), resets.post(&path, &new_fields));
        reset.redirects_to("/");
        // Whichever came first, the old password opens nothing any more.
        if signed_in.status.as_u16() == 303 {
            slow.get("/account").await.redirects_to("/login?next=%2Faccount");
        }
    }
}
