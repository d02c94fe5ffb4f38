//! What is answered about a key that looks like one.

use keystead::api_keys::secret_text;
use keystead::base::random::SystemEntropy;
use serde_json::json;

use crate::support::{Key, Portal, on_both};

const DAY: i64 = 86_400;

on_both! {
    async fn a_wrong_secret_asks_the_database_the_same_whether_there_is_such_a_key_or_not(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let invented = keystead::api_keys::secret_text::mint(&keystead::base::random::SystemEntropy, "live");
        // Once for everything that is done at the first time alone.
        assert_eq!(portal.verify(&key.wrong_secret()).await, "UNKNOWN");
        let known = portal.asks(portal.verify(&key.wrong_secret())).await;
        let unknown = portal.asks(portal.verify(invented.text.expose())).await;
        let bare = |(code, asked): (String, Vec<String>)| {
            (code, asked.iter().map(|asked| asked.split("-- binds").next().unwrap_or_default().to_owned()).collect::<Vec<_>>())
        };
        let (known, unknown) = (bare(known), bare(unknown));
        assert_eq!(known, unknown);
        assert_eq!(known.1.iter().filter(|asked| asked.contains("api_keys")).count(), 1, "{known:?}");
    }

    async fn a_valid_key_is_described(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.intent();
        let fields = [("intent", intent.as_str()), ("client_id", "billing-sync"), ("name", "Billing, nightly"), ("expiry", "90")];
        let secret = ada.post("/api-keys/new", &fields).await.is(200).element("secret");
        let key = Key { key_id: secret[8..20].to_owned(), client_id: "billing-sync".into(), secret };
        portal.tags(&key, "env", "prod").await;
        portal.tags(&key, "area", "eu").await;
        portal.has_role("sender", &["invoices:write", "invoices:read"]).await;
        portal.gives(&key, "sender", "organization=acme").await;
        let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200);
        assert!(answer.header("content-type").starts_with("application/json"));
        assert!(answer.header("cache-control").contains("no-store"));
        assert_eq!(
            answer.json(),
            json!({
                "valid": true,
                "code": "VALID",
                "tenant": "acme",
                "client_id": "billing-sync",
                "name": "Billing, nightly",
                "key_id": key.key_id,
                "grants": [{ "resource": "organization=acme", "role": "sender", "permissions": ["invoices:read", "invoices:write"] }],
                "tags": [{ "key": "area", "value": "eu" }, { "key": "env", "value": "prod" }],
                "expires_at": "2027-02-21T14:32:00.000000Z",
            })
        );
    }

    async fn a_key_without_anything_has_empty_lists_and_may_live_for_ever(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql(&format!("UPDATE api_keys SET expires_at = {}", i64::MAX)).await;
        let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200).json();
        assert_eq!((&answer["grants"], &answer["tags"], &answer["expires_at"]), (&json!([]), &json!([]), &json!(null)));
        assert_eq!(answer["name"], "billing-sync");
    }

    async fn an_unknown_key_and_a_wrong_secret_are_answered_with_the_same_bytes(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let dead = ada.makes_key("dead").await;
        ada.post(&dead.path("delete"), &[]).await.redirects_to("/api-keys");
        let answers = [
            portal.verify_with(&json!({ "key": never_made() })).await.is(200),
            portal.verify_with(&json!({ "key": key.wrong_secret() })).await.is(200),
            portal.verify_with(&json!({ "key": dead.wrong_secret() })).await.is(200),
            portal.verify_with(&json!({ "key": key.secret, "tenant": "globex" })).await.is(200),
        ];
        for answer in &answers {
            assert_eq!(answer.json(), json!({ "valid": false, "code": "UNKNOWN", "message": "No key has this secret." }));
            assert_eq!(answer.bare(), answers[0].bare());
        }
    }

    async fn what_became_of_a_key_is_told_to_its_right_secret_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        let now = portal.inner.clock.now().micros();
        for (code, fate) in [
            ("DISABLED", format!("UPDATE api_keys SET disabled_at = {now}")),
            ("ROTATED", format!("UPDATE api_key_secrets SET ends_at = {now}")),
            ("EXPIRED", format!("UPDATE api_keys SET expires_at = {now}")),
            ("DELETED", format!("UPDATE api_keys SET deleted_at = {now}")),
        ] {
            let key = ada.makes_key(&format!("is-{}", code.to_lowercase())).await;
            let of_key = if fate.contains("secrets") { "api_key_id = (SELECT id FROM api_keys WHERE " } else { "(" };
            portal.sql(&format!("{fate} WHERE {of_key}key_id = '{}')", key.key_id)).await;
            let answer = portal.verify_with(&json!({ "key": key.secret })).await.is(200).json();
            assert_eq!((&answer["valid"], &answer["code"]), (&json!(false), &json!(code)));
            assert!(answer["message"].is_string() && answer.as_object().is_some_and(|fields| fields.len() == 4), "{answer}");
            assert_eq!(portal.verify(&key.wrong_secret()).await, "UNKNOWN", "{code}");
            let elsewhere = portal.verify_with(&json!({ "key": key.secret, "tenant": "globex" })).await.is(200).json();
            assert_eq!(elsewhere["code"], "UNKNOWN", "{code}");
            assert_eq!(portal.token_for(&key).await.is(401).json()["error"], "invalid_client", "{code}");
        }
    }

    async fn a_rotated_key_is_valid_with_its_newer_secret(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, donor) = (ada.makes_key("billing-sync").await, ada.makes_key("donor").await);
        let secret = resealed(&portal, &key, &donor).await;
        assert_eq!(portal.verify(&secret).await, "VALID");
        assert_eq!(portal.verify(&key.secret).await, "VALID", "the old one, until it ends");
        let end = portal.inner.clock.now().plus_seconds(60).micros();
        portal.sql(&format!("UPDATE api_key_secrets SET ends_at = {end} WHERE id = (SELECT MIN(id) FROM api_key_secrets)")).await;
        portal.clock.forward(59);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        portal.clock.forward(1);
        assert_eq!((portal.verify(&key.secret).await, portal.verify(&secret).await), ("ROTATED".into(), "VALID".into()));
    }

    async fn the_organization_can_be_named(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let turbine = portal.globex().await.makes_key("turbine").await;
        for (key, tenant, code) in [(&key, "acme", "VALID"), (&key, "globex", "UNKNOWN"), (&key, "nobody", "UNKNOWN"), (&key, "", "UNKNOWN"),
            (&key, "ACME", "UNKNOWN"), (&turbine, "globex", "VALID"), (&turbine, "acme", "UNKNOWN")]
        {
            let answer = portal.verify_with(&json!({ "key": key.secret, "tenant": tenant })).await.is(200).json();
            assert_eq!(answer["code"], code, "{} in {tenant:?}", key.client_id);
        }
    }

    async fn a_key_expires_to_the_second(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.clock.forward(90 * DAY - 1);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        portal.clock.forward(1);
        assert_eq!(portal.verify(&key.secret).await, "EXPIRED");
    }

    async fn another_process_on_the_same_database_sees_a_deletion_at_once(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let other = portal.restarted(&[]);
        assert_eq!(other.verify(&key.secret).await, "VALID");
        other.token_for(&key).await.is(200);
        ada.post(&key.path("delete"), &[("confirm", "billing-sync")]).await.redirects_to("/api-keys");
        assert_eq!(other.verify(&key.secret).await, "DELETED");
        other.token_for(&key).await.is(401);
    }
}

