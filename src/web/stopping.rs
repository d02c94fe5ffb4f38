//! Whether the process is about to end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// When no request has come for this long, clients have noticed.
const QUIET: Duration = Duration::from_millis(50);
/// How many times that is waited for at most.
const ROUNDS: usize = 20;

/// Begun when the process is asked to stop, for clients that ask on a connection that is still open, and for answers that
/// would go on.
#[derive(Debug, Default)]
pub struct Stopping {
    begun: AtomicBool,
    requests: AtomicU64,
}

impl Stopping {
    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// A request came.
    pub fn note_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Begins, and waits until no more requests come on connections that are open, for a second at most. Each answer ends its
    /// connection meanwhile: a connection that was closed between two requests would lose the one that is on its way.
    pub async fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
        for _ in 0..ROUNDS {
            let before = self.requests.load(Ordering::Relaxed);
            tokio::time::sleep(QUIET).await;
            if self.requests.load(Ordering::Relaxed) == before {
                break;
            }
        }
    }
}
