//! What gateways that no test runs send, byte by byte, with the question of their recipe.

use std::path::PathBuf;

use crate::support::{Key, Portal, Wire};

/// The address that clients of the replayed requests come from.
pub const CLIENT: &str = "198.51.100.24";

/// The recipe of a page in docs/gateways.
#[track_caller]
pub fn recipe(page: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/gateways").join(page);
    let text = std::fs::read_to_string(path).expect("the page is there");
    text.split("\n```yaml\n").nth(1).and_then(|rest| rest.split("\n```").next()).expect("a recipe").to_owned()
}

/// What stands between quotes behind a word in it.
#[track_caller]
pub fn in_recipe(page: &str, word: &str) -> String {
    let recipe = recipe(page);
    let quoted = recipe.split(&format!(" {word}: \"")).nth(1).and_then(|rest| rest.split('"').next());
    quoted.unwrap_or_else(|| panic!("{page} has no {word}")).to_owned()
}

/// What programs that no test runs make of their recipes hangs on these lines, in this order.
#[track_caller]
pub fn assert_has_in_order(recipe: &str, lines: &[&str]) {
    let mut rest = recipe.lines().map(str::trim);
    for line in lines {
        assert!(rest.any(|own| own == *line), "there is no {line:?} where it has to be in:\n{recipe}");
    }
}

/// The names of the headers that say whose a request is.
pub const NAMES: [&str; 6] = ["tenant", "client-id", "key-id", "roles", "permissions", "grants-omitted"];

/// A key that may read invoices, from the clients' address alone, and one that may not.
pub async fn keys(portal: &Portal) -> (Key, Key) {
    let mut ada = portal.ada().await;
    let (reader, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
    portal.has_role("reader", &["invoices:read"]).await;
    portal.gives(&reader, "reader", "organization=acme").await;
    portal.sql(&format!("UPDATE api_keys SET allowed_addresses = '{CLIENT}/32'")).await;
    (reader, other)
}

/// Passes as this key with this status, no body, and the six headers.
#[track_caller]
pub fn passes(answer: &Wire, status: u16, key: &Key) {
    assert_eq!(answer.status(), status, "{answer:?}");
    let (head, body) = answer.0.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body, "", "{answer:?}");
    let told: Vec<&str> = head.lines().filter(|line| line.to_lowercase().starts_with("x-keystead")).collect();
    for (name, value) in [
        ("tenant", "acme"),
        ("client-id", &key.client_id),
        ("key-id", &key.key_id),
        ("roles", "reader"),
        ("permissions", "invoices:read"),
        ("grants-omitted", "false"),
    ] {
        assert!(told.contains(&format!("x-keystead-{name}: {value}").as_str()), "{name}: {told:?}");
    }
    assert_eq!(told.len(), 6, "{told:?}");
}

/// Does not pass: this status, and nothing of anybody.
#[track_caller]
pub fn refused(answer: &Wire, status: u16) {
    assert_eq!(answer.status(), status, "{answer:?}");
    assert!(!answer.0.to_lowercase().contains("\r\nx-keystead"), "{answer:?}");
}
