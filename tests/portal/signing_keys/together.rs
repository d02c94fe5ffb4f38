//! Twenty at once, where only one may win.

use futures_util::future::{join, join_all};
use keystead::signing_keys::{AHEAD_SECONDS, rotate_due};

use super::{follow_each_other, kids};
use crate::support::on_both;

on_both! {
    async fn twenty_rotations_at_once_by_hand_and_by_schedule_make_one_key(portal: Portal) {
        let ada = portal.ada().await;
        portal.sql("UPDATE signing_keys SET signs_from = 1").await;
        let mut on_settings = ada.clone();
        let kid = on_settings.get("/settings/signing-keys/rotate").await.is(200).field("kid");
        let by_hand = join_all((0..10).map(|_| {
            let (mut ada, kid) = (on_settings.clone(), kid.clone());
            async move { ada.post("/settings/signing-keys/rotate", &[("kid", kid.as_str())]).await.redirects_to("/settings") }
        }));
        let by_schedule = join_all((0..10).map(|_| async { rotate_due(&portal.inner).await.expect("it is looked") }));
        join(by_hand, by_schedule).await;
        assert_eq!(kids(&portal).await.len(), 2);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'signing_key.rotated'").await, 1);
        follow_each_other(&portal).await;
    }

    async fn twenty_clicks_on_replace_make_one_key(portal: Portal) {
        let mut ada = portal.ada().await;
        let kid = ada.get("/settings/signing-keys/replace").await.is(200).field("kid");
        let pages = join_all((0..20).map(|_| {
            let (mut ada, kid) = (ada.clone(), kid.clone());
            async move { ada.post("/settings/signing-keys/replace", &[("kid", kid.as_str())]).await }
        }))
        .await;
        assert_eq!(pages.iter().filter(|page| page.status.as_u16() == 303).count(), 1);
        assert_eq!(pages.iter().filter(|page| page.status.as_u16() == 409).count(), 19);
        assert_eq!(kids(&portal).await.len(), 1);
        assert_eq!(portal.number("SELECT COUNT(*) FROM audit_events WHERE action = 'signing_key.replaced'").await, 1);
        follow_each_other(&portal).await;
    }

    async fn two_last_keys_are_refused_by_the_database_itself(portal: Portal) {
        portal.ada().await;
        let second = "INSERT INTO signing_keys (tenant_id, kid, algorithm, private_key_sealed, public_jwk, created_at, signs_from, signs_until, published_until) \
                      SELECT tenant_id, 'another', algorithm, private_key_sealed, public_jwk, created_at, signs_from, signs_until, published_until FROM signing_keys";
        assert!(portal.try_sql(second).await.is_err());
        portal.sql(&format!("UPDATE signing_keys SET signs_until = {AHEAD_SECONDS}")).await;
        assert!(portal.try_sql(second).await.is_ok());
    }
}
