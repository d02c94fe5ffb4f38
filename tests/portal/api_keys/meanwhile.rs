//! A form that somebody sends while a colleague has deleted the key: who did it and when, and nothing typed is lost.

use crate::support::{Key, PASSWORD, Portal, Visitor, on_both};

/// A key that Ada has open, and that Otto, who may not read the audit log, deleted two minutes ago.
async fn deleted_by_otto(portal: &Portal) -> (Visitor<'_>, Key) {
    let mut ada = portal.ada().await;
    let key = ada.makes_key("billing-sync").await;
    let mut otto = portal.somebody("acme", "otto@acme.example", &["manage-api-credentials"]).await;
    otto.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
    portal.clock.forward(120);
    (ada, key)
}

on_both! {
    async fn whoever_sends_a_form_of_a_deleted_key_reads_who_deleted_it_and_when(portal: Portal) {
        let (mut ada, key) = deleted_by_otto(&portal).await;
        ada.get("/account").await.is(200);
        let before = portal.dump().await;
        for (page, fields) in [
            ("edit", vec![("version", "1"), ("name", "Orders of the night"), ("expiry", "keep")]),
            ("rotate", vec![("version", "1"), ("overlap", "0")]),
            ("rotation/finish", vec![("version", "1")]),
            ("rotation/cancel", vec![("version", "1")]),
            ("disable", vec![("reason", "moving house")]),
            ("enable", vec![]),
        ] {
            let answer = ada.post(&key.path(page), &fields).await.is(410);
            let answer = answer.says("billing-sync was deleted").says("otto@acme.example deleted it 2 minutes ago");
            assert!(answer.attributes("href").contains(&key.path("")), "{page}");
        }
        for page in ["edit", "rotate", "rotation/finish", "rotation/cancel", "disable", "delete"] {
            ada.get(&key.path(page)).await.is(410).says("otto@acme.example deleted it");
        }
        assert_eq!(portal.dump().await, before);
    }

    async fn what_was_typed_for_a_deleted_key_is_shown_again(portal: Portal) {
        let (mut ada, key) = deleted_by_otto(&portal).await;
        let typed = [
            ("version", "1"), ("name", "Orders of the night"), ("expiry", "30"), ("tag-key-0", "env"), ("tag-value-0", "prod"),
            ("grant-role-0", "ci"), ("grant-resource-0", "organization=acme"), ("allowed_addresses", "203.0.113.0/28"),
        ];
        for action in ["", "add-tag"] {
            let page = ada.post(&key.path("edit"), &[&typed[..], &[("action", action)]].concat()).await.is(410);
            let page = page.says("What you had entered").says("Orders of the night").says("ci on organization=acme");
            page.says("env:prod").says("30 days").says("203.0.113.0/28");
        }
        ada.post(&key.path("disable"), &[("reason", "moving house")]).await.is(410).says("Reason moving house");
        ada.post(&key.path("disable"), &[("reason", &"é".repeat(201))]).await.is(410).says(&"é".repeat(201));
        ada.post(&key.path("enable"), &[]).await.is(410).says_nothing_of("What you had entered");
    }

    async fn the_page_of_a_deleted_key_says_who_deleted_it_and_when(portal: Portal) {
        let (mut ada, key) = deleted_by_otto(&portal).await;
        ada.get(&key.path("")).await.is(200).says("Deleted by otto@acme.example");
        let mut otto = portal.visitor();
        otto.signs_in("otto@acme.example", PASSWORD).await;
        otto.get(&key.path("")).await.is(200).says("Deleted by otto@acme.example").says("do not let you read the audit log");
    }

    async fn a_key_of_another_organization_is_not_there_also_when_it_was_deleted(portal: Portal) {
        let (_, key) = deleted_by_otto(&portal).await;
        let mut gwen = portal.globex().await;
        for page in ["edit", "rotate", "disable", "delete"] {
            gwen.get(&key.path(page)).await.is(404).says_nothing_of("otto");
        }
        gwen.post(&key.path("enable"), &[]).await.is(404).says_nothing_of("otto");
    }
}
