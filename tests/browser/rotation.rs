//! A rotation is seen through with the keyboard alone: finished, or cancelled; and a key is disabled with a reason.

use thirtyfour::Key;

use crate::support::{Machine, Person, Portal};

const KEY: &str = "billing-sync";

#[tokio::test]
async fn with_javascript() {
    a_rotation_is_finished_and_another_cancelled(true).await;
}

#[tokio::test]
async fn without_javascript() {
    a_rotation_is_finished_and_another_cancelled(false).await;
}

async fn a_rotation_is_finished_and_another_cancelled(javascript: bool) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    let machine = Machine::beside(&portal);
    olga.sets_keystead_up().await;
    let first = olga.creates_a_key(KEY).await;
    olga.says_the_key_is_saved().await;
    let second = rotates(&olga).await;
    worth(&machine, &[&first, &second], &["VALID", "VALID"]).await;
    olga.sees("Stops in 23 h 59 min").await;
    pictures(&olga, "rotating", javascript).await;

    // Closing changes nothing; then the old one stops.
    asks(&olga, "finish").await;
    olga.sees("Finish the rotation of billing-sync?").await;
    pictures(&olga, "rotation-finish", javascript).await;
    closes(&olga, javascript).await;
    worth(&machine, &[&first, &second], &["VALID", "VALID"]).await;
    asks(&olga, "finish").await;
    does_it(&olga).await;
    olga.sees("The rotation is finished.").await;
    worth(&machine, &[&first, &second], &["ROTATED", "VALID"]).await;

    let third = rotates(&olga).await;
    asks(&olga, "cancel").await;
    olga.sees("Cancel the rotation of billing-sync?").await;
    pictures(&olga, "rotation-cancel", javascript).await;
    closes(&olga, javascript).await;
    worth(&machine, &[&second, &third], &["VALID", "VALID"]).await;
    asks(&olga, "cancel").await;
    does_it(&olga).await;
    olga.sees("The rotation is cancelled.").await;
    worth(&machine, &[&first, &second, &third], &["ROTATED", "VALID", "ROTATED"]).await;
    pictures(&olga, "after-rotations", javascript).await;

    // What was opened before leads back to the page.
    olga.goes_back().await;
    olga.sees("No rotation is going on, so nothing was changed.").await;

    disables_with_a_reason(&olga, &machine, &second, javascript).await;
    olga.saw_no_complaint().await;
}

async fn disables_with_a_reason(olga: &Person, machine: &Machine, secret: &str, javascript: bool) {
    olga.tabs_to("main a[href$=\"/disable\"]").await;
    olga.hits(Key::Enter).await;
    olga.arrives_on("#reason").await;
    olga.keys_in(&"r".repeat(201)).await;
    olga.hits(Key::Enter).await;
    olga.finds("[role=alert]").await;
    pictures(olga, "disable-errors", javascript).await;
    olga.types("reason", "moving to the new server").await;
    pictures(olga, "disable", javascript).await;
    olga.tabs_to("dialog button.primary").await;
    olga.hits(Key::Enter).await;
    olga.sees("billing-sync is disabled.").await;
    olga.sees("moving to the new server").await;
    pictures(olga, "disabled-with-a-reason", javascript).await;
    worth(machine, &[secret], &["DISABLED"]).await;

    olga.tabs_to(".flash form button").await;
    olga.hits(Key::Enter).await;
    olga.sees("billing-sync is enabled.").await;
    olga.does_not_see("Disabled since").await;
    worth(machine, &[secret], &["VALID"]).await;
}

/// With the overlap that is chosen already; the new secret. Ends on the page of the key.
async fn rotates(olga: &Person) -> String {
    let row = format!("tr[data-client-id=\"{KEY}\"] th a");
    olga.opens("/api-keys").await;
    olga.clicks(&row).await;
    arrives_on_the_page_of_the_key(olga).await;
    olga.tabs_to("main a[href$=\"/rotate\"]").await;
    olga.hits(Key::Enter).await;
    olga.arrives_on("[name=overlap]:checked").await;
    olga.tabs_to("dialog button.primary").await;
    olga.hits(Key::Enter).await;
    let secret = olga.reads("#secret").await;
    olga.says_the_key_is_saved().await;
    olga.clicks(&row).await;
    arrives_on_the_page_of_the_key(olga).await;
    secret
}

async fn asks(olga: &Person, how: &str) {
    let link = format!("main a[href$=\"/rotation/{how}\"]");
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
    arrives_on_the_page_of_the_key(olga).await;
}

/// It is there as a whole, so that what is hit next is hit on it.
async fn arrives_on_the_page_of_the_key(olga: &Person) {
    let is_there = "return document.readyState === 'complete' && document.querySelector('dialog') === null
        && document.querySelector('#secrets-title') !== null";
    olga.waits_until("the page of the key is there", async || Ok(olga.evaluates(is_there).await == true)).await;
}

async fn does_it(olga: &Person) {
    olga.tabs_to("dialog button.danger").await;
    olga.hits(Key::Enter).await;
}

async fn worth(machine: &Machine, secrets: &[&str], codes: &[&str]) {
    for (secret, code) in secrets.iter().zip(codes) {
        assert_eq!(machine.verifies(secret).await, *code);
    }
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
