//! The one way in which a presented credential is looked up: in its turn, and counted where it is wrong.

use crate::db::{self, Conn};
use crate::rate_limits::Attempt;
use crate::web::{Error, Portal};

/// Looks a credential up. An access token is no attempt: its signature finds out an invented one.
///
/// # Errors
/// 429 for a wrong one after too many others, 503 where too many wait, and when the database refuses: then nothing is counted.
pub async fn look_up<T: Send + 'static>(
    portal: &Portal,
    attempt: Option<Attempt<'_>>,
    work: impl FnOnce(&mut Conn) -> Result<T, db::Error> + Send + 'static,
    is_right: impl FnOnce(&T) -> bool,
) -> Result<T, Error> {
    let Some(attempt) = attempt else { return Ok(portal.db.point_read(work).await?) };
    let turn = attempt.turn().await?;
    let found = portal.db.point_read(move |conn| {
        // Also where the client hangs up, the look-up is bounded until it ends.
        let _turn = turn;
        work(conn)
    });
    let found = found.await?;
    attempt.settle(is_right(&found))?;
    Ok(found)
}
