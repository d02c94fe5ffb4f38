//! Keys rotate by themselves.

use keystead::signing_keys::{AHEAD_SECONDS, rotate_due};

use super::{asks_for, follow_each_other, kids};
use crate::support::on_both;

const DAY: i64 = 86_400;

on_both! {
    async fn a_key_that_has_signed_long_enough_is_rotated_by_itself(portal: Portal) {
        portal.ada().await;
        let first = kids(&portal).await;
        let due = async || rotate_due(&portal.inner).await.expect("it is looked");
        for wait in [0, 90 * DAY - 1] {
            portal.clock.forward(wait);
            due().await;
            assert_eq!(kids(&portal).await, first);
        }
        portal.clock.forward(1);
        due().await;
        let both = kids(&portal).await;
        assert!(both.len() == 2 && both[1] == first[0]);
        let event = portal.lines("SELECT actor_kind || ' ' || actor AS line FROM audit_events WHERE action = 'signing_key.rotated'").await;
        assert_eq!(event, ["system Schedule"]);
        // Once: it counts from when the new one signs.
        for wait in [0, AHEAD_SECONDS, 90 * DAY - 1] {
            portal.clock.forward(wait);
            due().await;
            assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, 2);
        }
        portal.clock.forward(1);
        due().await;
        assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, 3);
        follow_each_other(&portal).await;
    }

    async fn each_organization_has_its_own_schedule_and_may_have_none(portal: Portal) {
        portal.ada().await;
        portal.globex().await;
        portal.sql("UPDATE tenants SET signing_key_days = 0 WHERE slug = 'acme'").await;
        portal.sql("UPDATE tenants SET signing_key_days = 7, signing_algorithm = 'EdDSA' WHERE slug = 'globex'").await;
        let count = async |tenant: &str| portal.number(&format!("SELECT COUNT(*) FROM signing_keys WHERE tenant_id = (SELECT id FROM tenants WHERE slug = '{tenant}')")).await;
        portal.clock.forward(7 * DAY);
        rotate_due(&portal.inner).await.expect("it is looked");
        assert_eq!((count("acme").await, count("globex").await), (1, 2));
        assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys WHERE algorithm = 'EdDSA'").await, 1);
        portal.clock.forward(4_000 * DAY);
        rotate_due(&portal.inner).await.expect("it is looked");
        assert_eq!((count("acme").await, count("globex").await), (1, 3));
    }

    async fn a_rotation_by_hand_begins_the_count_again(portal: Portal) {
        let mut ada = portal.ada().await;
        portal.sql("UPDATE tenants SET signing_key_days = 1").await;
        asks_for(&mut ada, "rotate").await.redirects_to("/settings");
        ada.get("/settings").await.is(200);
        portal.clock.forward(DAY);
        rotate_due(&portal.inner).await.expect("it is looked");
        assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, 2);
        portal.clock.forward(AHEAD_SECONDS);
        rotate_due(&portal.inner).await.expect("it is looked");
        assert_eq!(portal.number("SELECT COUNT(*) FROM signing_keys").await, 3);
    }
}
