//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine: only a failing test waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Looks again and again until there is something to see; after [`PATIENCE`], what stood in the way.
///
/// A page that changes while it is looked at answers with errors: they count as "not yet".
pub async fn eventually<T, E: std::fmt::Display>(
    mut look: impl AsyncFnMut() -> Result<Option<T>, E>,
) -> Result<T, String> {
    let start = Instant::now();
    loop {
        let obstacle = match look().await {
            Ok(Some(seen)) => return Ok(seen),
            Ok(None) => "it did not happen".to_owned(),
            Err(error) => error.to_string(),
        };
        if start.elapsed() > PATIENCE {
            return Err(obstacle);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
