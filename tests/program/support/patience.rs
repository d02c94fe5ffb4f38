//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine: only a failing test waits this long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Looks again and again until it is so.
#[expect(clippy::disallowed_methods, reason = "the real time of a test")]
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "{what}: it did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}
