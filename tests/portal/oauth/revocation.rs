//! `POST /{tenant}/oauth2/revoke` (RFC 7009).

use super::refused;
use crate::support::{Answer, Key, Portal, on_both};

async fn revokes(portal: &Portal, caller: &Key, form: &[(&str, &str)]) -> Answer {
    let request = portal.client.post(portal.url("/acme/oauth2/revoke"));
    Answer::of(request.basic_auth(&caller.client_id, Some(&caller.secret)).form(form)).await
}

async fn passes(portal: &Portal, text: &str) -> u16 {
    portal.passes("", &[("authorization", &format!("Bearer {text}"))]).await.status.as_u16()
}

on_both! {
    async fn rfc_7009_2_a_revoked_token_is_dead_at_once_and_no_other(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (one, other) = (portal.token_for(&key).await.access_token(), portal.token_for(&key).await.access_token());
        let answer = revokes(&portal, &key, &[("token", &one), ("token_type_hint", "refresh_token")]).await.is(200);
        assert_eq!((answer.body.as_str(), answer.header("cache-control")), ("{}", "no-store"));
        assert_eq!((passes(&portal, &one).await, passes(&portal, &other).await), (401, 204));
        // A second time there is nothing to do.
        revokes(&portal, &key, &[("token", &one)]).await.is(200);
        assert_eq!(portal.number("SELECT COUNT(*) FROM revoked_tokens").await, 1);
        ada.get(&format!("/audit?target=api_key:{}", key.key_id)).await.is(200).says("Revoked an access token");
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'access_token.revoked' AND actor = 'billing-sync'").await, 1);
    }

    async fn rfc_7009_2_2_there_is_nothing_to_do_for_what_is_no_token(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let gwens = portal.globex().await.makes_key("globex-key").await;
        let foreign = portal.token("globex", "globex-key", &gwens.secret).await.access_token();
        for token in ["nonsense", "a.b.c", "ks_live_x", &key.wrong_secret(), &foreign, &gwens.secret] {
            revokes(&portal, &key, &[("token", token)]).await.is(200);
        }
        assert_eq!(portal.verify(&gwens.secret).await, "VALID");
        assert_eq!(portal.number("SELECT COUNT(*) FROM revoked_tokens").await, 0);
    }

    async fn rfc_7009_2_1_a_client_ends_its_own_tokens_alone(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
        let others = portal.token_for(&other).await.access_token();
        for token in [&others, &other.secret] {
            let answer = revokes(&portal, &key, &[("token", token)]).await.is(400);
            assert_eq!(answer.json()["error"], "unauthorized_client");
            assert_eq!(passes(&portal, token).await, 204);
        }
    }

    async fn rfc_7009_2_1_the_client_authenticates_first(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        let wrong = Key { secret: key.wrong_secret(), ..key.clone() };
        refused(&revokes(&portal, &wrong, &[("token", &token)]).await, 401, "invalid_client");
        refused(&Answer::of(portal.client.post(portal.url("/acme/oauth2/revoke")).form(&[("token", &token)])).await, 401, "invalid_client");
        refused(&revokes(&portal, &key, &[]).await, 400, "invalid_request");
        assert_eq!(passes(&portal, &token).await, 204);
    }

    async fn whoever_revokes_its_own_secret_has_the_key_disabled_and_told_so(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        revokes(&portal, &key, &[("token", &key.secret)]).await.is(200);
        assert_eq!((passes(&portal, &key.secret).await, passes(&portal, &token).await), (401, 401));
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
        ada.get(&key.path("")).await.is(200).says("its secret was revoked by whoever holds it");
    }

    async fn what_is_around_a_token_or_a_secret_is_no_reason_to_let_it_live(portal: Portal) {
        let mut ada = portal.ada().await;
        let caller = ada.makes_key("caller").await;
        for (number, (before, after)) in [("Bearer ", ""), ("\"", "\"\n"), ("  ", " "), ("access_token=", "&x=y")].into_iter().enumerate() {
            let token = portal.token_for(&caller).await.access_token();
            revokes(&portal, &caller, &[("token", &format!("{before}{token}{after}"))]).await.is(200);
            assert_eq!(passes(&portal, &token).await, 401, "{before}");
            let key = ada.makes_key(&format!("key-{number}")).await;
            revokes(&portal, &key, &[("token", &format!("{before}{}{after}", key.secret))]).await.is(200);
            assert_eq!(portal.verify(&key.secret).await, "DISABLED", "{before}");
        }
    }

    async fn questions_count_against_the_limits_of_the_callers_key_and_never_keep_its_own_alive(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let token = portal.token_for(&key).await.access_token();
        portal.sql("UPDATE api_keys SET rate_limits = '3/day/3'").await;
        for token in ["nonsense", "a.b.c", &key.wrong_secret()] {
            assert!(!revokes(&portal, &key, &[("token", token)]).await.is(200).header("ratelimit").is_empty());
        }
        for token in ["nonsense", "a.b.c", &key.wrong_secret()] {
            let answer = revokes(&portal, &key, &[("token", token)]).await.is(429);
            assert_eq!((answer.json()["error"].as_str(), answer.header("retry-after")), (Some("temporarily_unavailable"), "28800"));
        }
        revokes(&portal, &key, &[("token", &token)]).await.is(200);
        assert_eq!(portal.number("SELECT COUNT(*) FROM revoked_tokens").await, 1);
        revokes(&portal, &key, &[("token", &key.secret)]).await.is(200);
        assert_eq!(portal.verify(&key.secret).await, "DISABLED");
    }

    async fn during_a_rotation_the_old_secret_ends_and_the_key_goes_on(portal: Portal) {
        let mut ada = portal.ada().await;
        let old = ada.makes_key("billing-sync").await;
        let version = ada.get(&old.path("rotate")).await.is(200).field("version");
        let fields = [("version", version.as_str()), ("overlap", "86400")];
        let new = Key { secret: ada.post(&old.path("rotate"), &fields).await.is(200).element("secret"), ..old.clone() };
        assert_eq!((passes(&portal, &old.secret).await, passes(&portal, &new.secret).await), (204, 204));
        revokes(&portal, &new, &[("token", &old.secret)]).await.is(200);
        assert_eq!((portal.verify(&old.secret).await.as_str(), portal.verify(&new.secret).await.as_str()), ("ROTATED", "VALID"));
    }

    async fn what_has_ended_by_itself_is_not_kept(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        let one = portal.token_for(&key).await.access_token();
        revokes(&portal, &key, &[("token", &one)]).await.is(200);
        let prune = async || keystead::oauth::prune(&portal.inner.db, portal.inner.clock.now()).await.expect("it is pruned");
        portal.clock.forward(899);
        prune().await;
        assert_eq!(portal.number("SELECT COUNT(*) FROM revoked_tokens").await, 1);
        portal.clock.forward(1);
        prune().await;
        assert_eq!(portal.number("SELECT COUNT(*) FROM revoked_tokens").await, 0);
    }
}
