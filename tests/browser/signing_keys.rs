//! The part of the settings about access tokens, and the next signing key, with the keyboard alone.

use thirtyfour::Key;

use crate::support::{Person, Portal};

#[tokio::test]
async fn with_javascript() {
    signing_keys_are_rotated_and_replaced(true).await;
}

#[tokio::test]
async fn without_javascript() {
    signing_keys_are_rotated_and_replaced(false).await;
}

async fn signing_keys_are_rotated_and_replaced(javascript: bool) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    olga.opens("/settings").await;
    let first = olga.reads("#signing-keys li code").await;

    // What is wrong is said at the field, and what was typed stays.
    olga.types("audiences", "orders").await;
    saves(&olga).await;
    olga.finds("[role=alert]").await;
    olga.sees("Line 1 of “Whom tokens may be for” is no absolute URI").await;
    pictures(&olga, "access-tokens-errors", javascript).await;
    olga.types("audiences", "urn:acme:orders").await;
    olga.types("token-seconds", "600").await;
    saves(&olga).await;
    olga.sees("The settings are saved.").await;

    // Closing changes nothing; then there is a next key.
    asks(&olga, "rotate").await;
    olga.sees("Rotate the signing keys?").await;
    pictures(&olga, "signing-keys-rotate", javascript).await;
    closes(&olga, javascript).await;
    asks(&olga, "rotate").await;
    does_it(&olga, "dialog button.primary").await;
    olga.sees("A new key is published.").await;
    olga.sees("A rotation is under way").await;
    pictures(&olga, "signing-keys-under-way", javascript).await;
    let next = olga.reads("#signing-keys li code").await;
    assert_ne!(next, first);

    asks(&olga, "replace").await;
    olga.sees("All access tokens already given stop working.").await;
    pictures(&olga, "signing-keys-replace", javascript).await;
    closes(&olga, javascript).await;
    assert_eq!(olga.reads("#signing-keys li code").await, next);
    asks(&olga, "replace").await;
    does_it(&olga, "dialog button.danger").await;
    olga.sees("A new key signs now.").await;
    assert!(![&first, &next].contains(&&olga.reads("#signing-keys li code").await));
    olga.saw_no_complaint().await;
}

async fn saves(olga: &Person) {
    olga.presses("Save access tokens").await;
}

async fn asks(olga: &Person, how: &str) {
    let link = format!("main a[href$=\"/signing-keys/{how}\"]");
    olga.tabs_to(&link).await;
    // A key that is hit while one page still turns into the next is lost; a person hits it again.
    olga.waits_until("the overlay opens", async || {
        let is_open = olga.evaluates("return document.querySelector('dialog') !== null").await == true;
        if !is_open {
            if !olga.has_the_focus_on(&link).await {
                olga.tabs_to(&link).await;
            }
            olga.hits(Key::Enter).await;
        }
        Ok(olga.has_the_focus_on("dialog a").await)
    })
    .await;
}

/// With a script Escape does what "Close" does.
async fn closes(olga: &Person, javascript: bool) {
    olga.hits(if javascript { Key::Escape } else { Key::Enter }).await;
    let is_there = "return document.readyState === 'complete' && document.querySelector('dialog') === null
        && document.querySelector('#signing-keys') !== null";
    olga.waits_until("the settings are there", async || Ok(olga.evaluates(is_there).await == true)).await;
}

async fn does_it(olga: &Person, button: &str) {
    olga.tabs_to(button).await;
    olga.hits(Key::Enter).await;
}

/// In both colour schemes, at a desk and on a phone.
async fn pictures(olga: &Person, name: &str, javascript: bool) {
    if !javascript || crate::support::person::pictures_directory().is_none() {
        return;
    }
    for scheme in ["light", "dark"] {
        olga.prefers(scheme).await;
        for width in [1440, 390] {
            olga.has_a_window(Some(width)).await;
            olga.pictures(&format!("{name}-{scheme}-{width}")).await;
        }
    }
    olga.has_a_window(None).await;
}
