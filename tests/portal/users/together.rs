//! Fifty at once, where only one may win.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::support::{PASSWORD, Page, on_both};

/// How often each status was answered.
fn statuses(pages: &[Page]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for page in pages {
        *counts.entry(page.status.as_u16()).or_default() += 1;
    }
    counts
}

on_both! {
    async fn two_administrators_demote_each_other_and_one_of_them_stays(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut abe = portal.somebody("acme", "abe@acme.example", &["admin"]).await;
        let (of_ada, of_abe) = (portal.user_path("ada@acme.example", "").await, portal.user_path("abe@acme.example", "").await);
        let versions = (ada.get(&of_abe).await.field("version"), abe.get(&of_ada).await.field("version"));
        let pages = join_all((0..50).map(|number| {
            let (mut who, path, version) = if number % 2 == 0 {
                (ada.clone(), of_abe.clone(), versions.0.clone())
            } else {
                (abe.clone(), of_ada.clone(), versions.1.clone())
            };
            async move {
                let fields = [("name", "Somebody"), ("active", "on"), ("version", version.as_str()), ("role-member", "on")];
                who.post(&path, &fields).await
            }
        }))
        .await;
        let statuses = statuses(&pages);
        assert_eq!(statuses.get(&303), Some(&1), "{statuses:?}");
        assert!(statuses.keys().all(|status| [303, 403, 409].contains(status)), "{statuses:?}");
        let admins = "SELECT count(*) FROM grants g JOIN roles r ON r.id = g.role_id WHERE r.slug = 'admin'";
        assert_eq!(portal.number(admins).await, 1);
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'grant.deleted'").await, 1);
    }

    async fn two_administrators_delete_each_other_and_one_of_them_stays(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut abe = portal.somebody("acme", "abe@acme.example", &["admin"]).await;
        let (of_ada, of_abe) = (portal.user_path("ada@acme.example", "delete").await, portal.user_path("abe@acme.example", "delete").await);
        ada.get("/users").await;
        abe.get("/users").await;
        let pages = join_all((0..50).map(|number| {
            let (mut who, path) = if number % 2 == 0 { (ada.clone(), of_abe.clone()) } else { (abe.clone(), of_ada.clone()) };
            async move { who.post(&path, &[]).await }
        }))
        .await;
        let won = pages.iter().filter(|page| page.header("location") == "/users").count();
        assert_eq!(won, 1, "{:?}", statuses(&pages));
        assert_eq!(portal.number("SELECT count(*) FROM users WHERE deleted_at IS NULL").await, 1);
    }

    async fn one_invitation_makes_one_password(portal: Portal) {
        portal.ada().await;
        let path = format!("/invitations/{}", portal.invites("ivy@acme.example").await);
        let mut ivy = portal.visitor();
        ivy.get(&path).await.is(200);
        let passwords: Vec<String> = (0..50).map(|number| format!("the gate number {number} squeaks")).collect();
        let pages = join_all(passwords.iter().map(|password| {
            let (mut ivy, path) = (ivy.clone(), path.clone());
            async move { ivy.post(&path, &[("name", "Ivy"), ("password", password)]).await }
        }))
        .await;
        let statuses = statuses(&pages);
        assert_eq!(statuses.get(&303), Some(&1), "{statuses:?}");
        // Whoever came late finds the link used, or too many passwords in front of the own one.
        assert!(statuses.keys().all(|status| [303, 404, 503].contains(status)), "{statuses:?}");
        let won = pages.iter().position(|page| page.status.as_u16() == 303).expect("one");
        portal.visitor().signs_in("ivy@acme.example", &passwords[won]).await.redirects_to("/api-keys");
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'invitation.accepted'").await, 1);
        assert_eq!(portal.number("SELECT count(*) FROM invitations").await, 0);
    }

    async fn the_same_role_is_given_once(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_bob().await;
        let path = portal.user_path("bob@acme.example", "").await;
        let version = ada.get(&path).await.field("version");
        let pages = join_all((0..50).map(|_| {
            let (mut ada, path, version) = (ada.clone(), path.clone(), version.clone());
            async move {
                let fields = [("name", "Bob"), ("active", "on"), ("version", version.as_str()), ("role-member", "on"), ("role-ops", "on")];
                ada.post(&path, &fields).await
            }
        }))
        .await;
        assert_eq!(statuses(&pages), BTreeMap::from([(303, 1), (409, 49)]));
        assert_eq!(portal.held_by("bob@acme.example").await, ["member on organization=acme", "ops on organization=acme"]);
        assert_eq!(portal.number("SELECT count(*) FROM audit_events WHERE action = 'grant.created' AND target = 'bob@acme.example'").await, 1);
    }

    async fn one_address_is_invited_once(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.get("/users/new").await;
        let pages = join_all((0..50).map(|_| {
            let mut ada = ada.clone();
            async move { ada.post("/users/new", &[("email", "ivy@acme.example"), ("role-member", "on")]).await }
        }))
        .await;
        assert_eq!(statuses(&pages), BTreeMap::from([(200, 1), (409, 49)]));
        assert_eq!(portal.number("SELECT count(*) FROM users WHERE email = 'ivy@acme.example'").await, 1);
        let code = pages.iter().find(|page| page.status.as_u16() == 200).expect("one").link_code();
        let mut ivy = portal.visitor();
        ivy.get(&format!("/invitations/{code}")).await.is(200);
        ivy.post(&format!("/invitations/{code}"), &[("name", "Ivy"), ("password", PASSWORD)]).await.redirects_to("/");
    }
}