/// A key as it could be, which nobody made.
fn never_made() -> String {
    secret_text::mint(&SystemEntropy, "live").text.expose().to_owned()
}

/// Gives a key a second secret: the row of the donor's secret, with the MAC of another text.
async fn resealed(portal: &Portal, key: &Key, donor: &Key) -> String {
    use diesel::prelude::*;
    use keystead::db::schema::{api_key_secrets, api_keys};

    let secret = key.wrong_secret();
    let mac = secret_text::mac(portal.inner.keyring.pepper(), &secret).to_vec();
    let (mine, theirs) = (key.key_id.clone(), donor.key_id.clone());
    let write = move |tx: &mut keystead::db::Tx<'_>| {
        let id = |key_id: &str| api_keys::table.filter(api_keys::key_id.eq(key_id.to_owned())).select(api_keys::id);
        let (mine, theirs): (i64, i64) = (id(&mine).first(&mut **tx)?, id(&theirs).first(&mut **tx)?);
        diesel::update(api_key_secrets::table.filter(api_key_secrets::api_key_id.eq(theirs)))
            .set((api_key_secrets::api_key_id.eq(mine), api_key_secrets::mac.eq(mac.clone())))
            .execute(&mut **tx)?;
        Ok::<_, keystead::db::Error>(())
    };
    portal.inner.db.write(write).await.expect("a second secret");
    secret
}
