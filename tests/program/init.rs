//! `keystead init`: the first organization and its administrator, without a browser.

use crate::support::{PASSWORD, Person, Place, on_both};

const GOOD: [&str; 8] =
    ["init", "--tenant", "acme", "--organization", "Acme Works", "--email", "ada@acme.example", "--password-stdin"];

/// The good arguments with another value behind one of the flags.
fn with<'a>(flag: &str, value: &'a str) -> Vec<&'a str> {
    let mut arguments = GOOD.to_vec();
    let place = arguments.iter().position(|argument| *argument == flag).expect("a flag");
    arguments[place + 1] = value;
    arguments
}

on_both! {
    async fn who_was_made_in_the_shell_signs_in_in_the_browser(place: Place) {
        let made = place.init();
        assert!(made.status.success() && made.err.is_empty(), "{made:?}");
        assert_eq!(made.out.lines().count(), 1);
        assert!(made.out.contains("Acme Works") && made.out.contains("ada@acme.example"), "{made:?}");
        made.says_nothing_of(PASSWORD);

        place.init().refuses("has an administrator already").says_nothing_of(PASSWORD);
        assert_eq!(place.database().number("SELECT COUNT(*) FROM tenants"), 1);

        let portal = place.serve();
        assert_eq!(portal.setup_link, None);
        let mut ada = Person::at(&portal.origin);
        ada.get("/setup").await.is(404);
        ada.signs_in("ada@acme.example", "the south gate squeaks").await.is(422);
        ada.signs_in("ada@acme.example", PASSWORD).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.is(200).says("No API keys yet").says("Acme Works");
        ada.get("/audit").await.is(200).says("Added the organization");
    }
}

#[test]
fn a_wrong_flag_is_named_and_nothing_is_made() {
    let place = Place::new();
    for (flag, value) in [
        ("--tenant", "Acme!"),
        ("--tenant", ""),
        ("--tenant", "setup"),
        ("--organization", ""),
        ("--organization", "Acme\nWorks"),
        ("--email", "ada"),
        ("--email", "ada@acme.example\nbob@acme.example"),
    ] {
        place.run_told(&with(flag, value), PASSWORD).refuses(flag);
    }
    for missing in ["--tenant", "--organization", "--email"] {
        let at = GOOD.iter().position(|argument| *argument == missing).expect("a flag");
        let rest = [&GOOD[..at], &GOOD[at + 2..]].concat();
        place.run_told(&rest, PASSWORD).refuses(missing);
    }
    place.run_told(&GOOD[..7], PASSWORD).refuses("--password-stdin");
    assert!(!place.path("data").exists());
}

#[test]
fn a_weak_password_is_refused_and_not_repeated() {
    let place = Place::new();
    for (password, said) in [
        ("", "empty"),
        ("\n", "empty"),
        ("fourteen chars", "14 characters"),
        (&"long ".repeat(26), "130 characters"),
        ("correct horse battery staple", "tried first"),
        ("ada@acme.example", "name or address"),
    ] {
        let refused = place.run_told(&GOOD, password);
        refused.refuses(said);
        if !password.trim().is_empty() {
            refused.says_nothing_of(password.trim());
        }
    }
    assert!(!place.path("data").exists());
}

#[tokio::test]
async fn the_password_is_the_first_line_without_its_end() {
    for (mark, ending) in [("", ""), ("", "\n"), ("\u{feff}", "\r\n")] {
        let place = Place::new();
        assert!(place.run_told(&GOOD, &format!("{mark} {PASSWORD} {ending}")).status.success());
        let portal = place.serve();
        let mut ada = Person::at(&portal.origin);
        ada.signs_in("ada@acme.example", &format!(" {PASSWORD} ")).await.redirects_to("/api-keys");
    }
}

#[test]
fn a_password_that_no_browser_can_send_is_refused_and_not_repeated() {
    let place = Place::new();
    for (text, said) in [
        (format!("{PASSWORD}\n{PASSWORD}\n"), "more than one line"),
        (format!("{PASSWORD}\n\n"), "more than one line"),
        (format!("{PASSWORD}\r"), "more than one line"),
        (format!("{PASSWORD}\0"), "control character"),
        (format!("the\t{PASSWORD}"), "control character"),
        (format!("{PASSWORD}\u{85}"), "control character"),
        (format!("{PASSWORD}\u{fffd}"), "U+FFFD"),
    ] {
        place.run_told(&GOOD, &text).refuses(said).says_nothing_of(PASSWORD);
    }
    assert!(!place.path("data").exists());
}
