//! Client ids after a delete: systems that trust one by its name must not get to know another key by it.

use futures_util::future::join;

use crate::support::{Key, Page, Portal, Visitor, on_both};

const ROOT: &str = "organization=acme";
const SALES: &str = "organization=acme:namespace=sales";
const ORDERS: &str = "organization=acme:namespace=sales:application=orders";
const TAKEN: &str = "belonged to a deleted key that systems may still trust";

/// Ada, and resources for others.
async fn ada_with_resources(portal: &Portal) -> Visitor<'_> {
    let mut ada = portal.ada().await;
    for (parent, kind, name) in
        [(ROOT, "namespace", "sales"), (ROOT, "namespace", "billing"), (SALES, "application", "orders")]
    {
        ada.post("/resources/new", &[("parent", parent), ("kind", kind), ("name", name)]).await.is(303);
    }
    portal.has_role("sender", &["invoices:write"]).await;
    ada
}

/// Makes a key that holds roles, and deletes it.
async fn has_deleted(portal: &Portal, ada: &mut Visitor<'_>, client_id: &str, grants: &[(&str, &str)]) -> Key {
    let key = ada.makes_key(client_id).await;
    for (role, path) in grants {
        portal.gives(&key, role, path).await;
    }
    ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
    key
}

async fn makes(user: &mut Visitor<'_>, client_id: &str) -> Page {
    let intent = user.intent();
    user.posts_key(&intent, client_id).await
}

async fn moves(ada: &mut Visitor<'_>, path: &str, parent: &str, kind: &str, name: &str) {
    let page = format!("/resources/{path}");
    let seen = ada.get(&page).await.is(200).field("seen");
    ada.post(&page, &[("seen", &seen), ("parent", parent), ("kind", kind), ("name", name)]).await.is(303);
}

