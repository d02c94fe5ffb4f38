//! The chain: every event's MAC covers the one before, in each organization from 1 on and without gaps.

use std::collections::BTreeMap;

use diesel::prelude::*;
use futures_util::future::join_all;
use keystead::audit::chain::{self, Fields};
use keystead::db::Conn;
use keystead::db::schema::{audit_events, audit_heads};

use crate::support::{Portal, on_both};

on_both! {
    async fn every_organization_has_a_chain_of_its_own_beside_that_of_the_installation(portal: Portal) {
        let mut ada = portal.ada().await;
        let mut gwen = portal.globex().await;
        for client_id in ["one", "two"] {
            ada.makes_key(client_id).await;
            let key = gwen.makes_key(client_id).await;
            gwen.post(&key.path("delete"), &[]).await.redirects_to("/api-keys");
        }
        let lengths = intact_chains(&portal).await.expect("the chains hold");
        let of = async |slug: &str| portal.number(&format!("SELECT id FROM tenants WHERE slug = '{slug}'")).await;
        // Set-up (4 events) and a sign-in; a tenant, a signing key and a sign-in; then what both did.
        assert_eq!(lengths, BTreeMap::from([(0, 1), (of("acme").await, 7), (of("globex").await, 7)]));
    }

    async fn fifty_changes_at_once_leave_no_gap(portal: Portal) {
        let ada = portal.ada().await;
        let before = intact_chains(&portal).await.expect("the chains hold");
        let pages = join_all((0..50).map(|number| {
            let mut ada = ada.clone();
            async move {
                let intent = ada.intent();
                ada.posts_key(&intent, &format!("key-{number}")).await
            }
        }))
        .await;
        assert!(pages.iter().all(|page| page.status == 200), "{:?}", pages.iter().map(|page| page.status.as_u16()).collect::<Vec<_>>());
        let after = intact_chains(&portal).await.expect("the chains hold");
        assert_eq!(after.values().sum::<i64>(), before.values().sum::<i64>() + 50);
    }

    async fn two_processes_on_one_database_write_one_chain(portal: Portal) {
        let ada = portal.ada().await;
        let other = portal.restarted(&[]);
        let mut there = other.visitor();
        there.signs_in("ada@acme.example", crate::support::PASSWORD).await.redirects_to("/api-keys");
        there.get("/api-keys").await;
        let pages = join_all((0..20).map(|number| {
            let mut ada = if number % 2 == 0 { ada.clone() } else { there.clone() };
            async move {
                let intent = ada.intent();
                ada.posts_key(&intent, &format!("key-{number}")).await
            }
        }))
        .await;
        assert!(pages.iter().all(|page| page.status == 200), "{:?}", pages.iter().map(|page| page.status.as_u16()).collect::<Vec<_>>());
        intact_chains(&portal).await.expect("the chains hold");
    }

    async fn a_changed_missing_or_moved_event_breaks_the_chain(portal: Portal) {
        portal.ada().await.makes_key("billing-sync").await;
        intact_chains(&portal).await.expect("the chains hold");
        for (harm, repair) in [
            ("UPDATE audit_events SET actor = 'eve@acme.example' WHERE seq = 6", "UPDATE audit_events SET actor = 'ada@acme.example' WHERE seq = 6"),
            ("UPDATE audit_events SET at = at + 1 WHERE seq = 3", "UPDATE audit_events SET at = at - 1 WHERE seq = 3"),
            ("UPDATE audit_events SET address = '' WHERE address IS NULL AND seq = 1", "UPDATE audit_events SET address = NULL WHERE address = '' AND seq = 1"),
            ("UPDATE audit_heads SET seq = seq - 1 WHERE chain_id <> 0", "UPDATE audit_heads SET seq = seq + 1 WHERE chain_id <> 0"),
            ("DELETE FROM audit_events WHERE seq = (SELECT MAX(seq) FROM audit_events)", "SELECT 1"),
        ] {
            portal.sql(harm).await;
            intact_chains(&portal).await.expect_err(harm);
            if repair != "SELECT 1" {
                portal.sql(repair).await;
                intact_chains(&portal).await.expect(repair);
            }
        }
    }
}

type Row = (
    (i64, i64, i64, String, Option<i64>, Vec<u8>),
    (String, String, String),
    (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>),
);

/// Computes every MAC again, and answers how long each chain is; or what does not fit.
async fn intact_chains(portal: &Portal) -> Result<BTreeMap<i64, i64>, String> {
    use audit_events::dsl as e;

    let load = |conn: &mut Conn| {
        let rows: Vec<Row> = e::audit_events
            .order((e::chain_id, e::seq))
            .select((
                (e::chain_id, e::seq, e::at, e::actor_kind, e::actor_id, e::mac),
                (e::actor, e::action, e::outcome),
                (e::target_kind, e::target_id, e::target, e::address, e::request_id, e::before, e::after),
            ))
            .load(conn)?;
        let heads: Vec<(i64, i64, Vec<u8>)> = audit_heads::table.order(audit_heads::chain_id).load(conn)?;
        Ok::<_, keystead::db::Error>((rows, heads))
    };
    let (rows, heads) = portal.inner.db.read(load).await.expect("the chains can be read");
    let mut ends: BTreeMap<i64, (i64, Vec<u8>)> = BTreeMap::new();
    for ((chain_id, seq, at, actor_kind, actor_id, mac), (actor, action, outcome), more) in &rows {
        let (last, previous) = ends.remove(chain_id).unwrap_or((0, chain::START.to_vec()));
        if *seq != last + 1 {
            return Err(format!("chain {chain_id}: {seq} follows {last}"));
        }
        let (kind, id, target, address, request_id, before, after) = more;
        let optional = [kind, id, target, address, request_id, before, after].map(Option::as_deref);
        let mut texts = [Some(actor.as_str()), Some(action), Some(outcome), None, None, None, None, None, None, None];
        texts[3..].copy_from_slice(&optional);
        let fields = Fields { chain_id: *chain_id, seq: *seq, at: *at, actor_kind, actor_id: *actor_id, texts };
        if chain::mac(portal.inner.keyring.audit(), &previous, &fields) != mac[..] {
            return Err(format!("chain {chain_id}: the MAC of {seq} does not fit"));
        }
        ends.insert(*chain_id, (*seq, mac.clone()));
    }
    let stored: BTreeMap<i64, (i64, Vec<u8>)> =
        heads.into_iter().map(|(chain, seq, mac)| (chain, (seq, mac))).collect();
    if stored != ends {
        return Err("an end of a chain is not where its last event is".into());
    }
    Ok(ends.into_iter().map(|(chain, (seq, _))| (chain, seq)).collect())
}
