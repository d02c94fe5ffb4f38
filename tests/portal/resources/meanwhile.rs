//! What somebody else did while a form was open.

use crate::support::{Page, on_both};

use super::{ROOT, at};

const A: &str = "organization=acme:account=a";

on_both! {
    async fn a_form_of_a_node_that_was_replaced_changes_nothing_and_keeps_what_was_typed(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let seen = ada.get(&at(A)).await.field("seen");
        portal.clock.forward(60);
        let mut other = ada.clone();
        other.removes(A).await.is(303);
        other.makes(ROOT, "account", "a").await;
        let before = portal.dump().await;
        let page = ada.saves(A, &seen, ROOT, "namespace", "mine").await.is(409).says("a was changed meanwhile.");
        assert_eq!((page.field("kind"), page.field("name"), page.field("parent")), ("namespace".into(), "mine".into(), ROOT.into()));
        let overlay = ada.post(&format!("{}/delete", at(A)), &[("seen", &seen)]).await.is(409).says("Nothing was deleted.");
        assert_eq!(portal.dump().await, before);
        assert_ne!(page.field("seen"), seen);
        assert_eq!(overlay.field("seen"), page.field("seen"));
        // The page has a fresh mark: what was typed is saved with the next click.
        ada.saves(A, &page.field("seen"), ROOT, "namespace", "mine").await.redirects_to("/resources/organization=acme:namespace=mine");
    }

    async fn a_form_of_a_node_that_was_renamed_finds_it_where_it_is(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        portal.clock.forward(60);
        let b = ada.makes(ROOT, "account", "b").await;
        let seen = ada.get(&at(A)).await.field("seen");
        ada.clone().changes(A, &b, "account", "theirs").await.is(303);
        let theirs = format!("{b}:account=theirs");
        let before = portal.dump().await;
        let page = ada.saves(A, &seen, ROOT, "account", "mine").await.is(409).says("theirs was changed meanwhile.").says(&format!("It is {theirs} now."));
        assert_eq!(portal.dump().await, before);
        assert_eq!((page.field("name"), action(&page)), ("mine".into(), at(&theirs)));
        // "Belongs to" was not touched, so it is what it has become.
        assert_eq!(page.field("parent"), b);
        ada.saves(&theirs, &page.field("seen"), &b, "account", "mine").await.redirects_to(&at(&format!("{b}:account=mine")));
    }

    async fn a_form_of_a_node_whose_parent_was_renamed_finds_it_where_it_is(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        portal.clock.forward(60);
        let invoices = ada.makes(A, "application", "invoices").await;
        let seen = ada.get(&at(&invoices)).await.field("seen");
        ada.clone().changes(A, ROOT, "account", "b").await.is(303);
        let page = ada.saves(&invoices, &seen, A, "application", "bills").await.is(409);
        assert_eq!((page.field("name"), page.field("parent")), ("bills".into(), "organization=acme:account=b".into()));
        let now = "organization=acme:account=b:application=invoices";
        ada.saves(now, &page.field("seen"), &page.field("parent"), "application", "bills").await.redirects_to("/resources/organization=acme:account=b:application=bills");
    }

    async fn a_form_of_a_node_that_came_back_is_out_of_date_all_the_same(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let seen = ada.get(&at(A)).await.field("seen");
        let mut other = ada.clone();
        other.changes(A, ROOT, "account", "b").await.is(303);
        other.changes("organization=acme:account=b", ROOT, "account", "a").await.is(303);
        ada.saves(A, &seen, ROOT, "account", "c").await.is(409);
        ada.post(&format!("{}/delete", at(A)), &[("seen", &seen)]).await.is(409);
        assert_eq!(portal.paths().await, [ROOT, A]);
    }

    async fn two_who_save_the_same_form_are_one_who_saves_and_one_who_is_told(portal: Portal) {
        let mut ada = portal.ada().await;
        ada.makes(ROOT, "account", "a").await;
        let seen = ada.get(&at(A)).await.field("seen");
        let pages = futures_util::future::join_all(["b", "c", "d", "e"].map(|name| {
            let (mut ada, seen) = (ada.clone(), seen.clone());
            async move { ada.saves(A, &seen, ROOT, "account", name).await }
        }))
        .await;
        assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1);
        assert!(pages.iter().all(|page| page.status == 303 || page.status == 409), "{:?}", pages.iter().map(|page| page.status).collect::<Vec<_>>());
        assert_eq!(portal.paths().await.len(), 2);
    }
}

/// Where the form with the mark is sent.
fn action(page: &Page) -> String {
    page.attributes("action").into_iter().find(|action| action.starts_with("/resources/")).expect("a form")
}