on_both! {
    async fn a_manager_of_a_part_does_not_take_the_name_of_a_key_of_the_whole_organization(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        has_deleted(&portal, &mut ada, "billing-sync", &[("sender", ROOT)]).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        for spelled in ["billing-sync", "Billing-Sync"] {
            let page = makes(&mut sam, spelled).await.is(409).says(&format!("API Client ID “{spelled}” {TAKEN}"));
            page.says("Users who may give everything that key held can use it again: ada@acme.example.");
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE deleted_at IS NULL").await, 0);
        makes(&mut sam, "billing-sync-2").await.is(200);
        makes(&mut ada, "billing-sync").await.is(200);
        // A living key that has it says no more than that.
        makes(&mut sam, "billing-sync").await.is(409).says("is already in use").says_nothing_of(TAKEN);
    }

    async fn who_could_give_everything_that_the_last_key_held_uses_its_name_again(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        let mut bea = portal.holder_of("bea@acme.example", "manage-api-credentials", "organization=acme:namespace=billing").await;
        has_deleted(&portal, &mut ada, "orders-sync", &[("sender", ORDERS), ("developer", SALES)]).await;
        makes(&mut bea, "orders-sync").await.is(409).says(TAKEN);
        makes(&mut sam, "orders-sync").await.is(200);
        // What counts is what the last one held: this one cannot be given by Sam, who does not read the audit log.
        has_deleted(&portal, &mut ada, "orders-ops", &[("sender", ORDERS)]).await;
        has_deleted(&portal, &mut ada, "orders-ops", &[("sender", ORDERS), ("ops", ORDERS)]).await;
        makes(&mut sam, "orders-ops").await.is(409).says(TAKEN);
        has_deleted(&portal, &mut ada, "orders-ops", &[("sender", ORDERS)]).await;
        makes(&mut sam, "orders-ops").await.is(200);
    }

    async fn a_role_counts_as_it_was_when_the_key_was_deleted(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        portal.has_role("clerk", &["invoices:write", "audit:read"]).await;
        has_deleted(&portal, &mut ada, "orders-sync", &[("clerk", ORDERS)]).await;
        portal.sql("DELETE FROM role_permissions WHERE permission = 'audit:read'").await;
        makes(&mut sam, "orders-sync").await.is(409).says(TAKEN);
        portal.sql("DELETE FROM role_permissions WHERE role_id = (SELECT id FROM roles WHERE slug = 'clerk')").await;
        portal.sql("DELETE FROM roles WHERE slug = 'clerk'").await;
        makes(&mut sam, "orders-sync").await.is(409).says(TAKEN);
    }

    async fn a_name_follows_the_resources_of_its_key_when_they_move_or_are_deleted(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        let mut olga = portal.holder_of("olga@acme.example", "manage-api-credentials", ORDERS).await;
        for client_id in ["renamed", "moved", "removed"] {
            has_deleted(&portal, &mut ada, client_id, &[("sender", ORDERS)]).await;
        }
        moves(&mut ada, SALES, ROOT, "namespace", "verkauf").await;
        makes(&mut sam, "renamed").await.is(200);
        // Another resource that is called as the old one was is not the old one.
        ada.post("/resources/new", &[("parent", ROOT), ("kind", "namespace"), ("name", "sales")]).await.is(303);
        let mut eve = portal.holder_of("eve@acme.example", "manage-api-credentials", SALES).await;
        makes(&mut eve, "moved").await.is(409).says(TAKEN);
        let orders = "organization=acme:namespace=verkauf:application=orders";
        let seen = ada.get(&format!("/resources/{orders}/delete")).await.is(200).field("seen");
        ada.post(&format!("/resources/{orders}/delete"), &[("seen", &seen)]).await.is(303);
        portal.holds("olga@acme.example", "manage-api-credentials", SALES).await;
        makes(&mut olga, "removed").await.is(409).says(TAKEN);
        makes(&mut sam, "removed").await.is(200);
    }

    async fn the_name_of_a_key_that_held_nothing_is_free_for_its_creator_and_for_managers_of_the_organization(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        let mut bea = portal.holder_of("bea@acme.example", "manage-api-credentials", SALES).await;
        let mut kim = portal.somebody("acme", "kim@acme.example", &["manage-api-credentials"]).await;
        let first = sam.makes_key("reports").await;
        sam.post(&first.path("delete"), &[]).await.redirects_to("/api-keys");
        makes(&mut bea, "reports").await.is(409).says("ada@acme.example, kim@acme.example");
        let second = sam.makes_key("reports").await;
        sam.post(&second.path("delete"), &[]).await.redirects_to("/api-keys");
        let third = kim.makes_key("reports").await;
        kim.post(&third.path("delete"), &[]).await.redirects_to("/api-keys");
        // Now it is Kim's.
        makes(&mut sam, "reports").await.is(409).says(TAKEN);
        makes(&mut ada, "reports").await.is(200);
    }

    async fn of_two_who_use_a_name_again_at_once_one_gets_it(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        let (mut kim, mut sam) = (
            portal.somebody("acme", "kim@acme.example", &["manage-api-credentials"]).await,
            portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await,
        );
        for number in 0..5 {
            let client_id = format!("sync-{number}");
            has_deleted(&portal, &mut ada, &client_id, &[("sender", ROOT)]).await;
            let ((one, other), thief) = join(join(makes(&mut ada, &client_id), makes(&mut kim, &client_id)), makes(&mut sam, &client_id)).await;
            let mut answers = [one.status.as_u16(), other.status.as_u16()];
            answers.sort_unstable();
            assert_eq!((answers, thief.status.as_u16()), ([200, 409], 409));
        }
    }

    async fn a_name_cannot_be_taken_while_its_key_is_deleted(portal: Portal) {
        let mut ada = ada_with_resources(&portal).await;
        let mut sam = portal.holder_of("sam@acme.example", "manage-api-credentials", SALES).await;
        for number in 0..5 {
            let client_id = format!("sync-{number}");
            let key = ada.makes_key(&client_id).await;
            portal.gives(&key, "sender", ROOT).await;
            let path = key.path("delete");
            let (deleted, made) = join(ada.post(&path, &[]), makes(&mut sam, &client_id)).await;
            assert_eq!((deleted.status.as_u16(), made.status.as_u16()), (303, 409));
        }
    }
}
