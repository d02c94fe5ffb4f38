//! What a key is made of, put together in the wizard and taken apart in the panel: rows are added and removed, the page says in
//! words what they mean, and a day is chosen. With and without scripts, by keyboard alone, on a phone.

use thirtyfour::Key;

use crate::support::{Person, Portal};

#[tokio::test]
async fn with_javascript() {
    a_key_is_put_together_and_taken_apart(true).await;
}

#[tokio::test]
async fn without_javascript() {
    a_key_is_put_together_and_taken_apart(false).await;
}

/// Takes a row out. Without scripts the page is sent for that, and what is typed meanwhile would be lost with the old one.
async fn takes_out(olga: &Person, field: &str, javascript: bool) {
    olga.evaluates("document.body.dataset.before = ''").await;
    olga.clicks(&format!("li:has({field}) [data-remove-row]")).await;
    if javascript {
        return;
    }
    olga.waits_until("the page is there again", async || {
        let there = "return document.readyState === 'complete' && !('before' in document.body.dataset)";
        Ok(olga.evaluates(there).await == true)
    })
    .await;
}

async fn a_key_is_put_together_and_taken_apart(javascript: bool) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    olga.has_a_window(Some(390)).await;
    olga.opens("/api-keys/new").await;
    olga.types("client-id", "billing-sync").await;
    chooses(&olga, "grant-role-0", "developer").await;
    chooses(&olga, "grant-resource-0", "organization=acme").await;
    olga.presses("Add a role on a resource").await;
    olga.finds("#grant-role-1").await;
    chooses(&olga, "grant-role-1", "ci").await;
    if javascript {
        olga.sees("You changed the rows since.").await;
    }
    chooses(&olga, "grant-resource-1", "organization=acme").await;
    olga.presses("Show what it may do").await;
    olga.sees("On the whole organization: see API keys and introspect tokens").await;
    olga.does_not_see("You changed the rows since.").await;
    olga.clicks("li:has(#grant-role-0) [data-remove-row]").await;
    olga.waits_until("the row is gone", async || {
        let rows = olga.evaluates("return document.querySelectorAll('.rows select[name^=grant-role]').length").await;
        let there = olga.evaluates("return document.readyState === 'complete'").await;
        Ok(rows == 1 && there == true)
    })
    .await;

    olga.types("tag-key-0", "Env").await;
    olga.types("tag-value-0", "prod").await;
    olga.presses("Add a tag").await;
    olga.types("tag-key-1", "no good").await;
    olga.types("tag-value-1", "x").await;
    olga.clicks("label:has(#expiry-custom)").await;
    olga.finds("#expires-on").await;
    olga.evaluates("document.querySelector('#expires-on').value = '2020-02-21'").await;
    olga.clicks("summary").await;
    olga.types("allowed-addresses", "203.0.113.16/28\n203.0.113.0/36").await;
    olga.pictures(if javascript { "key-parts" } else { "key-parts-no-javascript" }).await;
    olga.presses("Create").await;
    olga.sees("There are 3 problems").await;
    olga.sees("Last day 2020-02-21 is over.").await;
    olga.sees("Line 2, “203.0.113.0/36”, is not an address range.").await;
    olga.pictures(if javascript { "key-parts-errors" } else { "key-parts-errors-no-javascript" }).await;
    olga.types("allowed-addresses", "203.0.113.16/28").await;
    takes_out(&olga, "#tag-key-1", javascript).await;
    olga.evaluates("document.querySelector('#expires-on').value = '2099-12-31'").await;
    olga.presses("Create").await;
    olga.finds("#secret").await;
    olga.says_the_key_is_saved().await;

    olga.clicks("tr[data-client-id=\"billing-sync\"] th a").await;
    olga.sees("On the whole organization: see API keys and introspect tokens").await;
    olga.sees("203.0.113.16/28").await;
    olga.sees("31 Dec 2099, 23:59 UTC").await;
    olga.pictures(if javascript { "key-detail" } else { "key-detail-no-javascript" }).await;
    olga.presses("Edit").await;
    olga.finds("#allowed-addresses").await;
    olga.has_a_window(None).await;
    olga.prefers("dark").await;
    olga.pictures(if javascript { "key-panel" } else { "key-panel-no-javascript" }).await;
    takes_out(&olga, "#grant-role-0", javascript).await;
    takes_out(&olga, "#tag-key-0", javascript).await;
    olga.types("name", "Billing").await;
    olga.presses("Update API key").await;
    olga.sees("is updated.").await;
    olga.sees("This key has no grants.").await;
    olga.saw_no_complaint().await;
}

/// Chooses in the list with this id.
async fn chooses(olga: &Person, field: &str, value: &str) {
    olga.clicks(&format!("#{field} option[value=\"{value}\"]")).await;
}

#[tokio::test]
async fn by_keyboard_alone_with_javascript() {
    by_keyboard_alone(true).await;
}

#[tokio::test]
async fn by_keyboard_alone_without_javascript() {
    by_keyboard_alone(false).await;
}

async fn by_keyboard_alone(javascript: bool) {
    let portal = Portal::start();
    let olga = Person::with_or_without_javascript(javascript, &portal).await;
    olga.sets_keystead_up().await;
    olga.opens("/api-keys/new").await;
    olga.arrives_on("#client-id").await;
    olga.keys_in("billing-sync").await;
    olga.tabs_to("#add-grant").await;
    olga.hits(Key::Space).await;
    olga.arrives_on("#grant-role-1").await;
    olga.keys_in("CI").await;
    olga.tabs_to("#grant-resource-1").await;
    olga.keys_in("The whole").await;
    olga.tabs_to("[value=preview]").await;
    olga.hits(Key::Enter).await;
    olga.sees("see API keys and introspect tokens").await;
    olga.pictures(if javascript { "key-wizard" } else { "key-wizard-no-javascript" }).await;
    olga.tabs_to("[name=expiry]").await;
    olga.tabs_to("#tag-key-0").await;
    olga.keys_in("env:prod").await;
    olga.tabs_to("summary").await;
    olga.hits(Key::Enter).await;
    olga.tabs_to("#allowed-addresses").await;
    olga.keys_in("2001:db8::/32").await;
    // Enter in a field is "Create", and none of the buttons that change rows.
    olga.tabs_back_to("#tag-key-0").await;
    olga.hits(Key::Enter).await;
    olga.finds("#secret").await;
    olga.says_the_key_is_saved().await;
    olga.clicks("tr[data-client-id=\"billing-sync\"] th a").await;
    olga.sees("env:prod").await;
    olga.sees("2001:db8::/32").await;
    olga.saw_no_complaint().await;
}
