//! The main job in each browser engine: a key is made, copied, edited, rotated, disabled and deleted, through dialogs that are
//! really visible there.

use crate::support::{Machine, Person, Portal, browser::Kind, person::PASSWORD};

const KEY: &str = "billing-sync";

#[tokio::test]
async fn chromium() {
    walk(Kind::ORDINARY, "chromium").await;
}

#[tokio::test]
async fn webkit() {
    walk(Kind::WEBKIT, "webkit").await;
}

async fn walk(kind: Kind, engine: &str) {
    let portal = Portal::start();
    let olga = Person::with(kind, &portal).await;
    let machine = Machine::beside(&portal);
    let picture = |name: &str| format!("{engine}-{name}");

    olga.sets_keystead_up().await;
    olga.signs_out().await;
    olga.tries_to_sign_in_with(PASSWORD).await;
    olga.is_at("/api-keys").await;

    olga.adds().await;
    olga.sees_the_dialog("API Client ID", &picture("create")).await;
    olga.types("client-id", KEY).await;
    olga.presses("Create").await;
    let first = copies_the_key(&olga, &picture("credential")).await;
    assert_eq!(machine.verifies(&first).await, "VALID");
    olga.says_the_key_is_saved().await;
    olga.sees_the_row_of(KEY).await;

    opens_the_page_of_the_key(&olga).await;
    olga.presses("Edit").await;
    olga.sees_the_dialog("Edit", &picture("edit")).await;
    olga.types("name", "Billing at night").await;
    olga.presses("Update API key").await;
    olga.sees("Billing at night").await;

    olga.presses("Rotate").await;
    olga.sees_the_dialog("Rotate billing-sync", &picture("rotate")).await;
    olga.presses("Rotate").await;
    let second = copies_the_key(&olga, &picture("rotated")).await;
    assert_ne!(first, second);
    olga.clicks("input[name=saved]").await;
    olga.presses("Close").await;
    assert_eq!((machine.verifies(&first).await, machine.verifies(&second).await), ("VALID".into(), "VALID".into()));

    opens_the_page_of_the_key(&olga).await;
    olga.presses("Disable").await;
    olga.sees_the_dialog("Disable billing-sync", &picture("disable")).await;
    olga.types("reason", "moving to the new server").await;
    olga.presses("Disable").await;
    olga.sees("moving to the new server").await;
    assert_eq!(machine.verifies(&second).await, "DISABLED");

    olga.opens("/api-keys").await;
    olga.asks_to_delete(KEY).await;
    olga.sees_the_dialog("Delete billing-sync?", &picture("delete")).await;
    olga.presses("Close").await;
    olga.sees_the_row_of(KEY).await;
    assert_eq!(machine.verifies(&second).await, "DISABLED");
    olga.asks_to_delete(KEY).await;
    // It was used a moment ago.
    olga.types("confirm", KEY).await;
    olga.presses("Delete").await;
    olga.does_not_list(KEY).await;
    assert_eq!(machine.verifies(&second).await, "DELETED");

    olga.goes_to("Resources").await;
    olga.presses("Add").await;
    olga.sees_the_dialog("Add a resource", &picture("new-resource")).await;
}

/// The key that is shown once, after a click on "Copy to clipboard".
async fn copies_the_key(olga: &Person, picture: &str) -> String {
    olga.sees_the_dialog("This is the only time the key is shown.", picture).await;
    olga.clicks("[data-copy=secret]").await;
    olga.sees("Copied").await;
    olga.reads("#secret").await
}

async fn opens_the_page_of_the_key(olga: &Person) {
    olga.opens("/api-keys").await;
    olga.clicks(&format!("tr[data-client-id=\"{KEY}\"] th a")).await;
    olga.finds("main a[href$=\"/rotate\"]").await;
}

#[test]
fn firefox() {
    firefox::walks("with");
}

#[test]
fn firefox_without_javascript() {
    firefox::walks("without");
}

/// Debian has no WebDriver for Firefox, but Firefox speaks WebDriver BiDi by itself, and puppeteer-core with it.
mod firefox {
    use std::process::Command;

    use crate::support::{Portal, person::pictures_directory};

    /// `javascript` is "with" or "without".
    pub fn walks(javascript: &str) {
        let portal = Portal::start();
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut walk = Command::new("node");
        walk.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/firefox/walk.mjs"))
            .arg(javascript)
            .arg(profile.path())
            .args([&portal.address, &portal.setup_link])
            // Firefox refuses a home that belongs to another user.
            .env("HOME", profile.path())
            .args(pictures_directory());
        let output = walk.output().expect("node is installed (Debian: npm)");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
