//! What is old goes: hours after 7 days, days after 400.

use keystead::usage::{BATCH, prune};

use crate::support::on_both;

const DAY: i64 = 86_400;

on_both! {
    async fn hours_are_kept_for_seven_days_and_days_for_four_hundred(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
        for days in [0, 6, 8, 399, 401] {
            portal.was_called(&key, days * DAY, "VALID", &["203.0.113.7"]).await;
        }
        portal.was_called(&key, 399 * DAY, "EXPIRED", &["203.0.113.7"]).await;
        portal.was_called(&other, 401 * DAY, "EXPIRED", &["203.0.113.7"]).await;
        prune(&portal.inner.db, portal.inner.clock.now()).await.expect("old counts go");
        let count = async |table: &str| portal.number(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert_eq!(count("usage_hours").await, 2);
        assert_eq!(count("usage_days").await, 5, "one of them refused");
        assert_eq!(count("usage_addresses").await, 4);
        assert_eq!(count("dead_key_calls").await, 1);
        assert_eq!(count("api_key_uses WHERE used_at > 0").await, 1);
    }

    async fn much_that_is_old_goes_in_batches(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let call = portal.call(&key, "VALID", "203.0.113.7").await;
        portal.sql(&format!(
            "INSERT INTO usage_hours (tenant_id, api_key_id, hour, code, calls) \
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1200) SELECT {}, {}, n, 'VALID', 1 FROM n",
            call.tenant.id(), call.api_key
        )).await;
        let (pruned, heard) = portal.asks(prune(&portal.inner.db, portal.inner.clock.now())).await;
        pruned.expect("old counts go");
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_hours").await, 0);
        let mut longest = 0;
        for transaction in heard.split(|statement| statement.starts_with("COMMIT")) {
            longest = longest.max(transaction.iter().filter(|statement| statement.starts_with("DELETE")).count());
        }
        assert_eq!(longest, BATCH);
    }
}
