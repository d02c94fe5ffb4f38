//! How often a key may be used, set in the wizard and changed in the panel. With and without scripts, on a phone.

use crate::support::{Person, Portal};

#[tokio::test]
async fn with_javascript() {
    limits_are_set_and_changed(true).await;
}

#[tokio::test]
async fn without_javascript() {
    limits_are_set_and_changed(false).await;
}

async fn limits_are_set_and_changed(javascript: bool) {
    let picture = |name: &str| format!("rate-limits-{name}{}", if javascript { "" } else { "-no-javascript" });
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    olga.has_a_window(Some(390)).await;
    olga.opens("/api-keys/new").await;
    olga.types("client-id", "billing-sync").await;
    olga.clicks("summary").await;
    olga.types("limit-second", "1,000").await;
    olga.types("burst-minute", "20").await;
    olga.presses("Create").await;
    olga.sees("There are 2 problems").await;
    olga.sees("Requests per second, “1,000”, is not a whole number from 1 to 1000000.").await;
    olga.clicks("a[href=\"#limit-minute\"]").await;
    olga.pictures(&picture("errors")).await;
    olga.types("limit-second", "10").await;
    olga.types("limit-minute", "60").await;
    olga.presses("Create").await;
    olga.finds("#secret").await;
    olga.says_the_key_is_saved().await;

    olga.clicks("tr[data-client-id=\"billing-sync\"] th a").await;
    olga.sees("10 requests per second").await;
    olga.sees("60 requests per minute, at most 20 at once").await;
    olga.pictures(&picture("detail")).await;
    olga.presses("Edit").await;
    olga.has_a_window(None).await;
    olga.prefers("dark").await;
    // The part is open, for there is something in it.
    olga.finds("#limit-day").await;
    olga.types("limit-second", "").await;
    olga.types("burst-minute", "").await;
    olga.types("limit-day", "5000").await;
    olga.pictures(&picture("panel")).await;
    olga.presses("Update API key").await;
    olga.sees("is updated.").await;
    olga.sees("5,000 requests per day").await;
    olga.does_not_see("per second").await;
    olga.does_not_see("at most 20 at once").await;
    olga.saw_no_complaint().await;
}
