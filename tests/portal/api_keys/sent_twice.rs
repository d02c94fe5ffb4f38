//! A form is sent twice without a script that prevents it, and the answer with the secret goes to nobody.

use crate::support::{Key, Portal, Visitor, on_both};

const HOUR: i64 = 60 * 60;

/// Presses "Rotate now" on this page: the new secret.
async fn rotates_now(visitor: &mut Visitor<'_>, page: &crate::support::Page, key_id: &str) -> String {
    let (version, path) = (page.field("version"), format!("/api-keys/{key_id}/rotate"));
    assert!(page.text().contains("Rotate now") && page.attributes("action").contains(&path), "{}", page.text());
    let shown = visitor.post(&path, &[("version", version.as_str()), ("action", "replace")]).await.is(200);
    shown.says("This is the only time the key is shown.").element("secret")
}

/// What these secrets are worth.
async fn worth(portal: &Portal, secrets: &[&str]) -> Vec<String> {
    let mut codes = Vec::new();
    for secret in secrets {
        codes.push(portal.verify(secret).await);
    }
    codes
}

/// Sends the same form of "Rotate" twice: the secret that nobody saw, and the second answer.
async fn rotates_twice(visitor: &mut Visitor<'_>, key: &Key) -> (String, crate::support::Page) {
    let version = visitor.get(&key.path("rotate")).await.is(200).field("version");
    let fields = [("version", version.as_str()), ("overlap", "3600")];
    let lost = visitor.clone().post(&key.path("rotate"), &fields).await.is(200).element("secret");
    (lost, visitor.post(&key.path("rotate"), &fields).await.is(409))
}

on_both! {
    async fn the_second_answer_to_create_offers_a_new_secret_in_one_click(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.intent();
        let lost = ada.posts_key(&intent, "billing-sync").await.is(200).element("secret");
        let again = ada.posts_key(&intent, "billing-sync").await.is(409).says("Nothing has used it yet.");
        let new = rotates_now(&mut ada, &again, &lost[8..20]).await;
        assert_ne!(new, lost);
        assert_eq!(worth(&portal, &[&lost, &new]).await, ["ROTATED", "VALID"]);
        // That one may be lost as well.
        let fields = [("version", again.field("version")), ("action", "replace".into())].map(|(name, value)| (name, value));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = ada.post(&format!("/api-keys/{}/rotate", &lost[8..20]), &fields).await.is(409);
        page.says_nothing_of("Rotate now").says("The key was changed since this form was opened.");
    }

    async fn a_key_that_was_used_was_seen_and_is_rotated_with_care(portal: Portal) {
        let mut ada = portal.ada().await;
        let intent = ada.intent();
        let secret = ada.posts_key(&intent, "billing-sync").await.is(200).element("secret");
        let again = ada.posts_key(&intent, "billing-sync").await.is(409);
        assert_eq!(portal.verify(&secret).await, "VALID");
        let page = ada.posts_key(&intent, "billing-sync").await.is(409).says("It has been used since, so it was saved.");
        let page = page.says_nothing_of("Rotate now");
        assert!(page.attributes("href").contains(&format!("/api-keys/{}/rotate", &secret[8..20])));
        // What was offered before it was used does not happen any more.
        let fields = [("version", again.field("version")), ("action", "replace".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = ada.post(&format!("/api-keys/{}/rotate", &secret[8..20]), &fields).await.is(409);
        page.says("The newest key has been used, so a system has it.").says_nothing_of("Rotate now");
        assert_eq!(portal.verify(&secret).await, "VALID");
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_secrets").await, 1);
    }

    async fn the_second_answer_to_rotate_replaces_what_nobody_saw_and_leaves_the_old_secret_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        let version = portal.number("SELECT token_version FROM api_keys").await;
        let (lost, again) = rotates_twice(&mut ada, &key).await;
        let again = again.says("This form was sent twice, and was carried out once.").says("keeps working until 23 Nov 2026, 15:32 UTC");
        assert!(!again.has_element("secret"));
        let new = rotates_now(&mut ada, &again, &key.key_id).await;
        assert_eq!(worth(&portal, &[&lost, &new, &key.secret]).await, ["ROTATED", "VALID", "VALID"]);
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, version, "its tokens go on");
        portal.clock.forward(HOUR);
        assert_eq!(worth(&portal, &[&new, &key.secret]).await, ["VALID", "ROTATED"], "at the end that was chosen");
    }

    async fn a_form_that_only_somebody_elses_change_made_old_offers_nothing_of_the_kind(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (lost, _) = rotates_twice(&mut ada, &key).await;
        let mut bob = portal.somebody("acme", "bob@acme.example", &["admin"]).await;
        let (version, fields) = (bob.get(&key.path("rotate")).await.is(200).field("version"), [("overlap", "3600")]);
        let older = (version.parse::<i64>().unwrap() - 1).to_string();
        let page = bob.post(&key.path("rotate"), &[fields[0], ("version", &older)]).await.is(409);
        page.says_nothing_of("Rotate now").says("The key was changed since this form was opened.");
        // Nor where that secret has been used.
        portal.verify(&lost).await;
        let page = ada.post(&key.path("rotate"), &[fields[0], ("version", &older)]).await.is(409);
        page.says_nothing_of("Rotate now").says("The key was changed since this form was opened.");
    }
}
