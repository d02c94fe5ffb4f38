//! Who may do what: a key holds the permissions of the pages, gives no more than it holds, and sees its own organization alone.

use keystead::rate_limits::GUESSES_AT_ONCE;
use serde_json::json;

use super::{Provider, ROOT, manager, manager_named, refused, token};
use crate::support::{Key, on_both};

const INVOICES: &str = "organization=acme:application=invoices";

on_both! {
    async fn a_key_without_the_permission_is_told_which_one(portal: Portal) {
        let mut ada = portal.ada().await;
        let target = Provider::with(&portal, &manager(&portal, &mut ada).await).await.makes("agent").await;
        let (bare, viewer, makes_only) = (ada.makes_key("bare").await, ada.makes_key("viewer").await, ada.makes_key("makes-only").await);
        portal.gives(&viewer, "developer", ROOT).await;
        portal.has_role("maker", &["api_keys:manage"]).await;
        portal.gives(&makes_only, "maker", ROOT).await;
        let before = portal.dump().await["api_keys"].clone();
        for (key, reads, needed) in [(&bare, 403, "api_keys:"), (&viewer, 200, "api_keys:manage"), (&makes_only, 403, "api_keys:read")] {
            let provider = Provider::with(&portal, key).await;
            let read = provider.reads(target).await.is(reads);
            if reads == 403 {
                refused(&read, 403, "The permission api_keys:read is needed on organization=acme.");
            }
            let body = json!({ "name": "another", "grants": [] });
            refused(&provider.creates(&body).await, 403, needed);
            refused(&provider.changes(target, &body).await, 403, needed);
            refused(&provider.deletes(target).await, 403, needed);
        }
        assert_eq!(portal.dump().await["api_keys"], before);
    }

    async fn a_key_gives_no_more_than_it_holds(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(INVOICES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let key = ada.makes_key("terraform").await;
        portal.gives(&key, "manage-api-credentials", INVOICES).await;
        let provider = Provider::with(&portal, &key).await;
        let with = |nrn: &str, role: &str| json!({ "name": "agent", "grants": [{ "nrn": nrn, "role_slug": role }] });
        let id = provider.creates(&with(INVOICES, "sender")).await.is(201).json()["id"].as_i64().expect("a number");
        let before = portal.dump().await["grants"].clone();
        for beyond in [with(ROOT, "sender"), with(INVOICES, "admin"), with(INVOICES, "ops"), with(ROOT, "manage-api-credentials")] {
            refused(&provider.creates(&beyond).await, 403, "");
            refused(&provider.changes(id, &beyond).await, 403, "");
        }
        assert_eq!(portal.dump().await["grants"], before);
        provider.changes(id, &with(INVOICES, "manage-api-credentials")).await.is(200);
    }

    async fn the_name_of_a_deleted_key_that_held_more_makes_another_client_id(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(INVOICES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let old = ada.makes_key("agent").await;
        portal.gives(&old, "sender", ROOT).await;
        ada.post(&old.path("delete"), &[]).await.redirects_to("/api-keys");
        let part = ada.makes_key("terraform").await;
        portal.gives(&part, "manage-api-credentials", INVOICES).await;
        let body = json!({ "name": "agent", "grants": [{ "nrn": INVOICES, "role_slug": "sender" }] });
        let made = Provider::with(&portal, &part).await.creates(&body).await.is(201).json();
        let client_id = made["client_id"].as_str().expect("a client id");
        assert!(client_id.starts_with("agent-") && client_id.len() > "agent-".len(), "{client_id}");
        let whole = Provider::with(&portal, &manager_named(&portal, &mut ada, "whole").await).await;
        assert_eq!(whole.creates(&json!({ "name": "agent", "grants": [] })).await.is(201).json()["client_id"], "agent");
    }

    async fn a_key_that_manages_a_part_reads_and_changes_the_keys_of_that_part(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(INVOICES).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let part = ada.makes_key("terraform").await;
        portal.gives(&part, "manage-api-credentials", INVOICES).await;
        let mut numbers = Vec::new();
        for (client_id, paths) in [("inside", &[INVOICES][..]), ("mixed", &[INVOICES, ROOT]), ("whole", &[ROOT]), ("bare", &[])] {
            let key = ada.makes_key(client_id).await;
            for path in paths {
                portal.gives(&key, "sender", path).await;
            }
            numbers.push(portal.number(&format!("SELECT id FROM api_keys WHERE client_id = '{client_id}'")).await);
        }
        let provider = Provider::with(&portal, &part).await;
        let own = provider.makes("own").await;
        let body = json!({ "name": "renamed" });
        for number in [numbers[0], own] {
            provider.reads(number).await.is(200);
            provider.changes(number, &body).await.is(200);
            provider.deletes(number).await.is(204);
        }
        provider.reads(numbers[1]).await.is(200);
        refused(&provider.changes(numbers[1], &body).await, 403, "The permission api_keys:manage is needed on organization=acme.");
        refused(&provider.deletes(numbers[1]).await, 403, "The permission api_keys:manage is needed on organization=acme.");
        let never = 1_000_000;
        let none = [provider.reads(never).await.bare(), provider.changes(never, &body).await.bare(), provider.deletes(never).await.bare()];
        for number in [numbers[2], numbers[3]] {
            let hidden = [provider.reads(number).await.bare(), provider.changes(number, &body).await.bare(), provider.deletes(number).await.bare()];
            assert_eq!((hidden[0].0, &hidden), (404, &none), "{number}");
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE deleted_at IS NOT NULL").await, 2);
    }

    async fn a_key_that_manages_in_one_place_and_reads_in_another_sees_the_keys_of_both(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_resource(INVOICES).await;
        portal.has_resource("organization=acme:application=orders").await;
        portal.has_role("maker", &["api_keys:manage"]).await;
        portal.has_role("sender", &["invoices:write"]).await;
        let part = ada.makes_key("terraform").await;
        portal.gives(&part, "maker", INVOICES).await;
        portal.gives(&part, "developer", "organization=acme:application=orders").await;
        let body = json!({ "name": "agent", "grants": [{ "nrn": INVOICES, "role_slug": "sender" }] });
        let provider = Provider::with(&portal, &part).await;
        let number = provider.creates(&body).await.is(201).json()["id"].as_i64().expect("a number");
        provider.reads(number).await.is(200);
        provider.deletes(number).await.is(204);
    }

    async fn a_key_does_not_change_what_it_holds_itself(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.has_role("sender", &["invoices:write"]).await;
        let key = manager(&portal, &mut ada).await;
        let provider = Provider::with(&portal, &key).await;
        let own = portal.number(&format!("SELECT id FROM api_keys WHERE key_id = '{}'", key.key_id)).await;
        let held = provider.reads(own).await.is(200).json()["grants"].clone();
        let before = portal.dump().await["grants"].clone();
        let mut more = held.as_array().expect("a list").clone();
        more.push(json!({ "nrn": ROOT, "role_slug": "sender" }));
        for grants in [json!(more), json!([])] {
            let body = json!({ "name": "terraform", "grants": grants });
            refused(&provider.changes(own, &body).await, 403, "A key cannot change what it holds itself.");
        }
        ada.get(&key.path("delete")).await.is(200);
        let refused_uses = "SELECT CAST(SUM(calls) AS BIGINT) FROM usage_hours WHERE code = 'INSUFFICIENT_PERMISSION'";
        assert_eq!(portal.number(refused_uses).await, 2);
        assert_eq!(portal.dump().await["grants"], before);
        provider.changes(own, &json!({ "name": "by another name", "grants": held })).await.is(200);
    }

    async fn a_narrowed_token_and_one_for_somebody_else_manage_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = manager(&portal, &mut ada).await;
        let id = Provider::with(&portal, &key).await.makes("agent").await;
        portal.has_role("sender", &["invoices:write", "invoices:read"]).await;
        portal.gives(&key, "sender", ROOT).await;
        for (more, status) in [(("scope", "invoices:read"), 403), (("resource", "https://api.acme.example"), 401)] {
            let request = portal.client.post(portal.url("/acme/oauth2/token")).basic_auth(&key.client_id, Some(&key.secret));
            let answer = crate::support::Answer::of(request.form(&[("grant_type", "client_credentials"), more])).await.is(200);
            let token = answer.access_token();
            Provider { portal: &portal, token }.reads(id).await.is(status);
        }
    }

    async fn nobody_sees_or_touches_a_key_of_another_organization(portal: Portal) {
        let mut ada = portal.ada().await;
        let ours = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let id = ours.makes("agent").await;
        let mut gwen = portal.globex().await;
        let key = gwen.makes_key("terraform").await;
        portal.sql(&format!(
            "INSERT INTO grants (tenant_id, api_key_id, role_id, resource_id, granted_at, granted_by) \
             SELECT k.tenant_id, k.id, r.id, n.id, 0, 'a test' FROM api_keys k \
             JOIN roles r ON r.tenant_id = k.tenant_id AND r.slug = 'admin' \
             JOIN resources n ON n.tenant_id = k.tenant_id AND n.parent_id IS NULL WHERE k.key_id = '{}'", key.key_id
        )).await;
        let theirs = Provider::with(&portal, &key).await;
        let before = portal.dump().await["api_keys"].clone();
        let never = theirs.reads(i64::MAX).await;
        assert_eq!(theirs.reads(id).await.is(404).bare(), never.bare());
        assert_eq!(theirs.changes(id, &json!({ "name": "mine" })).await.is(404).bare(), never.bare());
        assert_eq!(theirs.deletes(id).await.is(404).bare(), never.bare());
        let grant = |nrn: &str, role: &str| json!({ "name": "x", "grants": [{ "nrn": nrn, "role_slug": role }] });
        refused(&theirs.creates(&grant(ROOT, "member")).await, 400, "There is no resource");
        let own = portal.number("SELECT MIN(id) FROM roles WHERE tenant_id = (SELECT id FROM tenants WHERE slug = 'acme')").await;
        let foreign = json!({ "name": "x", "grants": [{ "nrn": "organization=globex", "role_id": own }] });
        refused(&theirs.creates(&foreign).await, 400, "There is no role with the id");
        assert_eq!(portal.dump().await["api_keys"], before);
        // Both organizations have a key with this name, and neither hears of the other's.
        assert_eq!(theirs.creates(&json!({ "name": "agent", "grants": [] })).await.is(201).json()["client_id"], "agent");
    }

    async fn whoever_is_nobody_is_told_to_send_a_token(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = manager(&portal, &mut ada).await;
        let good = token(&portal, &key.secret).await;
        let at = portal.url("/compat/nullplatform/api_key/1");
        let ask = |headers: Vec<String>| {
            let request = headers.iter().fold(portal.client.get(&at), |request, value| request.header("authorization", value));
            crate::support::Answer::of(request)
        };
        let both = format!("Bearer {good}");
        for headers in [vec![], vec![good.clone()], vec!["Basic YTpi".into()], vec![both.clone(), both.clone()]] {
            refused(&ask(headers).await, 401, "Authorization: Bearer");
        }
        let forged = good.rsplit_once('.').map(|(head, _)| format!("{head}.{}", "A".repeat(86))).expect("a token");
        refused(&ask(vec!["Bearer x".into()]).await, 401, "This is not a Keystead key");
        for token in ["a.b.c", "..", &key.wrong_secret(), &forged, &good[..good.len() - 4]] {
            refused(&ask(vec![format!("Bearer {token}")]).await, 401, "The bearer token is not valid here, or not any more.");
        }
        ada.post(&key.path("disable"), &[]).await.is(303);
        refused(&ask(vec![both]).await, 401, "not any more");
        refused(&ask(vec![format!("bearer {}", key.secret)]).await, 401, "not any more");
    }

    async fn a_cookie_is_no_credential(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let id = portal.number("SELECT id FROM api_keys WHERE client_id = 'billing-sync'").await;
        let page = ada.send(ada.request(reqwest::Method::DELETE, &format!("/compat/nullplatform/api_key/{id}"))).await;
        assert_eq!((page.status.as_u16(), portal.verify(&key.secret).await.as_str()), (401, "VALID"));
    }

    async fn a_request_is_a_use_of_its_key_and_counts_for_its_limits(portal: Portal) {
        let mut ada = portal.ada().await;
        let key: Key = manager(&portal, &mut ada).await;
        let provider = Provider::with(&portal, &key).await;
        portal.sql("UPDATE api_keys SET rate_limits = '3/day/3' WHERE client_id = 'terraform'").await;
        let answer = provider.reads(i64::MAX).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit-policy")), (404, "\"day\";q=3;w=86400"));
        let id = provider.makes("agent").await;
        let answer = provider.reads(id).await.is(200);
        assert_eq!(answer.header("ratelimit"), "\"day\";r=0;t=28800");
        refused(&provider.deletes(id).await, 429, "The key may make 3 requests per day");
        ada.get(&key.path("")).await.is(200).says("127.0.0.1");
    }

    async fn wrong_keys_are_guesses_here_too(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = manager(&portal, &mut ada).await;
        let wrong = Provider { portal: &portal, token: key.wrong_secret() };
        for _ in 0..GUESSES_AT_ONCE {
            wrong.reads(1).await.is(401);
        }
        refused(&wrong.reads(1).await, 429, "Too many wrong keys");
    }
}
