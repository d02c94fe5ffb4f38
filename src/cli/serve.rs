//! `keystead serve`: runs the portal until it is asked to stop.

use std::sync::Arc;

use crate::app::{self, Opened, StartError};
use crate::base::clock::SystemClock;
use crate::base::random::SystemEntropy;
use crate::config::Config;

use super::output::print;
use super::signals::Signals;

pub(super) fn run(config: &Config) -> Result<(), StartError> {
    let opened = app::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
    actix_web::rt::System::new().block_on(async { until_stopped(config, opened, Signals::listen()?, announce).await })
}

/// Runs the portal until a signal comes, and says with `announce` where it is.
pub(super) async fn until_stopped(
    config: &Config,
    opened: Opened,
    mut signals: Signals,
    announce: impl FnOnce(&app::Running) -> Result<(), StartError>,
) -> Result<(), StartError> {
    let running = app::start(config, opened, None)?;
    announce(&running)?;
    let stop = running.stopper();
    actix_web::rt::spawn(async move {
        signals.stop_asked().await;
        tracing::info!("stopping: requests that are under way are finished; ask again to stop at once");
        tokio::select! {
            () = stop.stop() => {}
            () = signals.stop_asked_again() => stop.stop_at_once().await,
        }
    });
    running.run().await.map_err(StartError::new)
}

/// The two lines that people and scripts wait for. On standard output, where nothing else is; logs go to standard error.
///
/// # Errors
/// When the link for the first administrator cannot be written. Without one, nobody depends on these lines.
pub(super) fn announce(running: &app::Running) -> Result<(), StartError> {
    let ready = format!("Keystead is ready at {}", running.public_url);
    match &running.setup_link {
        Some(link) => print([ready, format!("Create the first administrator at {}", link.expose())]),
        None => {
            if let Err(error) = print([ready]) {
                tracing::warn!(%error, "Keystead is ready, but could not say so");
            }
            Ok(())
        }
    }
}
