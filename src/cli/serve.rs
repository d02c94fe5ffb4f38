//! `keystead serve`: runs the portal until it is asked to stop.

use std::io::Write;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use crate::app::{self, StartError};
use crate::base::clock::SystemClock;
use crate::base::random::SystemEntropy;
use crate::config::Config;

pub(super) fn run(config: &Config) -> Result<(), StartError> {
    let opened = app::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
    actix_web::rt::System::new().block_on(async {
        let running = app::start(config, opened, None)?;
        announce(&running).map_err(StartError::new)?;
        let stop = running.stopper();
        let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        actix_web::rt::spawn(async move {
            let mut asked = async || {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            };
            asked().await;
            tracing::info!("stopping: requests that are under way are finished; ask again to stop at once");
            tokio::select! {
                () = stop.stop() => {}
                () = asked() => stop.stop_at_once().await,
            }
        });
        running.run().await.map_err(StartError::new)
    })
}

fn listen(kind: SignalKind) -> Result<tokio::signal::unix::Signal, StartError> {
    signal(kind).map_err(StartError::new)
}

/// The two lines that people and scripts wait for. On standard output, where nothing else is; logs go to standard error.
fn announce(running: &app::Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Keystead is ready at {}", running.public_url)?;
    if let Some(link) = &running.setup_link {
        writeln!(out, "Create the first administrator at {}", link.expose())?;
    }
    out.flush()
}
