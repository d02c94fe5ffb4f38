//! Clients that others wrote: each finds the portal by its metadata, gets a token in both ways, uses it, asks about it, and ends it.

#[cfg(feature = "test-clients")]
mod brought;
mod oauth2_crate;

use serde_json::{Value, json};

use crate::support::{Key, Person};

const RESOURCE: &str = "https://invoices.acme.example";

/// A key that may read invoices and more, and ask about tokens.
async fn billing_sync(ada: &mut Person) -> Key {
    let role = [("name", "Sender"), ("slug", "sender"), ("application", "invoices:read invoices:write")];
    ada.get("/roles/new").await.is(200);
    ada.post("/roles/new", &role).await.redirects_to("/roles");
    let intent = ada.get("/api-keys/new").await.is(200).field("intent");
    let fields = [
        ("intent", intent.as_str()),
        ("client_id", "billing-sync"),
        ("expiry", "90"),
        ("grant-role-0", "sender"),
        ("grant-resource-0", "organization=acme"),
        ("grant-role-1", "ci"),
        ("grant-resource-1", "organization=acme"),
    ];
    let secret = ada.post("/api-keys/new", &fields).await.is(200).element("secret");
    let key_id = secret.split('_').nth(2).expect("a key has an id").to_owned();
    Key { key_id, client_id: "billing-sync".into(), secret }
}

/// What each client has to meet, whichever way it says who it is.
#[track_caller]
fn is_as_it_should_be(met: &Value, issuer: &str) {
    let met = met.as_array().expect("a list");
    let ways: Vec<&str> = met.iter().map(|one| one["way"].as_str().expect("a word")).collect();
    assert_eq!(ways, ["client_secret_basic", "client_secret_post"]);
    for one in met {
        assert!(one["token_type"].as_str().is_some_and(|word| word.eq_ignore_ascii_case("bearer")), "{one}");
        assert_eq!((&one["expires_in"], &one["scope"]), (&json!(300), &json!("invoices:read")));
        assert_eq!(one["subject"], "client:acme/billing-sync");
        // It was narrowed to one of the two permissions that the key holds.
        assert_eq!(one["before"], json!([204, 403]), "{one}");
        let said = &one["introspected"];
        assert_eq!((&said["active"], &said["client_id"]), (&json!(true), &json!("billing-sync")));
        assert_eq!(
            (&said["aud"], &said["iss"], &said["scope"]),
            (&json!(RESOURCE), &json!(issuer), &json!("invoices:read"))
        );
        assert_eq!(one["after"], 401, "{one}");
        assert_eq!(one["introspected_after"], json!({ "active": false }));
    }
}
