//! Two clicks in a row, on a slow network: what was sent is sent once, so that the answer with the secret arrives.

use serde_json::json;

use crate::support::{Machine, Person, Portal};

const KEY: &str = "billing-sync";

#[tokio::test]
async fn a_second_click_on_create_loses_no_key() {
    let portal = Portal::start();
    let (olga, machine) = (Person::at(&portal).await, Machine::beside(&portal));
    olga.sets_keystead_up().await;
    olga.adds().await;
    olga.types("client-id", KEY).await;
    clicks_twice_on_a_slow_network(&olga, "dialog button.primary").await;
    assert_eq!(machine.verifies(&olga.reads("#secret").await).await, "VALID");
    olga.says_the_key_is_saved().await;
}

#[tokio::test]
async fn a_second_click_on_rotate_loses_no_secret() {
    let portal = Portal::start();
    let (olga, machine) = (Person::at(&portal).await, Machine::beside(&portal));
    olga.sets_keystead_up().await;
    let first = olga.creates_a_key(KEY).await;
    olga.says_the_key_is_saved().await;
    olga.clicks(&format!("tr[data-client-id=\"{KEY}\"] th a")).await;
    olga.clicks("main a[href$=\"/rotate\"]").await;
    clicks_twice_on_a_slow_network(&olga, "dialog button.primary").await;
    let second = olga.reads("#secret").await;
    assert_eq!(machine.verifies(&first).await, "VALID");
    assert_eq!(machine.verifies(&second).await, "VALID");
}

#[tokio::test]
async fn a_second_click_on_invite_loses_no_link() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    olga.sets_keystead_up().await;
    olga.goes_to("Users").await;
    olga.presses("Add").await;
    olga.types("email", "ivy@acme.example").await;
    clicks_twice_on_a_slow_network(&olga, ".save-bar button.primary").await;
    assert!(olga.reads("#secret").await.contains("/invitations/ksi_"));
}

#[tokio::test]
async fn what_was_stopped_can_be_sent_again() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    olga.sets_keystead_up().await;
    olga.adds().await;
    olga.types("client-id", KEY).await;
    olga.has_a_network_that_takes(60_000).await;
    let stops = "const b = document.querySelector('dialog button.primary'); b.click();
        setTimeout(() => { window.wasBusy = b.ariaDisabled === 'true'; window.stop(); }, 150)";
    olga.evaluates(stops).await;
    let rests = "return window.wasBusy && document.querySelector('dialog button.primary').ariaDisabled !== 'true'";
    olga.waits_until("the button was busy and rests", async || Ok(olga.evaluates(rests).await == true)).await;
    olga.has_a_network_that_takes(0).await;
    olga.clicks("dialog button.primary").await;
    olga.finds("#secret, #already-text").await;
}

/// Without a script the second answer leads to a secret in one click.
#[tokio::test]
async fn without_javascript_the_second_answer_offers_a_new_secret() {
    let portal = Portal::start();
    let (olga, machine) = (Person::without_javascript_at(&portal).await, Machine::beside(&portal));
    olga.sets_keystead_up().await;
    let lost = olga.creates_a_key(KEY).await;
    olga.reloads().await;
    olga.sees("was already created").await;
    olga.pictures("already-created").await;
    olga.presses("Rotate now").await;
    let secret = olga.reads("#secret").await;
    assert_eq!(machine.verifies(&secret).await, "VALID");
    assert_eq!(machine.verifies(&lost).await, "ROTATED");
    olga.says_the_key_is_saved().await;
}

/// Clicks of a hand that did not see the first one do anything, 150 ms apart.
async fn clicks_twice_on_a_slow_network(olga: &Person, button: &str) {
    olga.has_a_network_that_takes(800).await;
    let clicks = format!("const b = document.querySelector('{button}'); b.click(); setTimeout(() => b.click(), 150)");
    olga.evaluates(&clicks).await;
    olga.finds("#secret").await;
    olga.has_a_network_that_takes(0).await;
}

impl Person {
    /// Each answer takes so many milliseconds.
    async fn has_a_network_that_takes(&self, latency: u32) {
        let conditions =
            json!({"offline": false, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1});
        self.browser.devtools("Network.emulateNetworkConditions", conditions).await;
    }
}
