//! What is known of the use of a key: its first call is shown to whoever made it, and deleting one in use asks for more.

use thirtyfour::Key;

use crate::support::{Machine, Person, Portal};

const KEY: &str = "billing.sync";

#[tokio::test]
async fn the_first_call_appears_on_the_page_with_the_secret() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    let machine = Machine::beside(&portal);
    olga.sets_keystead_up().await;
    let secret = olga.creates_a_key(KEY).await;
    olga.sees("Waiting for the first call.").await;
    assert_eq!(machine.verifies(&secret).await, "VALID");
    olga.sees("First call received").await;
    let said = "return document.querySelector('dialog [role=status]').textContent";
    let said = olga.evaluates(said).await;
    assert!(said.as_str().is_some_and(|said| said.starts_with("First call received")), "it is announced: {said}");
    assert_eq!(olga.reads("#secret").await, secret, "the secret stays where it is");
    olga.says_the_key_is_saved().await;
    olga.saw_no_complaint().await;
}

#[tokio::test]
async fn the_first_call_appears_on_the_page_of_the_key() {
    for javascript in [true, false] {
        let portal = Portal::start();
        let olga = Person::with_or_without_javascript(javascript, &portal).await;
        let machine = Machine::beside(&portal);
        olga.sets_keystead_up().await;
        let secret = olga.creates_a_key(KEY).await;
        if javascript {
            olga.does_not_see("opens in a new tab").await;
        } else {
            // Not in the place of the only page that has the secret.
            let link = olga.finds("dialog a[target=_blank]").await;
            assert_eq!(link.text().await.expect("text"), "Look on the key’s page (opens in a new tab)");
        }
        olga.says_the_key_is_saved().await;
        olga.clicks("tr[data-client-id=\"billing.sync\"] th a").await;
        olga.sees("Waiting for the first call.").await;
        assert_eq!(machine.verifies(&secret).await, "VALID");
        if javascript {
            olga.sees("First call received").await;
        }
        olga.presses("Look again").await;
        olga.sees("All others, and addresses that are not known").await;
        assert!(olga.reads(".figures dd").await.starts_with('1'));
        olga.does_not_see("Waiting for the first call.").await;
        olga.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn a_key_in_use_is_deleted_by_whoever_types_its_name() {
    for javascript in [true, false] {
        let (portal, olga, secret) = olga_with_a_key_in_use(javascript).await;
        let machine = Machine::beside(&portal);
        olga.asks_to_delete(KEY).await;
        olga.sees("This key is in use.").await;
        olga.sees("It was used 1 time in the last 24 hours").await;
        olga.pictures(&format!("delete-in-use-{javascript}")).await;

        // The browser keeps back what cannot be right, and the server does not rely on it.
        olga.types("confirm", "billing-sync").await;
        olga.presses("Delete").await;
        assert_eq!(olga.evaluates("return document.querySelector('#confirm').validity.patternMismatch").await, true);
        olga.evaluates("document.querySelector('#confirm').form.noValidate = true").await;
        olga.presses("Delete").await;
        olga.sees("“billing-sync” is not the API Client ID of this key.").await;
        assert_eq!(olga.was_answered().await, 422);
        assert_eq!(olga.finds("#confirm").await.value().await.expect("a value").as_deref(), Some("billing-sync"));
        assert_eq!(machine.verifies(&secret).await, "VALID");

        olga.presses("Close").await;
        olga.is_at("/api-keys").await;
        olga.asks_to_delete(KEY).await;
        olga.types("confirm", KEY).await;
        olga.presses("Delete").await;
        olga.sees(&format!("{KEY} is deleted.")).await;
        assert_eq!(machine.verifies(&secret).await, "DELETED");
        // Whoever calls all the same is seen, once that is written.
        olga.waits_until("it is still knocking", async || {
            olga.opens("/api-keys").await;
            Ok(olga.visible_text().await?.contains("Still knocking"))
        })
        .await;
        olga.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn a_key_in_use_is_disabled_instead() {
    for javascript in [true, false] {
        let (portal, olga, secret) = olga_with_a_key_in_use(javascript).await;
        olga.asks_to_delete(KEY).await;
        // The field may stay empty for that.
        olga.presses("Disable instead").await;
        olga.sees(&format!("{KEY} is disabled.")).await;
        assert_eq!(Machine::beside(&portal).verifies(&secret).await, "DISABLED");
    }
}

#[tokio::test]
async fn a_key_in_use_is_deleted_with_the_keyboard_alone() {
    for javascript in [true, false] {
        let (portal, olga, secret) = olga_with_a_key_in_use(javascript).await;
        let delete = format!("a.trash[aria-label=\"Delete {KEY}\"]");
        olga.tabs_to(&delete).await;
        olga.hits(Key::Enter).await;
        olga.arrives_on("#confirm").await;
        olga.tabs_to("dialog a.btn").await;
        olga.hits(Key::Enter).await;
        olga.is_at("/api-keys").await;

        olga.tabs_to(&delete).await;
        olga.hits(Key::Enter).await;
        olga.arrives_on("#confirm").await;
        // The second button is the last; Enter in the field is "Delete" all the same.
        olga.tabs_to("dialog button[formaction]").await;
        olga.tabs_to("dialog button.danger").await;
        olga.tabs_back_to("#confirm").await;
        olga.keys_in(KEY).await;
        olga.hits(Key::Enter).await;
        olga.sees(&format!("{KEY} is deleted.")).await;
        assert_eq!(Machine::beside(&portal).verifies(&secret).await, "DELETED");
        olga.saw_no_complaint().await;
    }
}

/// Olga sees the list, in which there is a key that was used just now.
async fn olga_with_a_key_in_use(javascript: bool) -> (Portal, Person, String) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    let secret = olga.creates_a_key(KEY).await;
    olga.says_the_key_is_saved().await;
    assert_eq!(Machine::beside(&portal).verifies(&secret).await, "VALID");
    olga.opens("/api-keys").await;
    (portal, olga, secret)
}
