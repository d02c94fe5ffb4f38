//! With the keyboard alone: everything can be reached and done, and the focus is always to be seen.

use thirtyfour::Key;

use crate::support::{
    Person, Portal,
    person::{EMAIL, PASSWORD},
};

const IVY: &str = "ivy@acme.example";
const NEW_PASSWORD: &str = "the east gate is shut";

#[tokio::test]
async fn people_are_managed_with_javascript() {
    people_are_managed(true).await;
}

#[tokio::test]
async fn people_are_managed_without_javascript() {
    people_are_managed(false).await;
}

async fn people_are_managed(javascript: bool) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    olga.signs_out().await;

    // Signing in, where the focus is in the first field.
    olga.arrives_on("#email").await;
    olga.keys_in(EMAIL).await;
    olga.tabs_to("#password").await;
    olga.keys_in(PASSWORD).await;
    olga.hits(Key::Enter).await;
    olga.is_at("/api-keys").await;

    // The first stop of each page leads past the navigation; the ones after it are the navigation.
    olga.tabs_to(".skip-link").await;
    olga.tabs_to("nav a[href=\"/users\"]").await;
    olga.hits(Key::Enter).await;
    olga.is_at("/users").await;
    olga.tabs_to(".skip-link").await;
    olga.hits(Key::Enter).await;
    assert!(olga.has_the_focus_on("#main").await);
    olga.tabs_to("main a[href=\"/users/new\"]").await;
    olga.hits(Key::Enter).await;
    olga.is_at("/users/new").await;

    olga.arrives_on("#email").await;
    olga.keys_in(IVY).await;
    olga.tabs_to("#name").await;
    olga.keys_in("Ivy League").await;
    olga.tabs_to("[name=role-member]").await;
    olga.tabs_back_to("#add-all").await;
    olga.tabs_to(".save-bar .primary").await;
    olga.hits(Key::Space).await;
    olga.sees(&format!("{IVY} is invited")).await;
    if javascript {
        olga.arrives_on("[data-copy=secret]").await;
        olga.hits(Key::Escape).await;
    } else {
        olga.tabs_to("dialog a").await;
        olga.hits(Key::Enter).await;
    }
    olga.sees("User information").await;

    // A role.
    olga.tabs_to("[name=role-manage-api-credentials]").await;
    olga.hits(Key::Space).await;
    olga.tabs_to(".save-bar .primary").await;
    olga.hits(Key::Enter).await;
    olga.sees(&format!("{IVY} is updated.")).await;
    assert!(olga.reads(&format!("tr[data-email=\"{IVY}\"]")).await.contains("Manage API credentials"));

    // Found again by a filter, whose choices are made with the arrows.
    olga.tabs_to("#status").await;
    olga.hits(Key::Down).await;
    olga.hits(Key::Down).await;
    olga.tabs_to("main search button").await;
    olga.hits(Key::Enter).await;
    olga.sees("Status: Invited").await;
    let listed =
        olga.evaluates("return [...document.querySelectorAll('tr[data-email]')].map(row => row.dataset.email)").await;
    assert_eq!(listed, serde_json::json!([IVY]));
    olga.tabs_to(&format!("tr[data-email=\"{IVY}\"] a.name")).await;
    olga.hits(Key::Enter).await;
    olga.sees("User information").await;

    // Deleting asks first, and the first that is offered is to close.
    let page = olga.browser.driver().current_url().await.expect("an address");
    asks_to_delete(&olga).await;
    // With a script Escape does what "Close" does.
    olga.hits(if javascript { Key::Escape } else { Key::Enter }).await;
    olga.is_at(page.path()).await;
    asks_to_delete(&olga).await;
    olga.tabs_to("dialog button.danger").await;
    olga.tabs_back_to("dialog a").await;
    olga.tabs_to("dialog button.danger").await;
    olga.hits(Key::Enter).await;
    olga.sees(&format!("{IVY} is deleted.")).await;

    // The own account: another browser is signed out, and then the password changed.
    let at_home = Person::with_or_without_javascript(javascript, &portal).await;
    at_home.opens("/login").await;
    at_home.tries_to_sign_in_with(PASSWORD).await;
    at_home.is_at("/api-keys").await;
    olga.tabs_to("nav a[href=\"/account\"]").await;
    olga.hits(Key::Enter).await;
    olga.is_at("/account").await;
    olga.tabs_to("form[action=\"/account/sessions\"] button").await;
    olga.hits(Key::Enter).await;
    olga.sees("The other browser is signed out.").await;
    at_home.presses_in("//nav[@id=\"nav\"]", "Users").await;
    at_home.is_at("/login").await;

    olga.tabs_to("#current").await;
    olga.keys_in(PASSWORD).await;
    olga.tabs_to("#password").await;
    olga.keys_in(NEW_PASSWORD).await;
    olga.hits(Key::Enter).await;
    olga.sees("Your password is changed.").await;
    at_home.tries_to_sign_in_with(NEW_PASSWORD).await;
    at_home.is_at("/users").await;
    olga.saw_no_complaint().await;
}

