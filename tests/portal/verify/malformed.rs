//! A text that cannot be a key: found by looking at it, without the database, and said in words that help.

use serde_json::json;

use crate::support::{Portal, on_both};

on_both! {
    async fn whoever_sends_something_else_is_told_what_is_wrong_with_it(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        for (text, words) in wrong_texts(&key) {
            is_malformed(&portal, &text, words).await;
        }
        assert_eq!(portal.verify(&key).await, "VALID");
    }

    async fn a_key_of_another_environment_is_told_so(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        let staging = portal.restarted(&[("environment", "test")]);
        is_malformed(&staging, &key, "This is a key for the environment live, which is not this one.").await;
        staging.token("acme", "billing-sync", &key).await.is(401);
        let mut ada = staging.visitor();
        ada.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
        let theirs = ada.makes_key("on-trial").await.secret;
        assert!(theirs.starts_with("ks_test_"));
        assert_eq!(staging.verify(&theirs).await, "VALID");
        is_malformed(&portal, &theirs, "This is a key for the environment test, which is not this one.").await;
    }

    async fn the_database_is_not_asked_for_what_cannot_be_a_key(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await.secret;
        portal.sql("ALTER TABLE api_keys RENAME TO api_keys_gone").await;
        for (text, words) in wrong_texts(&key) {
            is_malformed(&portal, &text, words).await;
        }
        let answer = portal.verify_with(&json!({ "key": key })).await;
        assert!(answer.status.is_server_error(), "{}: {}", answer.status, answer.body);
        assert!(!answer.body.contains("UNKNOWN") && !answer.body.contains("api_keys"), "{}", answer.body);
        portal.sql("ALTER TABLE api_keys_gone RENAME TO api_keys").await;
        assert_eq!(portal.verify(&key).await, "VALID");
    }
}

async fn is_malformed(portal: &Portal, text: &str, words: &str) {
    let answer = portal.verify_with(&json!({ "key": text })).await.is(200);
    let body = answer.json();
    assert_eq!((&body["valid"], &body["code"]), (&json!(false), &json!("MALFORMED")), "{text:?}");
    let message = body["message"].as_str().expect("words");
    assert!(message.contains(words), "{text:?}: {message}");
    assert!(text.len() < 9 || !answer.body.contains(text), "the text is not repeated: {message}");
}

/// Texts that are like this key, and what is said of them.
fn wrong_texts(key: &str) -> Vec<(String, &'static str)> {
    let flipped = if key.ends_with('a') { 'b' } else { 'a' };
    let other = if &key[8..9] == "Q" { "R" } else { "Q" };
    let (prefix, letters) =
        ("This is not a Keystead key: a key begins with ks_", "A key has only letters, digits and underscores.");
    vec![
        (String::new(), "The key is empty."),
        ("billing-sync".into(), "This looks like an API Client ID."),
        ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln".into(), "This looks like an access token."),
        (format!("{}…{}", &key[..12], &key[66..]), "This is how the key is shown later"),
        (format!(" {key}"), "There are spaces at an end of the key."),
        (format!("{key} "), "There are spaces at an end of the key."),
        (format!("{key}\n"), "There is a line break at an end of the key."),
        (format!("\"{key}\""), "There are quotes around the key."),
        (format!("{key}\""), "There are quotes around the key."),
        (format!("Bearer {key}"), "The word in front of the key is part of an Authorization header."),
        (format!("API_KEY={key}"), "There is the name of a variable or a field in front of the key."),
        (format!("<{key}>"), "There are brackets around the key."),
        (format!("\u{feff}{key}"), "There is an invisible character in the key"),
        (format!("{key}\u{200b}"), "There is an invisible character in the key"),
        (key.replace('_', r"\_"), "There are backslashes in the key."),
        (key.replace('_', "%5F"), "The key is percent-encoded (%5F)."),
        ("undefined".into(), "This is a placeholder"),
        ("null".into(), "This is a placeholder"),
        ("changeme".into(), "This is a placeholder"),
        (" ".into(), "The key is empty."),
        (key.replace("ks_", "sk!"), prefix),
        (key.replace("ks_", "KS_"), prefix),
        (key[..69].into(), "The key has 69 characters instead of 70. It was cut."),
        (format!("{key}0"), "The key has 71 characters instead of 70. Something was added."),
        (format!("{key}{key}"), "The key has 140 characters instead of 70. Something was added."),
        ("ks_live".into(), "instead of 70. It was cut."),
        (format!("ks_{}", "x".repeat(60_000)), "instead of 70. Something was added."),
        (key.replace("live", "lïve"), letters),
        (format!("{}-{}", &key[..40], &key[41..]), letters),
        (format!("{}{flipped}", &key[..69]), "The checksum does not fit"),
        (format!("{}{other}{}", &key[..8], &key[9..]), "The checksum does not fit"),
        (
            "ks_live_0123456789AB_000000000000000000000000000000000000000000028Azp4".into(),
            "the example key of the documentation",
        ),
        (
            "ks_test_0123456789AB_000000000000000000000000000000000000000000028Azp4".into(),
            "the example key of the documentation",
        ),
    ]
}
