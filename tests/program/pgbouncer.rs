//! PgBouncer between Keystead and PostgreSQL.

use std::sync::atomic::{AtomicUsize, Ordering};

use keystead::db::{Conn, Error};

use crate::support::pooler::Pooler;
use crate::support::{Backend, Database, Key, Place, eventually, token, verify};

const REQUESTS: usize = 600;
const AT_ONCE: usize = 6;

#[test]
fn in_transaction_mode_it_is_refused_at_start_in_one_line() {
    for (mode, named) in [("transaction", "pool_mode=session"), ("statement", "cannot be opened")] {
        let pooler = Pooler::start(mode);
        let place = Place::with_url(&pooler.url);
        place.run(&[]).refuses("the database postgres://127.0.0.1:").refuses(named);
        assert!(!place.path("data/keystead.secret").exists());
        assert_eq!(locks(&pooler), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_session_mode_every_answer_is_right() {
    let pooler = Pooler::start("session");
    let place = Place::with_url(&pooler.url);
    let (portal, mut ada) = place.ada().await;
    let good = ada.makes_key("billing-sync").await;
    let deleted = ada.makes_key("old-sync").await;
    ada.tries_to_delete(&deleted).await.expect("an answer");
    let next = AtomicUsize::new(0);
    let ask = async || {
        while next.fetch_add(1, Ordering::Relaxed) < REQUESTS {
            is_answered_rightly(&ada.client, &portal.origin, &good, "VALID", 200).await;
            is_answered_rightly(&ada.client, &portal.origin, &deleted, "DELETED", 401).await;
        }
    };
    futures_util::future::join_all((0..AT_ONCE).map(|_| ask())).await;
    assert_eq!(locks(&pooler), 0);
    portal.stops();
}

async fn is_answered_rightly(client: &reqwest::Client, origin: &str, key: &Key, code: &str, status: u16) {
    let verdict = verify(client, origin, &key.secret).await.expect("an answer");
    assert_eq!((verdict.status.as_u16(), verdict.json()["code"].as_str()), (200, Some(code)), "{}", verdict.body);
    let given = token(client, origin, key).await.expect("an answer");
    assert_eq!(given.status.as_u16(), status, "{}", given.body);
}

/// The advisory locks that are held in the database.
fn locks(pooler: &Pooler) -> i64 {
    Database::open(&pooler.direct).number(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
         (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
}

#[test]
fn a_start_that_waits_for_another_one_to_migrate_says_so_and_goes_on_afterwards() {
    let place = Place::with(Backend::Postgres);
    let (database, log) = (place.database(), place.path("log"));
    std::thread::scope(|scope| {
        let (held, holds) = std::sync::mpsc::channel();
        scope.spawn(move || {
            let hold = |conn: &mut Conn| {
                run(conn, "SELECT pg_advisory_lock(7738135521147)")?;
                held.send(()).expect("the test waits");
                eventually("it says that it waits", || {
                    std::fs::read_to_string(&log).ok().filter(|log| log.contains("waiting for another"))
                });
                run(conn, "SELECT pg_advisory_unlock(7738135521147)")
            };
            database.0.read_here(hold).expect("the lock is held")
        });
        holds.recv().expect("the lock is held");
        place.serve().stops();
    });
}

#[test]
fn a_database_of_a_newer_keystead_is_left_alone_and_both_versions_are_named() {
    for place in [Place::new(), Place::with(Backend::Postgres)] {
        assert!(place.init().status.success());
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000001')";
        place.database().0.write_here(|tx| run(tx, newer)).expect("the statement runs");
        place.run(&[]).refuses("version 99990101000001").refuses("knows versions up to 2026");
    }
}

fn run(conn: &mut Conn, statement: &str) -> Result<usize, Error> {
    use diesel::RunQueryDsl;

    match conn {
        Conn::Postgres(c) => diesel::sql_query(statement).execute(c).map_err(Error::from),
        Conn::Sqlite(c) => diesel::sql_query(statement).execute(c).map_err(Error::from),
    }
}
