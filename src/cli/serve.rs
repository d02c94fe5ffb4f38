//! `keystead serve`: runs the portal until it is asked to stop.

use std::future::poll_fn;
use std::io::Write;
use std::sync::Arc;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::{self, Opened, StartError};
use crate::base::clock::SystemClock;
use crate::base::random::SystemEntropy;
use crate::config::Config;

pub(super) fn run(config: &Config) -> Result<(), StartError> {
    let opened = app::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))?;
    actix_web::rt::System::new().block_on(async {
        let signals = Signals::of(&[SignalKind::terminate(), SignalKind::interrupt()])?;
        until_stopped(config, opened, signals, announce).await
    })
}

/// Runs the portal until a signal comes, and says with `announce` where it is.
pub(super) async fn until_stopped(
    config: &Config,
    opened: Opened,
    mut signals: Signals,
    announce: impl FnOnce(&app::Running) -> std::io::Result<()>,
) -> Result<(), StartError> {
    let running = app::start(config, opened, None)?;
    announce(&running).map_err(StartError::new)?;
    let stop = running.stopper();
    actix_web::rt::spawn(async move {
        signals.recv().await;
        tracing::info!("stopping: requests that are under way are finished; ask again to stop at once");
        tokio::select! {
            () = stop.stop() => {}
            () = signals.recv() => stop.stop_at_once().await,
        }
    });
    running.run().await.map_err(StartError::new)
}

/// The signals that ask the program to stop. From here on they do nothing by themselves.
pub(super) struct Signals(Vec<Signal>);

impl Signals {
    pub fn of(kinds: &[SignalKind]) -> Result<Self, StartError> {
        let listen = |kind: &SignalKind| signal(*kind).map_err(StartError::new);
        kinds.iter().map(listen).collect::<Result<_, _>>().map(Self)
    }

    async fn recv(&mut self) {
        poll_fn(|context| {
            let came = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if came { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// The two lines that people and scripts wait for. On standard output, where nothing else is; logs go to standard error.
pub(super) fn announce(running: &app::Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Keystead is ready at {}", running.public_url)?;
    if let Some(link) = &running.setup_link {
        writeln!(out, "Create the first administrator at {}", link.expose())?;
    }
    out.flush()
}
