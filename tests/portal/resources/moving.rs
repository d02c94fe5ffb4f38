//! What moving means for those who hold roles: at once, and never more than the mover may give.

use crate::support::{Key, Portal, Visitor, on_both};

use super::{ROOT, at};

const A: &str = "organization=acme:account=a";
const B: &str = "organization=acme:account=b";
const INVOICES: &str = "organization=acme:account=a:application=invoices";
const MOVED: &str = "organization=acme:account=b:application=invoices";

/// Two accounts, one application beneath the first, and a role that writes invoices.
async fn has_two_accounts<'a>(portal: &'a Portal) -> Visitor<'a> {
    let mut ada = portal.ada().await;
    ada.makes(ROOT, "account", "a").await;
    ada.makes(ROOT, "account", "b").await;
    ada.makes(A, "application", "invoices").await;
    ada.makes(INVOICES, "scope", "eu").await;
    portal.has_role("sender", &["invoices:write"]).await;
    ada
}

/// A key that holds the role there.
async fn sender(portal: &Portal, ada: &mut Visitor<'_>, client_id: &str, path: &str) -> Key {
    let key = ada.makes_key(client_id).await;
    portal.gives(&key, "sender", path).await;
    key
}

on_both! {
    async fn a_grant_above_the_new_place_reaches_it_at_once_and_one_above_the_old_place_no_more(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        let (of_a, of_b) = (sender(&portal, &mut ada, "of-a", A).await, sender(&portal, &mut ada, "of-b", B).await);
        let of_eu = sender(&portal, &mut ada, "of-eu", &format!("{INVOICES}:scope=eu")).await;
        let eu = |path: &str| format!("{path}:scope=eu");
        for (key, reaches) in [(&of_a, true), (&of_b, false)] {
            assert_eq!(portal.reaches(key, INVOICES).await, reaches, "{}", key.client_id);
            assert_eq!(portal.reaches(key, &eu(INVOICES)).await, reaches, "{}", key.client_id);
        }
        let versions = (portal.token_version(&of_a).await, portal.token_version(&of_b).await);
        ada.changes(INVOICES, B, "application", "invoices").await.redirects_to(&at(MOVED));
        for (key, reaches) in [(&of_a, false), (&of_b, true)] {
            assert_eq!(portal.reaches(key, MOVED).await, reaches, "{}", key.client_id);
            assert_eq!(portal.reaches(key, &eu(MOVED)).await, reaches, "{}", key.client_id);
        }
        // The old place need not be a node to be asked for.
        assert!(portal.reaches(&of_a, INVOICES).await && !portal.reaches(&of_b, INVOICES).await);
        // Grants on what was moved have moved along, and tokens that name the old place are out of date.
        assert!(portal.reaches(&of_eu, &eu(MOVED)).await && !portal.reaches(&of_eu, &eu(INVOICES)).await);
        assert!(!portal.reaches(&of_eu, MOVED).await);
        assert_eq!(portal.token_version(&of_eu).await, 2);
        assert_eq!((portal.token_version(&of_a).await, portal.token_version(&of_b).await), versions);
    }

    async fn a_grant_follows_a_new_name(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        let key = sender(&portal, &mut ada, "of-invoices", INVOICES).await;
        ada.changes(INVOICES, A, "application", "bills").await.is(303);
        let bills = "organization=acme:account=a:application=bills";
        assert!(portal.reaches(&key, bills).await && !portal.reaches(&key, INVOICES).await);
        // Another one with the old name is another one.
        ada.makes(A, "application", "invoices").await;
        assert!(!portal.reaches(&key, INVOICES).await);
    }

    async fn moving_gives_nothing_that_the_mover_may_not_give(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        // Shapes the tree everywhere, and holds nothing else.
        portal.has_portal_role("shaper", &["resources:manage"]).await;
        let mut sam = portal.holder_of("sam@acme.example", "shaper", ROOT).await;
        let key = sender(&portal, &mut ada, "of-b", B).await;
        let before = portal.dump().await;
        let page = sam.changes(INVOICES, B, "application", "invoices").await.is(403).says("Nothing was changed.");
        let page = page.says("The role “The sender” contains invoices:write, which is given by whoever manages API keys on");
        page.says(INVOICES).says("This holds more than you may give").says("api_keys:manage");
        assert_eq!(portal.dump().await, before);
        assert!(!portal.reaches(&key, INVOICES).await);
        // Ops manages API keys and may give what the key holds.
        let mut olga = portal.holder_of("olga@acme.example", "ops", ROOT).await;
        olga.changes(INVOICES, B, "application", "invoices").await.is(303);
        assert!(portal.reaches(&key, MOVED).await);
        // Further in, and out again: nobody holds anything on what is newly above it.
        let inner = ada.makes(B, "namespace", "inner").await;
        sam.changes(MOVED, &inner, "application", "invoices").await.is(303);
        sam.changes(&format!("{inner}:application=invoices"), ROOT, "application", "invoices").await.is(303);
        assert!(!portal.reaches(&key, "organization=acme:application=invoices").await);
    }

    async fn a_name_that_something_else_had_gives_nothing_by_which_an_application_would_be_fooled(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        portal.has_portal_role("shaper", &["resources:manage"]).await;
        let mut sam = portal.holder_of("sam@acme.example", "shaper", ROOT).await;
        // A gateway asks for payments by its path. Sam's accomplice holds a key for a scratch pad.
        let payments = ada.makes(ROOT, "application", "payments").await;
        let scratch = ada.makes(ROOT, "application", "scratch").await;
        let key = sender(&portal, &mut ada, "accomplice", &scratch).await;
        sam.get(&format!("/resources/{payments}/delete")).await.is(200);
        sam.removes(&payments).await.is(303);
        let before = portal.dump().await;
        let page = sam.changes(&scratch, ROOT, "application", "payments").await.is(403);
        page.says("The role “The sender” contains invoices:write").says(&payments);
        assert_eq!(portal.dump().await, before);
        assert!(!portal.reaches(&key, &payments).await);
        let mut olga = portal.holder_of("olga@acme.example", "ops", ROOT).await;
        olga.changes(&scratch, ROOT, "application", "payments").await.is(303);
        assert!(portal.reaches(&key, &payments).await);
    }

    async fn nor_does_it_give_a_place_to_whoever_manages_keys_on_the_node(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        portal.has_portal_role("shaper", &["resources:manage"]).await;
        let mut sam = portal.holder_of("sam@acme.example", "shaper", ROOT).await;
        let payments = ada.makes(ROOT, "application", "payments").await;
        let sandbox = ada.makes(ROOT, "application", "sandbox").await;
        portal.holds("sam@acme.example", "manage-api-credentials", &sandbox).await;
        sam.changes(&payments, ROOT, "application", "old").await.is(303);
        sam.changes(&sandbox, ROOT, "application", "payments").await.is(403).says("api_keys:manage").says(&payments);
        sam.changes(&sandbox, &sandbox, "application", "x").await.is(422);
    }

    async fn moving_gives_no_administrator_what_ops_could_not_give(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        let mut olga = portal.holder_of("olga@acme.example", "ops", ROOT).await;
        portal.holder_of("bea@acme.example", "admin", B).await;
        let before = portal.dump().await;
        let page = olga.changes(INVOICES, B, "application", "invoices").await.is(403);
        page.says("The role “Admin” contains users:read, which you do not hold on").says(INVOICES);
        assert_eq!(portal.dump().await, before);
        // Deeper beneath the same one is refused the same: it is above that place, too.
        let inner = ada.makes(B, "namespace", "inner").await;
        olga.changes(INVOICES, &inner, "application", "invoices").await.is(403);
        ada.changes(INVOICES, &inner, "application", "invoices").await.is(303);
    }

    async fn what_was_above_it_before_is_not_asked_for_again(portal: Portal) {
        let mut ada = has_two_accounts(&portal).await;
        let inner = ada.makes(A, "namespace", "inner").await;
        // Admin on what is above both places, and a reader on the moved node itself.
        portal.holder_of("bea@acme.example", "admin", A).await;
        portal.holds("bea@acme.example", "auditor", INVOICES).await;
        portal.has_portal_role("shaper", &["resources:manage"]).await;
        let mut sam = portal.holder_of("sam@acme.example", "shaper", ROOT).await;
        sam.changes(INVOICES, &inner, "application", "invoices").await.is(303);
    }
}
