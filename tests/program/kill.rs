//! `kill -9` in the middle of work: what was answered is so, for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::prelude::*;
use keystead::audit::chain::{self, Fields};
use keystead::base::keyring::Keyring;
use keystead::db::schema::{audit_events, audit_heads};

use crate::support::{Database, Key, PATIENCE, Person, Place, client, eventually, on_both, verify};

const ROUNDS: usize = 4;
const BROWSERS: usize = 4;
/// Keys that are received in a round before the process is killed.
const KEYS: usize = 12;

on_both! {
    async fn every_key_that_was_received_works_and_every_delete_that_was_answered_stays(place: Place) {
        let (portal, ada) = place.ada().await;
        portal.stops();
        let mut memory = Memory::default();
        for round in 0..ROUNDS {
            let mut portal = place.serve();
            let received = Arc::new(AtomicUsize::new(0));
            let browsers = (0..BROWSERS).map(|number| {
                let ada = Person { origin: portal.origin.clone(), client: client(), ..ada.clone() };
                tokio::spawn(work(ada, format!("round-{round}-{number}"), Arc::clone(&received)))
            });
            let browsers = browsers.collect::<Vec<_>>();
            // A little later in each round, so that the blow falls into different steps.
            tokio::time::timeout(PATIENCE, async {
                while received.load(Ordering::SeqCst) < KEYS + round {
                    tokio::task::yield_now().await;
                }
            }).await.expect("keys are made");
            portal.is_killed();
            for browser in browsers {
                memory.extend(browser.await.expect("the browser meets no wrong answer"));
            }

            let portal = place.serve();
            let client = client();
            for (key, fate) in &memory.keys {
                let answer = verify(&client, &portal.origin, &key.secret).await.expect("an answer").json();
                let allowed: &[&str] = match fate {
                    Fate::Kept => &["VALID"],
                    Fate::Deleted => &["DELETED"],
                    Fate::MayBeDeleted => &["VALID", "DELETED"],
                };
                let code = answer["code"].as_str().expect("a code");
                assert!(allowed.contains(&code), "{} in round {round}: {code}, and not {allowed:?}", key.client_id);
            }
            portal.stops();
            check(&place);
        }
        assert!(memory.keys.len() >= ROUNDS * KEYS);
        assert!(memory.keys.iter().any(|(_, fate)| *fate == Fate::Deleted));
    }
}

/// What somebody knows of a key whose page was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// The delete was answered.
    Deleted,
    /// The delete was sent, and no answer came.
    MayBeDeleted,
}

#[derive(Default)]
struct Memory {
    keys: Vec<(Key, Fate)>,
}

impl Memory {
    fn extend(&mut self, other: Self) {
        self.keys.extend(other.keys);
    }
}

/// Makes keys, and deletes each second one, until nobody answers any more.
async fn work(mut ada: Person, name: String, received: Arc<AtomicUsize>) -> Memory {
    let mut memory = Memory::default();
    for number in 0.. {
        let Ok(key) = ada.tries_to_make_key(&format!("{name}-{number}")).await else { break };
        received.fetch_add(1, Ordering::SeqCst);
        memory.keys.push((key.clone(), Fate::Kept));
        if number % 2 == 1 {
            let answer = ada.tries_to_delete(&key).await;
            let fate = if answer.is_ok() { Fate::Deleted } else { Fate::MayBeDeleted };
            memory.keys.last_mut().expect("a key").1 = fate;
            let Ok(page) = answer else { break };
            page.redirects_to("/api-keys");
        }
    }
    memory
}

