//! What a portal asks its database: every statement, also those of its pool. Kept by database, so that tests which run beside
//! each other do not count each other's.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{LazyLock, Mutex, Once, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use super::Portal;

/// The statements since somebody began to listen, by the database's URL.
static HEARD: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

/// Listens on one connection.
#[derive(Default)]
struct Listener {
    url: String,
}

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            // The portal adds settings to the URL of a server.
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                self.url = url.split('?').next().unwrap_or_default().to_owned();
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(heard) = heard.get_mut(&self.url) else { return };
                let statement = query.to_string();
                // The pool opens connections when it likes to; what they begin with belongs to no page.
                if !statement.starts_with("PRAGMA") && !statement.starts_with("SET ") {
                    heard.push(statement);
                }
            }
            _ => {}
        }
    }
}

/// Makes every connection from now on be listened to.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_default_instrumentation(|| Some(Box::new(Listener::default()))).expect("nobody panicked in it")
    });
}

impl Portal {
    /// Does this, and tells what the portal's database was asked meanwhile.
    pub async fn asks<T>(&self, doing: impl Future<Output = T>) -> (T, Vec<String>) {
        let url = self.database_url.strip_prefix("sqlite:").unwrap_or(&self.database_url);
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).insert(url.to_owned(), Vec::new());
        let done = doing.await;
        let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner).remove(url);
        (done, heard.unwrap_or_default())
    }

    /// Waits until the database is asked something with this word, while [`Portal::asks`] listens.
    pub async fn is_asked(&self, word: &str) {
        let url = self.database_url.strip_prefix("sqlite:").unwrap_or(&self.database_url);
        let is_heard = || {
            let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
            heard.get(url).is_some_and(|heard| heard.iter().any(|statement| statement.contains(word)))
        };
        while !is_heard() {
            tokio::task::yield_now().await;
        }
    }
}
