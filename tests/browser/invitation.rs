//! The link by which somebody chooses a password: handed over once, used once.

use crate::support::{Person, Portal};

const IVY: &str = "ivy@acme.example";
const FIRST: &str = "the south gate squeaks";
const SECOND: &str = "the east gate is shut";

#[tokio::test]
async fn a_link_is_copied_with_javascript() {
    let (portal, olga) = olga_at_work(true).await;
    olga.may_use_the_clipboard(&portal).await;
    let link = olga.invites(IVY, "Ivy League", &[]).await;
    olga.finds("dialog:modal").await;
    assert!(link.starts_with(&portal.address), "{link}");
    assert_eq!(olga.evaluates("return document.activeElement.dataset.copy").await, "secret");
    olga.clicks("[data-copy=secret]").await;
    olga.sees("Copied").await;
    assert_eq!(olga.clipboard().await, link);
    olga.presses("Close").await;
    olga.sees("User information").await;
    olga.saw_no_complaint().await;
}

#[tokio::test]
async fn a_link_is_selected_by_one_click_without_javascript() {
    let (_portal, olga) = olga_at_work(false).await;
    let link = olga.invites(IVY, "Ivy League", &[]).await;
    olga.does_not_see("Copy to clipboard").await;
    olga.sees("press Ctrl and C").await;
    olga.clicks("#secret").await;
    assert_eq!(olga.evaluates("return getSelection().toString()").await, link);
    olga.presses("Close").await;
    olga.sees("User information").await;
}

#[tokio::test]
async fn a_link_is_gone_once_its_page_is_left() {
    for javascript in [true, false] {
        let (_portal, olga) = olga_at_work(javascript).await;
        let link = olga.invites(IVY, "Ivy League", &[]).await;
        let code = code_of(&link);
        // The browser sends the form again: nobody is invited twice, and nothing is told.
        olga.reloads().await;
        olga.sees("is a user of this organization already").await;
        olga.holds_no(code).await;

        // A new one, which ends the first; and leaving it in the middle.
        olga.opens_the_page_of(IVY).await;
        let newer = olga.presses_for_a_link("Resend invitation").await;
        assert_ne!(newer, link);
        olga.opens("/audit").await;
        olga.goes_back().await;
        olga.holds_no(code_of(&newer)).await;
        olga.opens("/users").await;

        // As far back as the history goes.
        olga.opens_the_page_of(IVY).await;
        let newest = olga.presses_for_a_link("Resend invitation").await;
        olga.presses("Close").await;
        olga.sees("User information").await;
        for _ in 0..8 {
            olga.goes_back().await;
            for link in [&link, &newer, &newest] {
                olga.holds_no(code_of(link)).await;
            }
        }
        olga.opens("/audit").await;
        for link in [&link, &newer, &newest] {
            olga.holds_no(code_of(link)).await;
        }
    }
}

#[tokio::test]
async fn a_link_is_used_once_by_whoever_is_invited() {
    for javascript in [true, false] {
        let (portal, olga) = olga_at_work(javascript).await;
        let replaced = olga.invites(IVY, "Ivy", &[]).await;
        olga.presses("Close").await;
        let link = olga.presses_for_a_link("Resend invitation").await;
        olga.presses("Close").await;

        let ivy = Person::with_or_without_javascript(javascript, &portal).await;
        ivy.opens_the_link(&replaced).await;
        ivy.sees("This link cannot be used").await;
        assert_eq!(ivy.was_answered().await, 404);

        // Looking uses nothing up, and neither does a mistake; what was typed is kept, but not the password.
        for _ in 0..2 {
            ivy.opens_the_link(&link).await;
            ivy.sees("Welcome to Acme").await;
        }
        ivy.types("name", "Ivy League").await;
        ivy.types("password", "far too short").await;
        ivy.presses("Set password").await;
        ivy.finds("[role=alert] a[href=\"#password\"]").await;
        assert_eq!(ivy.evaluates("return document.querySelector('#name').value").await, "Ivy League");
        assert_eq!(ivy.evaluates("return document.querySelector('#password').value").await, "");
        ivy.chooses(FIRST).await;
        ivy.is_at("/account").await;
        assert!(ivy.reads("nav .who").await.contains("Ivy League"));

        // It was good once, for her as for everybody else who has it.
        ivy.opens_the_link(&link).await;
        ivy.sees("This link cannot be used").await;
        ivy.opens("/account").await;
        ivy.sees("My account").await;
        olga.opens_the_link(&link).await;
        olga.sees("This link cannot be used").await;
        ivy.saw_no_complaint().await;
    }
}

#[tokio::test]
async fn a_password_that_is_reset_ends_the_session_elsewhere_on_its_next_click() {
    for javascript in [true, false] {
        let (portal, olga) = olga_at_work(javascript).await;
        let link = olga.invites(IVY, "Ivy League", &[]).await;
        olga.presses("Close").await;
        let at_work = Person::with_or_without_javascript(javascript, &portal).await;
        at_work.opens_the_link(&link).await;
        at_work.chooses(FIRST).await;

        olga.opens_the_page_of(IVY).await;
        let link = olga.presses_for_a_link("Reset password").await;
        olga.presses("Close").await;
        // Nothing has happened yet to whoever is signed in.
        at_work.goes_to("My account").await;

        let at_home = Person::with_or_without_javascript(javascript, &portal).await;
        at_home.opens_the_link(&link).await;
        at_home.sees("Choose a new password").await;
        at_home.chooses(SECOND).await;
        at_home.sees("Every other browser was signed out.").await;

        at_work.presses_in("//nav[@id=\"nav\"]", "My account").await;
        at_work.is_at("/login").await;
        at_work.tries_to_sign_in_as(IVY, FIRST).await;
        at_work.sees("E-mail or password is wrong").await;
        at_work.tries_to_sign_in_as(IVY, SECOND).await;
        at_work.is_at("/account").await;
        at_home.goes_to("My account").await;
        at_home.saw_no_complaint().await;
    }
}

async fn olga_at_work(javascript: bool) -> (Portal, Person) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    (portal, olga)
}

fn code_of(link: &str) -> &str {
    link.rsplit_once('/').expect("a code").1
}
