//! What a key's page says of its use.

use keystead::access::TenantScope;
use keystead::usage::{self, day_of};

use crate::support::on_both;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

on_both! {
    async fn the_page_has_figures_charts_and_callers(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.was_called(&key, 29 * DAY, "VALID", &["198.51.100.1"; 1_200]).await;
        portal.was_called(&key, 2 * HOUR, "VALID", &["203.0.113.7", "203.0.113.8", "203.0.113.7"]).await;
        portal.was_called(&key, HOUR, "INSUFFICIENT_PERMISSION", &["203.0.113.7"; 2]).await;
        portal.was_called(&key, 31 * DAY, "VALID", &["192.0.2.200"]).await;
        let page = ada.get(&key.path("")).await.is(200);
        let page = page.says("Last 24 hours 3 accepted, from 2 addresses").says("the last 24 hours since 22 Nov 2026, 14:00 UTC").says("Last 30 days 1,203 accepted, from 3 addresses");
        let page = page.says("Refused 2 0.2 % of 30 days");
        let page = page.says("First call 23 Oct 2026, 14:32 UTC, from 192.0.2.200").says("Last call 23 Nov 2026, 12:32 UTC, from 203.0.113.");
        let page = page.says("As of 23 Nov 2026, 14:32 UTC");
        let page = page.says("198.51.100.1 last 29 days ago 1,200 times").says("203.0.113.7 last 2 hours ago 2 times").says("203.0.113.8 last 2 hours ago 1 time");
        let page = page.says("25 Oct 1,200 0").says("23 Nov 13:00 0 2 2 without the permission");
        let charts = page.attributes("aria-label");
        let chart = |words: &str| charts.iter().find(|label| label.starts_with(words)).cloned().unwrap_or_default();
        assert_eq!(
            chart("Requests each day"),
            "Requests each day (UTC), 24 Oct to 23 Nov so far. 1,203 accepted, 2 refused. Most accepted: 1,200 (25 Oct). Most refused: 2 (23 Nov so far)."
        );
        assert_eq!(
            chart("Requests each hour"),
            "Requests each hour (UTC), 22 Nov 14:00 to 23 Nov 14:00 so far. 3 accepted, 2 refused. Most accepted: 3 (23 Nov 12:00). Most refused: 2 (23 Nov 13:00)."
        );
        assert_eq!(page.body.matches("class=\"bar\"").count(), 3, "a bar for each hour and each day with an accepted call");
        assert!(page.body.contains("<title>25 Oct: 1,200 accepted, 0 refused</title>"));
    }

    async fn the_page_says_what_this_node_holds(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        ada.get(&key.path("")).await.says("Last call Never").says("Nobody called in the last 30 days.").says("Waiting for the first call.");
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        let page = ada.get(&key.path("")).await.says("Last call 23 Nov 2026, 14:32 UTC").says("Last 24 hours 1");
        let page = page.says("All others, and addresses that are not known");
        page.says_nothing_of("Waiting for the first call.").says_nothing_of("Never");
    }

    async fn a_day_is_counted_from_the_hour_that_it_says_with_its_addresses(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        portal.was_called(&key, DAY + 32 * 60, "VALID", &["203.0.113.7"]).await;
        portal.was_called(&key, DAY + 33 * 60, "VALID", &["203.0.113.8"]).await;
        ada.get(&key.path("")).await.says("Last 24 hours 1 accepted, from 1 address");
    }

    async fn only_ten_callers_are_listed(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let addresses: Vec<String> = (0..13).map(|number| format!("203.0.113.{number}")).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        portal.was_called(&key, 0, "VALID", &addresses).await;
        let page = ada.get(&key.path("")).await.says("And 3 more addresses.");
        assert_eq!(page.body.matches("<code translate=\"no\">203.0.113.").count(), 10 + 3, "ten, and those of the first call, of the last one, and of the secret's last one");
    }

    async fn the_days_of_many_keys_are_one_question(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, other) = (ada.makes_key("one").await, ada.makes_key("other").await);
        portal.was_called(&one, 0, "VALID", &["203.0.113.7"; 3]).await;
        portal.was_called(&one, 13 * DAY, "VALID", &["203.0.113.7"]).await;
        portal.was_called(&one, 14 * DAY, "VALID", &["203.0.113.7"]).await;
        portal.was_called(&other, 0, "EXPIRED", &["203.0.113.7"]).await;
        let (one, other) = (portal.call(&one, "VALID", "::1").await, portal.call(&other, "VALID", "::1").await);
        let today = day_of(portal.inner.clock.now());
        let (tenant, ids) = (one.tenant, [one.api_key, other.api_key]);
        let read = |tenant: TenantScope| portal.inner.db.read(move |conn| usage::last_days(conn, tenant, &ids, today - 13));
        let (days, heard) = portal.asks(read(tenant)).await;
        let days = days.expect("they are read");
        assert_eq!(days.get(&one.api_key), Some(&vec![(today - 13, 1), (today, 3)]));
        assert_eq!(days.get(&other.api_key), None, "what was refused is no use");
        assert_eq!(heard.iter().filter(|statement| statement.contains("usage_days")).count(), 1);
        assert!(read(TenantScope::from_row(tenant.id() + 1)).await.expect("they are read").is_empty());
    }
}