fn check(place: &Place) {
    let database = place.database();
    if database.is_sqlite() {
        assert_eq!(database.lines("SELECT integrity_check AS line FROM pragma_integrity_check"), ["ok"]);
        assert_eq!(database.number("SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
    }
    for (what, count) in [
        (
            "keys without exactly one event of their making",
            "SELECT COUNT(*) FROM api_keys k WHERE 1 <> (SELECT COUNT(*) FROM audit_events e \
             WHERE e.chain_id = k.tenant_id AND e.action = 'api_key.created' AND e.target_id = k.key_id)",
        ),
        (
            "events of keys that are not there",
            "SELECT COUNT(*) FROM audit_events e WHERE e.action LIKE 'api_key.%' \
             AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.key_id = e.target_id)",
        ),
        (
            "deleted keys without exactly one event of their end, and the other way round",
            "SELECT COUNT(*) FROM api_keys k WHERE (CASE WHEN k.deleted_at IS NULL THEN 0 ELSE 1 END) <> \
             (SELECT COUNT(*) FROM audit_events e WHERE e.action = 'api_key.deleted' AND e.target_id = k.key_id)",
        ),
        (
            "keys without exactly one secret",
            "SELECT COUNT(*) FROM api_keys k WHERE 1 <> \
             (SELECT COUNT(*) FROM api_key_secrets s WHERE s.api_key_id = k.id)",
        ),
    ] {
        assert_eq!(database.number(count), 0, "{what}");
    }
    let digits = place.read("data/keystead.secret");
    let mut secret = [0; 32];
    for (byte, at) in secret.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&digits[at..at + 2], 16).expect("a digit");
    }
    assert_eq!(
        follow_chains(&database, &Keyring::new(&secret).expect("a keyring")),
        2,
        "the installation's and Acme's"
    );
}

/// Computes each chain again from its beginning; answers how many there are.
fn follow_chains(database: &Database, keyring: &Keyring) -> usize {
    use audit_events::dsl as e;

    type Who = (String, Option<i64>);
    type Texts = (
        String,
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let read = database.0.read_here(|conn| {
        let heads: Vec<(i64, i64, Vec<u8>)> = audit_heads::table.load(conn)?;
        for (chain_id, head_seq, head_mac) in &heads {
            let texts = (
                e::actor,
                e::action,
                e::outcome,
                e::target_kind,
                e::target_id,
                e::target,
                e::address,
                e::request_id,
                e::before,
                e::after,
            );
            let rows: Vec<(i64, i64, Who, Texts, Vec<u8>)> = e::audit_events
                .filter(e::chain_id.eq(chain_id))
                .order(e::seq)
                .select((e::seq, e::at, (e::actor_kind, e::actor_id), texts, e::mac))
                .load(conn)?;
            let mut previous = chain::START.to_vec();
            for ((seq, at, (kind, id), t, mac), place) in rows.iter().zip(1..) {
                assert_eq!(*seq, place, "a gap in chain {chain_id}");
                let texts = [
                    Some(t.0.as_str()),
                    Some(t.1.as_str()),
                    Some(t.2.as_str()),
                    t.3.as_deref(),
                    t.4.as_deref(),
                    t.5.as_deref(),
                    t.6.as_deref(),
                    t.7.as_deref(),
                    t.8.as_deref(),
                    t.9.as_deref(),
                ];
                let fields = Fields { chain_id: *chain_id, seq: *seq, at: *at, actor_kind: kind, actor_id: *id, texts };
                assert_eq!(chain::mac(keyring.audit(), &previous, &fields), mac[..], "event {seq} of chain {chain_id}");
                previous.clone_from(mac);
            }
            assert_eq!((rows.len() as i64, &previous), (*head_seq, head_mac), "the end of chain {chain_id}");
        }
        Ok::<_, keystead::db::Error>(heads.len())
    });
    read.expect("the chains are read")
}

on_both! {
    async fn counts_of_the_last_seconds_are_lost_and_nothing_else(place: Place) {
        let (mut portal, mut ada) = place.ada().await;
        let key = ada.makes_key("billing-sync").await;
        let database = place.database();
        let counted = || database.number("SELECT COALESCE(SUM(calls), 0) FROM usage_days");
        for _ in 0..20 {
            verify(&client(), &portal.origin, &key.secret).await.expect("an answer");
        }
        let asked = tokio::time::Instant::now();
        eventually("they are written", || (counted() == 20).then_some(()));
        assert!(asked.elapsed().as_secs() < 10, "{:?}", asked.elapsed());
        for _ in 0..7 {
            verify(&client(), &portal.origin, &key.secret).await.expect("an answer");
        }
        portal.is_killed();
        let kept = counted();
        assert!((20..=27).contains(&kept), "{kept}");

        let portal = place.serve();
        for _ in 0..3 {
            let answer = verify(&client(), &portal.origin, &key.secret).await.expect("an answer");
            assert_eq!(answer.json()["code"], "VALID");
        }
        portal.stops();
        assert_eq!(counted(), kept + 3);
        assert_eq!(database.number("SELECT COALESCE(SUM(calls), 0) FROM usage_hours"), kept + 3);
        assert_eq!(database.number("SELECT COUNT(*) FROM api_key_uses WHERE used_at > 0"), 1);
    }
}
