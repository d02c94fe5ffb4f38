//! How counts are written: in batches that give way, and never twice.

use futures_util::FutureExt;
use keystead::usage::{BATCH, Call, Recorder};

use crate::support::on_both;

const FROM: &str = "203.0.113.7";

/// The longest run of changes to rows between two commits.
fn longest_transaction(statements: &[String]) -> usize {
    let (mut longest, mut now) = (0, 0);
    for statement in statements {
        let word = statement.split_whitespace().next().unwrap_or_default().to_uppercase();
        match word.as_str() {
            "BEGIN" | "COMMIT" => now = 0,
            "INSERT" => now += 1,
            _ => {}
        }
        longest = longest.max(now);
    }
    longest
}

on_both! {
    async fn a_transaction_has_at_most_500_rows_and_other_writes_get_through(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut calls = Vec::new();
        for number in 0..12 {
            let key = ada.makes_key(&format!("key-{number}")).await;
            calls.push(portal.call(&key, "VALID", FROM).await);
        }
        let node = Recorder::default();
        for call in &calls {
            (0..120_u8).for_each(|number| node.note(&Call { address: Some([10, 0, 0, number].into()), ..*call }));
        }
        let beside = async {
            // As soon as the first of the batches is written.
            while portal.number("SELECT COUNT(*) FROM usage_addresses").await == 0 {}
            for number in 0..3 {
                portal.sql(&format!("UPDATE tenants SET contact = 'writer {number}'")).await;
            }
        };
        let (((), ()), heard) = portal.asks(async { tokio::join!(portal.writes(&node), beside) }).await;
        let commits = heard.iter().filter(|statement| statement.starts_with("COMMIT")).count();
        assert!(commits >= 3 + 3, "{commits}");
        let longest = longest_transaction(&heard);
        assert!((100..=BATCH).contains(&longest), "{longest}");
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_days").await, 12 * 120);
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_addresses").await, 12 * 120);
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_addresses").await, 12 * 101);
        // Somebody else's write stands between two of ours.
        let is_ours = |statement: &String| statement.starts_with("INSERT") && statement.contains("usage_addresses");
        let first = heard.iter().position(is_ours).expect("it begins");
        let last = heard.iter().rposition(is_ours).expect("it ends");
        let between = heard[first..last].iter().filter(|statement| statement.contains("SET contact")).count();
        assert!(between > 0, "nobody waits for all of it");
    }

    async fn what_cannot_be_written_is_kept_and_written_once(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let node = Recorder::default();
        node.note(&portal.call(&key, "VALID", FROM).await);
        portal.sql("ALTER TABLE usage_days RENAME TO days_gone").await;
        for _ in 0..2 {
            node.write(&portal.inner.db).await.expect_err("there is no table");
            node.note(&portal.call(&key, "VALID", FROM).await);
        }
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_hours").await, 0, "a batch is written whole");
        portal.sql("ALTER TABLE days_gone RENAME TO usage_days").await;
        for _ in 0..2 {
            portal.writes(&node).await;
        }
        assert_eq!(portal.number("SELECT calls FROM usage_days").await, 3);
        assert_eq!(portal.number("SELECT calls FROM usage_hours").await, 3);
        assert_eq!(portal.number("SELECT calls FROM usage_addresses").await, 3);
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_key_uses WHERE used_at > 0").await, 1);
    }

    async fn the_counts_of_one_key_are_written_at_once_and_the_others_wait(portal: Portal) {
        let mut ada = portal.ada().await;
        let (one, other) = (ada.makes_key("one").await, ada.makes_key("other").await);
        let node = Recorder::default();
        let call = portal.call(&one, "VALID", FROM).await;
        node.note(&call);
        node.note(&portal.call(&other, "VALID", FROM).await);
        assert!(node.first_use(call.api_key).is_some());
        node.write_key(&portal.inner.db, call.api_key).await.expect("it is written");
        assert!(node.first_use(call.api_key).is_none());
        assert_eq!(portal.lines("SELECT k.client_id AS line FROM usage_days d JOIN api_keys k ON k.id = d.api_key_id").await, ["one"]);
        portal.writes(&node).await;
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_days").await, 2);
    }

    async fn whoever_hangs_up_loses_nothing_and_the_next_one_waits(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let (node, db) = (Recorder::default(), &portal.inner.db);
        let call = portal.call(&key, "VALID", FROM).await;
        portal.sql("ALTER TABLE usage_days RENAME TO days_gone").await;
        for of_all in [false, true] {
            node.note(&call);
            if of_all {
                assert!(node.write(db).now_or_never().is_none());
            } else {
                assert!(node.write_key(db, call.api_key).now_or_never().is_none());
            }
            node.write_key(db, call.api_key).await.expect_err("it is put back, and there is no table");
        }
        portal.sql("ALTER TABLE days_gone RENAME TO usage_days").await;
        assert!(node.write_key(db, call.api_key).now_or_never().is_none());
        node.write_key(db, call.api_key).await.expect("it is written");
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_days").await, 2);
    }

    async fn the_page_is_shown_where_nothing_can_be_written_and_nobody_decides_by_it(portal: Portal) {
        let mut ada = portal.ada().await;
        let (key, other) = (ada.makes_key("billing-sync").await, ada.makes_key("other").await);
        portal.was_called(&key, 3_600, "EXPIRED", &[FROM]).await;
        portal.was_called(&other, 0, "VALID", &[FROM]).await;
        // Another row of this code is refused.
        portal.sql("CREATE UNIQUE INDEX nothing_more ON usage_days (code)").await;
        assert_eq!(portal.verify(&key.secret).await, "VALID");
        let page = ada.get(&key.path("")).await.is(200).says("Last call Never").says("Refused 1");
        page.says("As of The latest calls are missing here: they cannot be stored at the moment.");
        ada.get(&key.path("delete")).await.is(500);
        ada.get(&key.path("rotate")).await.is(500);
        portal.sql("DROP INDEX nothing_more").await;
        let page = ada.get(&key.path("")).await.is(200).says("Last call 23 Nov 2026, 14:32 UTC");
        page.says("As of 23 Nov 2026, 14:32 UTC").says_nothing_of("are missing here");
        ada.get(&key.path("delete")).await.is(200).says("It was used 1 time");
    }

    async fn nodes_that_write_at_once_lose_nothing(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut calls = Vec::new();
        for number in 0..6 {
            let key = ada.makes_key(&format!("key-{number}")).await;
            calls.push(portal.call(&key, "VALID", FROM).await);
        }
        let nodes: Vec<Recorder> = (0..4).map(|_| Recorder::default()).collect();
        for (round, node) in nodes.iter().enumerate() {
            for call in &calls {
                (0..40_u8).for_each(|number| node.note(&Call { address: Some([10, 0, round as u8, number].into()), ..*call }));
            }
        }
        let written = futures_util::future::join_all(nodes.iter().map(|node| node.write(&portal.inner.db))).await;
        written.into_iter().for_each(|written| written.expect("it is written"));
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_hours").await, 6 * 160);
        assert_eq!(portal.number("SELECT SUM(calls) FROM usage_addresses").await, 6 * 160);
        assert_eq!(portal.number("SELECT COUNT(*) FROM usage_addresses WHERE address <> ''").await, 6 * 100);
    }
}
