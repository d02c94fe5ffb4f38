//! Something typed wrong: the page says what, and how to put it right, and forgets nothing.

use serde_json::json;

use crate::support::{Person, Portal};

#[tokio::test]
async fn with_javascript() {
    let portal = Portal::start();
    puts_mistakes_right(&Person::at(&portal).await).await;
}

#[tokio::test]
async fn without_javascript() {
    let portal = Portal::start();
    puts_mistakes_right(&Person::without_javascript_at(&portal).await).await;
}

async fn puts_mistakes_right(olga: &Person) {
    olga.sets_keystead_up().await;
    olga.adds().await;
    olga.types("client-id", "billing sync").await;
    olga.types("name", "Billing, nightly").await;
    olga.clicks("label:has(#expiry-30)").await;
    olga.presses("Create").await;
    is_told_about_the_client_id(olga, "billing sync").await;
    // What was right is kept as well.
    assert_eq!(value(olga, "#name").await, "Billing, nightly");
    assert_eq!(value(olga, "input[name=expiry]:checked").await, "30");

    // The summary leads to the field.
    olga.clicks("[role=alert] a[href=\"#client-id\"]").await;
    assert_eq!(olga.evaluates("return document.activeElement.id").await, "client-id");
    olga.types("client-id", "billing-sync").await;
    olga.presses("Create").await;
    olga.finds("#secret").await;
    olga.says_the_key_is_saved().await;

    // The same id again, in other letters.
    olga.adds().await;
    olga.types("client-id", "Billing-Sync").await;
    olga.presses("Create").await;
    is_told_about_the_client_id(olga, "Billing-Sync").await;
    assert_eq!(olga.lists().await, ["billing-sync"]);
    olga.saw_no_complaint().await;
}

async fn is_told_about_the_client_id(olga: &Person, typed: &str) {
    let words = olga.reads("#client-id-error").await;
    assert!(words.contains(typed), "the words name what was typed: {words:?}");
    assert_eq!(olga.reads("[role=alert] a[href=\"#client-id\"]").await, words);
    assert_eq!(olga.evaluates("return document.activeElement.getAttribute('role')").await, "alert");
    assert_eq!(value(olga, "#client-id").await, typed);
    let field = "const field = document.getElementById('client-id');
        return [field.getAttribute('aria-invalid'), field.getAttribute('aria-describedby').includes('client-id-error')]";
    assert_eq!(olga.evaluates(field).await, json!(["true", true]));
    let title = olga.evaluates("return document.title").await;
    assert!(title.as_str().is_some_and(|title| title.starts_with("Error: ")), "{title}");
}

async fn value(olga: &Person, selector: &str) -> String {
    let script = format!("return document.querySelector('{selector}').value");
    olga.evaluates(&script).await.as_str().expect("a value").to_owned()
}