async fn asks_to_delete(olga: &Person) {
    olga.tabs_to(&format!("[aria-label=\"Delete {IVY}\"]")).await;
    olga.hits(Key::Enter).await;
    olga.sees(&format!("Delete {IVY}?")).await;
    olga.arrives_on("dialog a").await;
    assert_eq!(olga.evaluates("return document.activeElement.textContent").await, "Close");
}

/// Forwards and backwards, in a large window, on a phone, and in one that is hardly higher than the bar with "Save".
#[tokio::test]
async fn the_focus_is_seen_wherever_it_goes() {
    let portal = Portal::start();
    let olga = Person::at(&portal).await;
    olga.sets_keystead_up().await;
    for name in ["invoices", "orders"] {
        olga.opens("/resources/new").await;
        olga.types("kind", "application").await;
        olga.types("name", name).await;
        olga.presses("Add").await;
        olga.sees("is added.").await;
    }
    olga.invites(IVY, "Ivy League", &[]).await;
    olga.presses("Close").await;
    olga.sees("User information").await;
    let ivy = olga.browser.driver().current_url().await.expect("an address").path().to_owned();
    olga.opens("/roles/new").await;
    olga.types("name", "Clerk").await;
    olga.presses_in_the_save_bar("Create").await;
    olga.sees("is created.").await;

    let pages = [
        ("/users", 15),
        ("/users/new", 25),
        (&ivy, 25),
        ("/roles", 18),
        ("/roles/clerk", 25),
        ("/roles/admin", 8),
        ("/resources", 10),
        ("/resources/organization=acme:application=invoices", 18),
        ("/account", 12),
        ("/api-keys", 8),
    ];
    for (width, height) in [(1440, 900), (390, 844), (640, 360), (320, 568)] {
        olga.has_a_window_of(width, height).await;
        for (page, least) in pages {
            olga.opens(page).await;
            let stops = olga.walks_through().await;
            // What is in the drawer of a small window is not passed.
            let least = if width < 900 { least - 5 } else { least };
            assert!(stops >= least, "{page} has {stops} stops in a window of {width} by {height}");
        }
    }
}

/// Where the window is small, the navigation is a drawer.
#[tokio::test]
async fn the_drawer_of_a_phone_opens_and_closes() {
    for javascript in [true, false] {
        let portal = Portal::start();
        let olga = Person::with_or_without_javascript(javascript, &portal).await;
        olga.sets_keystead_up().await;
        olga.has_a_window(Some(390)).await;
        olga.opens("/account").await;
        olga.tabs_to(".topbar button").await;
        olga.hits(Key::Enter).await;
        olga.tabs_to("nav a[href=\"/users\"]").await;
        olga.hits(Key::Escape).await;
        olga.arrives_on(".topbar button").await;
        olga.hits(Key::Enter).await;
        olga.tabs_to("nav a[href=\"/users\"]").await;
        olga.hits(Key::Enter).await;
        olga.is_at("/users").await;
    }
}

/// A question that is too long for the window is read with the arrows, from where the focus is.
#[tokio::test]
async fn a_question_is_read_to_its_end() {
    for javascript in [true, false] {
        let portal = Portal::start();
        let olga = Person::with_or_without_javascript(javascript, &portal).await;
        olga.sets_keystead_up().await;
        olga.invites(IVY, "Ivy League", &[]).await;
        olga.presses("Close").await;
        olga.has_a_window_of(640, 300).await;
        asks_to_delete(&olga).await;
        let is_read = "const form = document.querySelector('dialog form');
            return form.scrollHeight > form.clientHeight && form.scrollTop + form.clientHeight >= form.scrollHeight - 1";
        assert_eq!(olga.evaluates(is_read).await, false);
        olga.waits_until("the end is reached", async || {
            olga.hits(Key::Down).await;
            Ok(olga.evaluates(is_read).await == true)
        })
        .await;
        olga.arrives_on("dialog a").await;
    }
}
