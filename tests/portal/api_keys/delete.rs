//! Deleting a key: asks first, happens once, and is final.

use futures_util::future::join_all;
use keystead::app::all_routes;
use reqwest::Method;

use crate::support::{Key, on_both};

const DELETIONS: &str = "SELECT COUNT(*) FROM audit_events WHERE action = 'api_key.deleted'";

on_both! {
    async fn the_question_says_what_will_stop_and_that_it_cannot_be_undone(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let list = ada.get("/api-keys").await;
        assert!(list.row("data-client-id=\"billing-sync\"").attributes("href").contains(&key.path("delete")));
        let page = ada.get(&key.path("delete")).await.is(200).says("Delete billing-sync?");
        let page = page.says("Do you want to proceed? The connected external system will no longer be able to send data. This cannot be undone.");
        let page = page.says("Access tokens already given are refused by Keystead at once; where other systems check them offline, they end by themselves within 5 minutes.");
        let close = page.body.split("<a ").find(|link| link.contains(">Close</a>")).expect("Close is a link");
        assert!(close.contains("href=\"/api-keys\""), "{close}");
        assert!(page.body.contains("<button class=\"btn danger\" type=\"submit\">Delete</button>"));
        assert_eq!(page.attributes("action").last(), Some(&key.path("delete")));
        // The list is behind it.
        assert_eq!(page.attributes("data-client-id"), ["billing-sync"]);
    }

    async fn pages_say_how_long_tokens_live_here(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.has_resource("organization=acme:namespace=billing").await;
        portal.gives(&key, "ci", "organization=acme:namespace=billing").await;
        for (seconds, words) in [(600, "10 minutes"), (60, "1 minute."), (61, "2 minutes")] {
            portal.sql(&format!("UPDATE tenants SET access_token_seconds = {seconds} WHERE slug = 'acme'")).await;
            for page in ["", "delete", "disable", "rotate"] {
                ada.get(&key.path(page)).await.is(200).says(words);
            }
            ada.get("/resources/organization=acme:namespace=billing/delete").await.is(200).says(words);
        }
    }

    async fn looking_changes_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get("/api-keys").await;
        let before = portal.dump().await;
        let mut looked = 0;
        for route in all_routes().into_iter().filter(|route| route.method.answers(&actix_web::http::Method::GET)) {
            let path = route.path.replace("{key_id}", &key.key_id).replace("{tenant}", "acme");
            let path = path.replace("{hash}/{file:.*}", "000000000000/css/keystead.css");
            for _ in 0..2 {
                ada.get(&path).await;
                let head = ada.request(Method::HEAD, &path);
                ada.send(head).await;
                looked += 1;
            }
        }
        assert!(looked >= 20, "{looked}");
        assert_eq!(portal.dump().await, before);
        assert_eq!(portal.verify(&key.secret).await, "VALID");
    }

    async fn a_deleted_key_is_dead_before_the_answer_to_delete(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let other = ada.makes_key("other").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        assert_eq!(portal.verify(&key.secret).await, "DELETED");
        assert_eq!(portal.token_for(&key).await.is(401).json()["error"], "invalid_client");
        ada.get("/api-keys").await.is(200).says("billing-sync is deleted.");
        assert_eq!(portal.verify(&other.secret).await, "VALID");
    }

    async fn a_tombstone_stays_and_everything_the_key_held_goes_but_the_event_keeps_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let other = ada.makes_key("other").await;
        for key in [&key, &other] {
            portal.tags(key, "env", "prod").await;
            portal.tags(key, "team", "billing").await;
            portal.gives(key, "ci", "organization=acme").await;
        }
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        let of_key = format!("api_key_id = (SELECT id FROM api_keys WHERE key_id = '{}')", key.key_id);
        let count = async |table: &str| portal.number(&format!("SELECT COUNT(*) FROM {table} WHERE {of_key}")).await;
        assert_eq!((count("api_key_secrets").await, count("api_key_tags").await, count("grants").await), (1, 0, 0));
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_tags").await, 2, "those of the other key stay");
        let tombstone = format!("SELECT token_version FROM api_keys WHERE deleted_at IS NOT NULL AND key_id = '{}'", key.key_id);
        assert_eq!(portal.number(&tombstone).await, 2);
        let events = portal.lines("SELECT before AS line FROM audit_events WHERE action = 'api_key.deleted'").await;
        let before: serde_json::Value = serde_json::from_str(&events[0]).expect("an object");
        assert_eq!(before["tags"], serde_json::json!(["env:prod", "team:billing"]));
        assert_eq!(before["grants"], serde_json::json!(["ci on organization=acme"]));
        ada.get("/audit").await.says("env:prod, team:billing").says("ci on organization=acme");
    }

    async fn deleting_again_says_that_it_is_deleted_and_is_no_second_event(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await;
        let before = portal.dump().await;
        ada.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        ada.get("/api-keys").await.says("billing-sync was deleted before.");
        assert_eq!(portal.dump().await, before);
    }

    async fn fifty_who_delete_at_once_are_one_deletion(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let pages = join_all((0..50).map(|_| {
            let (mut ada, path) = (ada.clone(), key.path("delete"));
            async move { ada.post(&path, &[]).await.redirects_to("/api-keys") }
        }))
        .await;
        assert_eq!(pages.len(), 50);
        assert_eq!(portal.number(DELETIONS).await, 1);
        assert_eq!(portal.number("SELECT token_version FROM api_keys").await, 2);
    }

    async fn a_client_id_is_free_again_and_its_old_secret_stays_dead(portal: Portal) {
        let mut ada = portal.ada().await;
        let old = ada.makes_key("billing-sync").await;
        ada.post(&old.path("delete"), &[]).await.redirects_to("/api-keys");
        let new = ada.makes_key("billing-sync").await;
        assert_ne!(old.key_id, new.key_id);
        assert_eq!((portal.verify(&old.secret).await, portal.verify(&new.secret).await), ("DELETED".into(), "VALID".into()));
        assert_eq!(portal.token_for(&old).await.is(401).json()["error"], "invalid_client");
        portal.token_for(&new).await.is(200);
        assert_eq!(ada.get("/api-keys").await.client_ids(), ["billing-sync"]);
    }

    async fn another_organizations_key_is_answered_like_one_that_never_was(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        let hers = gwen.makes_key("turbine").await;
        let never = Key { key_id: "000000000000".into(), ..hers.clone() };
        let (before, saved) = (portal.dump().await, [("saved", "on")]);
        for page in ["", "delete"] {
            assert_eq!(ada.get(&hers.path(page)).await.bare(), ada.get(&never.path(page)).await.bare(), "GET {page}");
        }
        for page in ["delete", "credential"] {
            let asked = [ada.post(&hers.path(page), &saved).await.bare(), ada.post(&never.path(page), &saved).await.bare()];
            assert_eq!(asked[0], asked[1], "POST {page}");
        }
        ada.get(&hers.path("")).await.is(404).says_nothing_of("turbine").says_nothing_of(&hers.key_id);
        assert_eq!(portal.dump().await, before);
        assert_eq!(portal.verify(&hers.secret).await, "VALID");
    }
}
