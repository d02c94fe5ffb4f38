//! Finding keys, and doing the same to several of them.

use thirtyfour::Key;

use crate::support::{Machine, Person, Portal};

/// Olga with three keys, the newest first: `warehouse`, `billing-sync`, `erp-orders`; and the secret of the last.
async fn olga_with_three_keys(javascript: bool) -> (Portal, Person, String) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    let secret = olga.creates_a_key("erp-orders").await;
    olga.says_the_key_is_saved().await;
    for client_id in ["billing-sync", "warehouse"] {
        olga.creates_a_key(client_id).await;
        olga.says_the_key_is_saved().await;
    }
    olga.sees_the_row_of("warehouse").await;
    (portal, olga, secret)
}

#[tokio::test]
async fn keys_are_found_sorted_and_found_again_by_the_address() {
    for javascript in [true, false] {
        let (_portal, olga, _) = olga_with_three_keys(javascript).await;
        olga.types("q", "orders").await;
        olga.presses("Apply").await;
        olga.sees("Text: orders").await;
        assert_eq!(olga.lists().await, ["erp-orders"]);
        olga.reloads().await;
        assert_eq!(olga.lists().await, ["erp-orders"], "it stands in the address");
        olga.clicks("a.applied").await;
        olga.sees("3 keys, newest first").await;
        olga.presses("API Client ID").await;
        olga.sees("3 keys, by name").await;
        assert_eq!(olga.lists().await, ["billing-sync", "erp-orders", "warehouse"]);
        olga.presses("Never used 3").await;
        olga.sees("3 keys, by name").await;
        olga.types("q", "no-such-key").await;
        olga.presses("Apply").await;
        olga.sees("No key fits").await;
        olga.clicks(".empty a.btn").await;
        olga.sees("3 keys, by name").await;
        olga.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn a_secret_that_is_looked_for_finds_its_key_and_is_nowhere_afterwards() {
    for javascript in [true, false] {
        let (_portal, olga, secret) = olga_with_three_keys(javascript).await;
        let key_id = secret.split('_').nth(2).expect("an id").to_owned();
        if javascript {
            // What leaves the browser is what the form holds when it is sent.
            olga.evaluates(
                "document.querySelector('#q').form.addEventListener('formdata', \
                 event => sessionStorage.setItem('sent', event.formData.get('q')))",
            )
            .await;
        }
        olga.types("q", &secret).await;
        olga.submits("q").await;
        olga.sees(&format!("Text: {key_id}")).await;
        assert_eq!(olga.lists().await, ["erp-orders"]);
        if javascript {
            assert_eq!(olga.evaluates("return sessionStorage.getItem('sent')").await, key_id.as_str());
        }
        let address = olga.browser.driver().current_url().await.expect("an address");
        assert!(!address.as_str().contains(&secret[22..]), "{address}");
        olga.holds_no(&secret).await;
        olga.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn tags_are_proposed_for_what_is_typed() {
    for javascript in [true, false] {
        let (_portal, olga, _) = olga_with_three_keys(javascript).await;
        for (client_id, tag) in [("erp-orders", "env:prod"), ("billing-sync", "team:ot")] {
            olga.clicks(&format!("tr[data-client-id=\"{client_id}\"] .pick input")).await;
            olga.types("new-tag", tag).await;
            olga.presses("Add tag").await;
            olga.sees(&format!("{client_id} is tagged {tag}.")).await;
        }
        let offers = async |list: &str, expected: &[&str]| {
            let values = format!("return [...document.querySelectorAll('#{list} option')].map(option => option.value)");
            olga.waits_until(&format!("{list} has {expected:?}"), async || {
                Ok(olga.evaluates(&values).await == serde_json::json!(expected))
            })
            .await;
        };
        offers("tags", &["env:prod", "team:ot"]).await;
        olga.types("tag", "te").await;
        offers("tags", if javascript { &["team:ot"] } else { &["env:prod", "team:ot"] }).await;
        olga.adds().await;
        olga.types("tag-key-0", "e").await;
        offers("tag-keys", if javascript { &["env"] } else { &["env", "team"] }).await;
        olga.types("tag-key-0", "team").await;
        olga.types("tag-value-0", "o").await;
        offers("tag-values", if javascript { &["ot"] } else { &["prod", "ot"] }).await;
        olga.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn several_keys_are_disabled_tagged_and_deleted_together() {
    for javascript in [true, false] {
        let (portal, olga, secret) = olga_with_three_keys(javascript).await;
        let machine = Machine::beside(&portal);
        let tick =
            async |client_id: &str| olga.clicks(&format!("tr[data-client-id=\"{client_id}\"] .pick input")).await;
        tick("erp-orders").await;
        tick("billing-sync").await;
        olga.types("new-tag", "env:prod").await;
        olga.presses("Add tag").await;
        olga.sees("2 keys are tagged env:prod").await;
        olga.presses("env:prod").await;
        olga.sees("2 keys, newest first").await;
        tick("erp-orders").await;
        // Enter stops nothing.
        olga.clicks("#new-tag").await;
        olga.hits(Key::Enter).await;
        olga.sees("Nothing was changed.").await;
        assert_eq!(machine.verifies(&secret).await, "VALID");
        tick("erp-orders").await;
        olga.types("new-tag", "prod").await;
        olga.presses("Add tag").await;
        olga.sees("There is 1 problem").await;
        olga.types("new-tag", "tier:gold").await;
        olga.hits(Key::Enter).await;
        olga.sees("erp-orders is tagged tier:gold.").await;
        tick("erp-orders").await;
        olga.presses_in("//form[@id='selected']", "Disable").await;
        olga.sees("erp-orders is disabled.").await;
        assert_eq!(machine.verifies(&secret).await, "DISABLED");
        tick("erp-orders").await;
        tick("billing-sync").await;
        olga.presses_in("//form[@id='selected']", "Delete").await;
        olga.sees("Delete 2 API keys?").await;
        olga.presses("Close").await;
        olga.sees("2 keys, newest first").await;
        tick("erp-orders").await;
        tick("billing-sync").await;
        olga.presses_in("//form[@id='selected']", "Delete").await;
        olga.sees("Delete 2 API keys?").await;
        // One of them was used a moment ago.
        olga.types("confirm", "delete 2 keys").await;
        olga.presses_in("//dialog", "Delete").await;
        olga.sees("2 keys are deleted").await;
        assert_eq!(machine.verifies(&secret).await, "DELETED");
        olga.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn keys_in_use_are_deleted_together_with_the_keyboard_alone() {
    for javascript in [true, false] {
        let (portal, olga, secret) = olga_with_three_keys(javascript).await;
        let machine = Machine::beside(&portal);
        assert_eq!(machine.verifies(&secret).await, "VALID");
        for client_id in ["billing-sync", "erp-orders"] {
            olga.tabs_to(&format!("tr[data-client-id=\"{client_id}\"] .pick input")).await;
            olga.hits(Key::Space).await;
        }
        olga.tabs_to("#selected button[value=delete]").await;
        olga.hits(Key::Enter).await;
        olga.sees("1 of them is in use.").await;
        olga.arrives_on("#confirm").await;
        olga.keys_in("delete 2 keys").await;
        olga.hits(Key::Enter).await;
        olga.sees("2 keys are deleted").await;
        assert_eq!(machine.verifies(&secret).await, "DELETED");
        olga.saw_no_complaint().await;
    }
}
