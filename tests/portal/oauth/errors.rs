//! What clients get when something is wrong on our side.

use super::refused;
use crate::support::on_both;

on_both! {
    async fn rfc_6749_5_2_a_database_that_refuses_is_json_too_and_tells_nothing(portal: Portal) {
        let key = portal.ada().await.makes_key("billing-sync").await;
        portal.sql("ALTER TABLE signing_keys RENAME TO signing_keys_gone").await;
        let answer = portal.token_for(&key).await;
        refused(&answer, 503, "temporarily_unavailable");
        assert!(!answer.body.contains("signing_keys") && !answer.body.contains("SELECT"), "{}", answer.body);
        portal.sql("ALTER TABLE signing_keys_gone RENAME TO signing_keys").await;
        portal.token_for(&key).await.is(200);
    }

    async fn addresses_below_an_organization_that_do_not_exist_are_404(portal: Portal) {
        portal.set_up_acme().await;
        for path in ["/acme/oauth2", "/acme/oauth2/", "/acme/oauth2/token/", "/acme/oauth2/authorize"] {
            let answer = crate::support::Answer::of(portal.client.post(portal.url(path)).header("sec-fetch-site", "same-origin")).await;
            assert_eq!(answer.status, 404, "{path}");
        }
    }
}
