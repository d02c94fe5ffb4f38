//! What is taken from a key while its request waits does not count any more.

use std::sync::{Mutex, mpsc};
use std::time::Duration;

use keystead::db::dialect::{Lock, lock_row};
use keystead::db::{self, Tx};
use serde_json::json;
use tokio::sync::oneshot;

use super::{Provider, manager, refused};
use crate::support::{Answer, Portal, on_both};

/// A request that never comes is not waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// Somebody changes Acme by this statement. The request comes in between: it has read who calls, and waits for them.
async fn while_somebody(portal: &Portal, statement: &'static str, request: impl Future<Output = Answer>) -> Answer {
    let acme = portal.number("SELECT id FROM tenants WHERE slug = 'acme'").await;
    let (locked, is_locked) = oneshot::channel();
    let (go, may_go) = mpsc::channel::<()>();
    let (mut locked, may_go) = (Some(locked), Mutex::new(may_go));
    let change = portal.inner.db.write(move |tx: &mut Tx<'_>| {
        use diesel::RunQueryDsl;

        lock_row(tx, Lock::Tenant(acme))?;
        let _ = locked.take().map(|locked| locked.send(()));
        let _ = may_go.lock().expect("nobody panicked").recv_timeout(PATIENCE);
        match &mut **tx {
            db::Conn::Postgres(c) => diesel::sql_query(statement).execute(c).map_err(db::Error::from),
            db::Conn::Sqlite(c) => diesel::sql_query(statement).execute(c).map_err(db::Error::from),
        }
    });
    let between = async {
        is_locked.await.expect("Acme is locked");
        let who_calls = async {
            portal.is_asked("grants").await;
            let _ = go.send(());
        };
        portal.asks(async { tokio::join!(request, who_calls).0 }).await.0
    };
    let (changed, answer) = tokio::join!(change, between);
    changed.expect("it is changed");
    answer
}

on_both! {
    async fn a_role_that_was_taken_away_meanwhile_does_not_count(portal: Portal) {
        let mut ada = portal.ada().await;
        let key = manager(&portal, &mut ada).await;
        let id = Provider::with(&portal, &key).await.makes("agent").await;
        // By the key itself: a token ends by itself when its key is given less.
        let provider = Provider { portal: &portal, token: key.secret.clone() };
        let answer = while_somebody(&portal, "DELETE FROM grants WHERE api_key_id IS NOT NULL", provider.deletes(id)).await;
        refused(&answer, 403, "api_keys:read");
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE deleted_at IS NOT NULL").await, 0);
    }

    async fn a_key_that_was_deleted_meanwhile_does_nothing_more(portal: Portal) {
        let mut ada = portal.ada().await;
        let provider = Provider::with(&portal, &manager(&portal, &mut ada).await).await;
        let body = json!({ "name": "agent", "grants": [] });
        let deletes = "UPDATE api_keys SET deleted_at = 1 WHERE client_id = 'terraform'";
        let answer = while_somebody(&portal, deletes, provider.creates(&body)).await;
        refused(&answer, 401, "not any more");
        assert_eq!(portal.number("SELECT COUNT(*) FROM api_keys WHERE client_id = 'agent'").await, 0);
    }
}
