//! The life of a key: made in the browser, used by a machine, deleted in the browser.

use serde_json::json;

use crate::support::{Machine, Person, Portal, person::TENANT};

const KEY: &str = "billing-sync";

#[tokio::test]
async fn with_javascript() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    let machine = Machine::beside(&portal);
    olga.may_use_the_clipboard(&portal).await;
    starts_using_keystead(&olga).await;

    let secret = olga.creates_a_key(KEY).await;
    olga.finds("dialog:modal").await;
    olga.clicks("[data-copy=secret]").await;
    olga.sees("Copied").await;
    assert_eq!(olga.clipboard().await, secret);

    works_at_once(&olga, &machine, &secret).await;
    deleting_asks_first_and_then_ends_it(&olga, &machine, &secret).await;
    olga.saw_no_complaint().await;
}

#[tokio::test]
async fn without_javascript() {
    let portal = Portal::start();
    let olga = Person::without_javascript_at(&portal).await;
    let machine = Machine::beside(&portal);
    starts_using_keystead(&olga).await;

    let secret = olga.creates_a_key(KEY).await;
    // There is nothing to press where nothing would happen.
    olga.does_not_see("Copy to clipboard").await;

    works_at_once(&olga, &machine, &secret).await;
    deleting_asks_first_and_then_ends_it(&olga, &machine, &secret).await;
    olga.saw_no_complaint().await;
}

/// The first administrator sets Keystead up, and comes back another day.
async fn starts_using_keystead(olga: &Person) {
    olga.sets_keystead_up().await;
    olga.sees("API Key Overview").await;
    olga.signs_out().await;
    olga.tries_to_sign_in_with("not the password at all").await;
    olga.finds("[role=alert]").await;
    olga.is_at("/login").await;
    olga.tries_to_sign_in_with(crate::support::person::PASSWORD).await;
    olga.is_at("/api-keys").await;
}

async fn works_at_once(olga: &Person, machine: &Machine, secret: &str) {
    // The command as it stands on the page.
    let command = olga.reads("#curl").await;
    assert!(command.contains(secret), "the command is ready to run: {command}");
    let token = machine.runs(&command);
    assert_eq!(token["token_type"], "Bearer", "{token}");
    assert!(token["access_token"].is_string(), "{token}");
    assert_eq!(machine.verifies(secret).await, "VALID");

    // The overlay stays until the key is said to be saved.
    olga.presses("Close").await;
    assert_eq!(olga.reads("#secret").await, secret);
    olga.says_the_key_is_saved().await;
    olga.sees_the_row_of(KEY).await;
    assert_eq!(olga.lists().await, [KEY]);
    olga.does_not_see(secret).await;
}

async fn deleting_asks_first_and_then_ends_it(olga: &Person, machine: &Machine, secret: &str) {
    olga.asks_to_delete(KEY).await;
    assert_eq!(olga.reads("#dialog-title").await, format!("Delete {KEY}?"));
    olga.sees("Do you want to proceed?").await;
    olga.sees("The connected external system will no longer be able to send data.").await;
    olga.sees("This cannot be undone.").await;
    olga.presses("Close").await;
    olga.is_at("/api-keys").await;
    olga.sees_the_row_of(KEY).await;
    assert_eq!(machine.verifies(secret).await, "VALID");

    olga.asks_to_delete(KEY).await;
    // It is in use.
    olga.types("confirm", KEY).await;
    olga.presses("Delete").await;
    olga.sees(&format!("{KEY} is deleted.")).await;
    assert!(olga.lists().await.is_empty());
    assert_eq!(machine.verifies(secret).await, "DELETED");
    let refusal = machine.asks_for_a_token(TENANT, KEY, secret).await;
    assert_eq!((refusal.status, &refusal.body["error"]), (401, &json!("invalid_client")));
}
