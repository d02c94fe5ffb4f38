//! Deleting a user: what ends, and what stays.

use crate::support::{PASSWORD, on_both};

const BOB: &str = "bob@acme.example";

on_both! {
    async fn a_deleted_user_is_out_and_the_address_is_free(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let mut bob = portal.visitor();
        bob.signs_in(BOB, PASSWORD).await;
        let path = portal.user_path(BOB, "delete").await;
        ada.get(&path).await.is(200).says("Delete bob@acme.example?").says("signed out of 1 browser at once").says("This cannot be undone.");
        assert_eq!(portal.held_by(BOB).await.len(), 1, "looking changes nothing");
        ada.post(&path, &[]).await.redirects_to("/users");
        ada.get("/users").await.says("bob@acme.example is deleted.");
        assert!(portal.held_by(BOB).await.is_empty());
        bob.get("/account").await.redirects_to("/login?next=%2Faccount");
        portal.visitor().signs_in(BOB, PASSWORD).await.is(422);
        ada.post(&path, &[]).await.is(404);
        // Somebody new with the old address gets nothing of what was.
        let code = portal.invites(BOB).await;
        let mut new = portal.visitor();
        new.get(&format!("/invitations/{code}")).await.is(200);
        new.post(&format!("/invitations/{code}"), &[("name", "Bob"), ("password", PASSWORD)]).await.redirects_to("/");
        assert_eq!(portal.held_by(BOB).await, ["member on organization=acme"]);
    }

    async fn a_deleted_users_link_is_dead(portal: Portal) {
        let mut ada = portal.ada().await;
        let code = portal.invites("ivy@acme.example").await;
        let path = portal.user_path("ivy@acme.example", "delete").await;
        ada.get("/users").await;
        ada.post(&path, &[]).await.redirects_to("/users");
        portal.visitor().get(&format!("/invitations/{code}")).await.is(404);
    }

    async fn the_keys_that_somebody_made_keep_working(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut opa = portal.somebody("acme", "opa@acme.example", &["ops"]).await;
        let key = opa.makes_key("billing-sync").await;
        ada.get("/users").await;
        ada.post(&portal.user_path("opa@acme.example", "delete").await, &[]).await.redirects_to("/users");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        ada.get("/api-keys").await.says("by opa@acme.example");
    }
}
